import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { StateRepository } from '../../../apps/server/src/state/state.repository.js';
import { batch, type OpenState, openState, reading } from './open-state.js';

const TEN = 10_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const ASSET = 'water/reservoir/longtan';

jest.setTimeout(60_000);

describe('windows of ten seconds', () => {
  let open: OpenState;
  let state: StateRepository;
  /** the start of a minute some minutes ago */
  let start: number;

  beforeAll(async () => {
    open = await openState();
    state = open.state;
  });
  afterAll(() => open.close());
  beforeEach(async () => {
    await open.redis.commands.flushall();
    start = Math.floor(Date.now() / MINUTE) * MINUTE - 20 * MINUTE;
  });

  const apply = (...readings: Parameters<typeof reading>[0][]) =>
    state.apply('water', batch({ readings: readings.map((parts) => reading(parts)) }));
  const tens = (from = start - 5 * MINUTE, step = TEN) => state.windows(ASSET, 'level', from, Date.now(), step);
  const told = async (from?: number, step?: number) =>
    (await tens(from, step)).map(({ at, count, sum, last }) => [(at - start) / 1000, count, sum, last]);
  const chunks = () => open.redis.commands.keys('cw:{water}:s:*');

  it('hold count, sum, min, max, mean and last; gaps are absent', async () => {
    await apply({ at: start + 1000, value: 4 }, { at: start + 5000, value: 2 }, { at: start + 40_000, value: 9 });
    await apply({ at: start + 9999, value: 6 });
    expect(await tens()).toEqual([
      { at: start, min: 2, max: 6, avg: 4, sum: 12, count: 3, last: 6 },
      { at: start + 40_000, min: 9, max: 9, avg: 9, sum: 9, count: 1, last: 9 },
    ]);
    expect(await told(start, 30_000)).toEqual([
      [0, 3, 12, 6],
      [30, 1, 9, 9],
    ]);
  });

  it('give the same whatever the order and the cutting into batches', async () => {
    // periods from a fifth of a minute's slot to more than a minute
    const values = Array.from({ length: 90 }, (_, i) => ({
      at: start + i * 2_000 + (i > 60 ? (i - 60) * 17_000 : 0),
      value: (i * 37) % 100,
    }));
    await apply(...values);
    const inOrder = await tens();
    expect(inOrder.reduce((sum, { count }) => sum + count, 0)).toBe(90);
    for (const size of [1, 7, 11]) {
      await open.redis.commands.flushall();
      const shuffled = values
        .map((value, i) => ({ value, place: (i * 7919) % 90 }))
        .sort((a, b) => a.place - b.place)
        .map(({ value }) => value);
      for (let i = 0; i < shuffled.length; i += size) await apply(...shuffled.slice(i, i + size));
      const outOfOrder = await tens();
      expect(outOfOrder.map(({ at, count, sum }) => [at, count, sum])).toEqual(
        inOrder.map(({ at, count, sum }) => [at, count, sum]),
      );
      for (const [i, window] of outOfOrder.entries()) {
        expect(window.min).toBeCloseTo(inOrder[i]?.min ?? 0, 4);
        expect(window.max).toBeCloseTo(inOrder[i]?.max ?? 0, 4);
        expect(window.last).toBeCloseTo(inOrder[i]?.last ?? 0, 4);
      }
    }
  });

  it('take late readings into the slot of their time, beside a lone one and among others', async () => {
    await apply({ at: start + 10_000, value: 1 }, { at: start + 5 * MINUTE, value: 9 });
    await apply({ at: start + 50_000, value: 2 });
    await apply({ at: start + 11_000, value: 3 }, { at: start + 50_000 + MINUTE, value: 4 });
    expect(await told()).toEqual([
      [10, 2, 4, 3],
      [50, 1, 2, 2],
      [110, 1, 4, 4],
      [300, 1, 9, 9],
    ]);
  });

  it('count neither repetitions nor corrections, take nothing bad and nothing without history', async () => {
    const twice = [
      { at: start, value: 1 },
      { at: start + 3000, value: 2 },
    ];
    await apply(...twice);
    await apply(...twice, { at: start, value: 7 }, { at: start + 4000, value: 9, quality: 'bad' });
    await apply(
      { metric: 'short', history: 'none', at: start },
      { metric: 'short', history: 'none', at: start + 1, value: 8 },
    );
    expect(await told()).toEqual([[0, 2, 3, 2]]);
    expect(await state.windows(ASSET, 'short', start, Date.now(), TEN)).toEqual([]);
  });

  it('go on over the boundary of an hour and of a chunk', async () => {
    const hour = Math.floor(Date.now() / HOUR) * HOUR;
    const boundary = Date.now() - hour > 5 * MINUTE ? hour : hour - 30 * MINUTE;
    await apply(
      ...Array.from({ length: 24 }, (_, i) => ({
        at: boundary - MINUTE + i * 5_000,
        value: i,
        history: 'hour' as const,
      })),
    );
    const windows = await state.windows(ASSET, 'level', boundary - MINUTE, boundary + MINUTE, TEN);
    expect(windows.map(({ at, count, sum }) => [(at - boundary) / 1000, count, sum])).toEqual(
      Array.from({ length: 12 }, (_, i) => [i * 10 - 60, 2, 4 * i + 1]),
    );
    expect(await chunks()).toHaveLength(2);
  });

  it('reach back an hour and go away by themselves', async () => {
    const old = Math.floor(Date.now() / TEN) * TEN - HOUR;
    await apply(...[-25_000, -20_000, -10_000, 10_000, 15_000, 20_000].map((ms) => ({ at: old + ms, value: 1 })), {
      at: Date.now(),
      value: 1,
    });
    const windows = await tens(old - HOUR);
    expect(windows.every(({ at }) => at >= old)).toBe(true);
    expect(windows.filter(({ at }) => at < old + MINUTE).map(({ at, count }) => [at - old, count])).toEqual([
      [10_000, 2],
      [20_000, 1],
    ]);
    for (const key of await chunks()) {
      const left = await open.redis.commands.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(HOUR + 10 * MINUTE);
    }
  });

  it('cost nothing for a series of a reading a minute, and 24 bytes a used slot for others', async () => {
    const slow = Array.from({ length: 12 }, (_, i) => ({ at: start + i * MINUTE + 20_000, value: i }));
    for (const each of slow) await apply(each);
    expect(await chunks()).toEqual([]);
    expect(await told()).toEqual(slow.map(({ at, value }) => [(at - start) / 1000, 1, value, value]));
    await open.redis.commands.flushall();
    for (let i = 0; i < 30; i++) await apply({ at: start + i * 20_000, value: i });
    let bytes = 0;
    for (const key of await chunks()) bytes += await open.redis.commands.strlen(key);
    // The thirtieth is under way: it stands with the newest value.
    expect(bytes).toBe(29 * 24);
  });

  /** Takes the ten seconds under way out of the newest value: format 1 wrote every reading to its chunk (`toChunk`). */
  const toFormat1 = async (toChunk: (slot: Buffer, ten: number) => Promise<unknown>) => {
    const key = 'cw:{water}:a:reservoir/longtan';
    const record = (await open.redis.commands.hgetBuffer(key, 'level')) as Buffer;
    expect(record[20]).toBe(2);
    const span = record.subarray(63, 103);
    const ten = span.readUInt32LE(0);
    const count = span.readUInt16LE(4);
    const mean = span.readDoubleLE(8) / count;
    const slot = Buffer.alloc(24);
    slot.writeUInt16LE((ten % 60) * 1024 + Math.floor((span.readUInt16LE(6) * 1024) / TEN), 0);
    slot.writeUInt16LE(count, 2);
    slot.writeDoubleLE(span.readDoubleLE(8), 4);
    for (const i of [0, 1, 2]) slot.writeFloatLE(span.readDoubleLE(16 + i * 8) - mean, 12 + i * 4);
    const older = Buffer.concat([record.subarray(0, 63), record.subarray(103)]);
    older[20] = 1;
    await open.redis.commands.hset(key, 'level', older);
    await toChunk(slot, ten);
  };
  const writeChunk = (slot: Buffer, ten: number) =>
    open.redis.commands.append(`cw:{water}:s:reservoir/longtan|level:${Math.floor(ten / 60)}`, slot);

  it('go on where a state of format 1 has them, in the ten seconds under way then and in later ones', async () => {
    await apply({ at: start, value: 1 }, { at: start + 1000, value: 2 });
    await toFormat1(writeChunk);
    expect(await told()).toEqual([[0, 2, 3, 2]]);
    await apply({ at: start + 2000, value: 4 });
    expect(await told()).toEqual([[0, 3, 7, 4]]);
    await apply({ at: start + 11_000, value: 5 }, { at: start + 3000, value: 6 }, { at: start + 21_000, value: 7 });
    expect(await told()).toEqual([
      [0, 4, 13, 6],
      [10, 1, 5, 5],
      [20, 1, 7, 7],
    ]);
    expect(await chunks()).toHaveLength(1);
  });

  it('begin with the next reading where the state of an earlier CityWall has a minute under way', async () => {
    await apply({ at: start, value: 1 }, { at: start + 1000, value: 2 });
    await toFormat1(async () => {});
    await apply({ at: start + 20_000, value: 3 });
    expect(await told()).toEqual([[20, 1, 3, 3]]);
    expect((await state.windows(ASSET, 'level', start, Date.now(), MINUTE))[0]?.count).toBe(3);
  });
});
