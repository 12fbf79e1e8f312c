import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StateFormatError, StateRepository } from '../../../apps/server/src/state/state.repository.js';
import type { Change, Row } from '../../../apps/server/src/state/state.types.js';
import { batch, type OpenState, occurrence, openState, reading } from './open-state.js';

const MINUTE = 60_000;
const ASSET = 'water/reservoir/longtan';

jest.setTimeout(60_000);

describe('StateRepository', () => {
  let open: OpenState;
  let state: StateRepository;
  /** the start of a minute some minutes ago: windows of a test never straddle by accident */
  let start: number;

  beforeAll(async () => {
    open = await openState();
    state = open.state;
  });
  afterAll(() => open.close());
  beforeEach(async () => {
    await open.redis.commands.flushall();
    start = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE;
  });

  const levels = async () =>
    (await state.readings({ systems: ['water'], limit: 1000 })).items.map(({ value }) => value);
  const apply = (...readings: Parameters<typeof reading>[0][]) =>
    state.apply('water', batch({ readings: readings.map((parts) => reading(parts)) }));

  describe('newest values', () => {
    it('keeps value, times, quality, origin, flags and feed of every kind of value', async () => {
      await apply(
        { metric: 'level', value: 462.44, at: start, receivedAt: start + 5 },
        { metric: 'count', value: -3, at: start },
        { metric: 'open', value: true, at: start, origin: 'simulated' },
        { metric: 'state', value: '运行中', at: start, quality: 'uncertain', flags: ['no-time', 'retained'] },
        { metric: 'where', value: [107.33, 30.32], at: start },
        { metric: 'note', value: 'x'.repeat(3000), at: start },
      );
      const latest = await state.latest(ASSET);
      expect(latest.get('level')).toEqual({
        value: 462.44,
        at: start,
        receivedAt: start + 5,
        quality: 'good',
        origin: 'live',
        flags: [],
        feed: 'realtime',
      });
      expect(latest.get('count')?.value).toBe(-3);
      expect(latest.get('open')).toMatchObject({ value: true, origin: 'simulated' });
      expect(latest.get('state')).toMatchObject({
        value: '运行中',
        quality: 'uncertain',
        flags: ['no-time', 'retained'],
      });
      expect(latest.get('where')?.value).toEqual([107.33, 30.32]);
      expect(latest.get('note')?.value).toHaveLength(3000);
    });

    it('latest means latest measured: an older reading never overwrites it', async () => {
      await apply({ at: start + 5000, value: 2 });
      const result = await apply({ at: start, value: 1 });
      expect((await state.latest(ASSET)).get('level')?.value).toBe(2);
      expect(result).toMatchObject({ accepted: 1, late: 1, duplicates: 0 });
      expect(await levels()).toEqual([2, 1]);
    });

    it('knows nothing of an unknown asset', async () => {
      expect((await state.latest('water/reservoir/nowhere')).size).toBe(0);
      expect((await state.latest('no asset id')).size).toBe(0);
    });
  });

  describe('repetitions', () => {
    it('drops the same series, time and value, within a batch and between batches', async () => {
      await apply({ at: start, value: 1 }, { at: start, value: 1 }, { at: start + 1000, value: 2 });
      const result = await apply(
        { at: start, value: 1 },
        { at: start + 1000, value: 2 },
        { at: start + 2000, value: 3 },
      );
      expect(result).toMatchObject({ accepted: 1, duplicates: 2 });
      expect(await levels()).toEqual([1, 2, 3]);
    });

    it('same time, other value: latest takes it, windows keep the first', async () => {
      await apply({ at: start, value: 10 });
      await apply({ at: start, value: 20 });
      expect((await state.latest(ASSET)).get('level')?.value).toBe(20);
      expect(await levels()).toEqual([10, 20]);
      const [window] = await state.windows(ASSET, 'level', start, start + MINUTE, MINUTE);
      expect(window).toMatchObject({ count: 1, sum: 10 });
    });

    it('a repetition of the first value at the same time does not bring it back', async () => {
      await apply({ at: start, value: 10 });
      await apply({ at: start, value: 20 });
      expect(await apply({ at: start, value: 10 })).toMatchObject({ duplicates: 1 });
      expect((await state.latest(ASSET)).get('level')?.value).toBe(20);
    });

    it('recognises every one of the last 64 readings, in any order', async () => {
      const readings = Array.from({ length: 500 }, (_, i) => ({ at: start + i * 10, value: i % 7 }));
      await apply(...readings);
      const result = await apply(...readings.slice(-64).reverse());
      expect(result).toMatchObject({ accepted: 0, duplicates: 64 });
    });

    it('an old value at a time seen before stands in the journal only', async () => {
      await apply({ at: start, value: 1 }, { at: start + 1000, value: 2 });
      await apply({ at: start, value: 9 });
      const [window] = await state.windows(ASSET, 'level', start, start + MINUTE, MINUTE);
      expect(window).toMatchObject({ count: 2, sum: 3, max: 2 });
      expect(await levels()).toEqual([1, 2, 9]);
    });

    it('a batch whose answer was lost changes nothing when it is sent again', async () => {
      const sent = batch({
        readings: [reading({ at: start, value: 1 })],
        feeds: [{ feed: 'realtime', messages: 1, lastAt: start }],
      });
      await state.apply('water', sent);
      const result = await state.apply('water', sent);
      expect(result.repeated).toBe(true);
      expect((await state.feedCounters('water')).get('realtime')?.messages).toBe(1);
    });

    it('remembers which messages of a writer it has, by packet id and content', async () => {
      const delivery = (packetId: number, byte: number) => ({ packetId, hash: Buffer.alloc(8, byte) });
      await state.apply('water', batch({ deliveries: [delivery(1, 1), delivery(2, 2)] }));
      expect(await state.seen('water', 'w1', [delivery(2, 2), delivery(1, 2), delivery(3, 3)])).toEqual([
        true,
        false,
        false,
      ]);
      expect(await state.seen('water', 'w2', [delivery(2, 2)])).toEqual([false]);
      // The memory is a ring: what lies 65,536 messages back is forgotten, nothing newer.
      const more = Array.from({ length: 65_535 }, (_, i) => delivery(i, 9));
      for (let i = 0; i < more.length; i += 5_000)
        await state.apply('water', batch({ deliveries: more.slice(i, i + 5_000) }));
      expect(await state.seen('water', 'w1', [delivery(1, 1), delivery(2, 2), more[0]!, more.at(-1)!])).toEqual([
        false,
        true,
        true,
        true,
      ]);
    });
  });

  describe('windows', () => {
    it('hold count, sum, min, max, mean and last of every minute; gaps are absent', async () => {
      await apply(
        { at: start, value: 462.44 },
        { at: start + 20_000, value: 462.5 },
        { at: start + 40_000, value: 462.41 },
      );
      await apply({ at: start + 3 * MINUTE, value: 462.6 });
      const windows = await state.windows(ASSET, 'level', start, start + 5 * MINUTE, MINUTE);
      expect(windows.map(({ at }) => at)).toEqual([start, start + 3 * MINUTE]);
      expect(windows[0]).toMatchObject({ count: 3, last: 462.41 });
      expect(windows[0]?.min).toBeCloseTo(462.41, 6);
      expect(windows[0]?.max).toBeCloseTo(462.5, 6);
      expect(windows[0]?.avg).toBeCloseTo(462.45, 9);
      expect(windows[0]?.sum).toBeCloseTo(1387.35, 9);
    });

    it('give the same whatever the order and the cutting into batches', async () => {
      const values = Array.from({ length: 120 }, (_, i) => ({ at: start + i * 2500, value: (i * 37) % 100 }));
      await apply(...values);
      const inOrder = await state.windows(ASSET, 'level', start, start + 5 * MINUTE, MINUTE);
      await open.redis.commands.flushall();
      const shuffled = values.map((value, i) => ({ value, place: (i * 7919) % 120 })).sort((a, b) => a.place - b.place);
      for (let i = 0; i < shuffled.length; i += 11) await apply(...shuffled.slice(i, i + 11).map(({ value }) => value));
      const outOfOrder = await state.windows(ASSET, 'level', start, start + 5 * MINUTE, MINUTE);
      expect(outOfOrder).toHaveLength(5);
      for (const [i, window] of outOfOrder.entries()) {
        expect(window).toMatchObject({ at: inOrder[i]?.at, count: 24, sum: inOrder[i]?.sum });
        expect(window.min).toBeCloseTo(inOrder[i]?.min ?? 0, 4);
        expect(window.max).toBeCloseTo(inOrder[i]?.max ?? 0, 4);
        expect(window.last).toBeCloseTo(inOrder[i]?.last ?? 0, 4);
      }
    });

    it('merge to wider steps', async () => {
      const base = Math.floor(start / (5 * MINUTE)) * 5 * MINUTE;
      await apply(...[0, 1, 2, 3].map((i) => ({ at: base + i * MINUTE, value: i })));
      expect(await state.windows(ASSET, 'level', base, base + 5 * MINUTE, 5 * MINUTE)).toEqual([
        { at: base, min: 0, max: 3, sum: 6, count: 4, avg: 1.5, last: 3 },
      ]);
    });

    it('take nothing bad, nothing that is no number and nothing older than they reach', async () => {
      await apply({ at: start, value: 1, quality: 'bad' }, { at: start, metric: 'text', value: 'a' });
      await apply(
        { metric: 'old', value: 1, at: Date.now() - 26 * 60 * MINUTE },
        { metric: 'short', history: 'none', at: start },
      );
      for (const metric of ['level', 'text', 'old', 'short']) {
        expect(await state.windows(ASSET, metric, 0, Date.now(), MINUTE)).toEqual([]);
      }
      expect((await state.latest(ASSET)).get('old')?.value).toBe(1);
    });

    it('of a quarter keep hours beyond the day', async () => {
      const old = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 40 * 3_600_000;
      await apply(
        ...[0, 1, 2].map((i) => ({ metric: 'flow', history: 'quarter' as const, value: i, at: old + i * MINUTE })),
      );
      await apply({ metric: 'flow', history: 'quarter', value: 7, at: start });
      const hours = await state.windows(ASSET, 'flow', old, Date.now(), 3_600_000);
      expect(hours.map(({ count, sum }) => [count, sum])).toEqual([
        [3, 3],
        [1, 7],
      ]);
    });

    it('cost at most 24 bytes a used minute, and go away by themselves', async () => {
      await apply(...Array.from({ length: 5 }, (_, i) => ({ at: start + i * MINUTE, value: i })));
      const keys = await open.redis.commands.keys('cw:{water}:w:*');
      let bytes = 0;
      for (const key of keys) {
        bytes += await open.redis.commands.strlen(key);
        expect(await open.redis.commands.pttl(key)).toBeGreaterThan(0);
      }
      // The fifth is under way: it stands with the newest value.
      expect(bytes).toBe(4 * 24);
    });
  });

  describe('ranks', () => {
    it('hold the newest number of every asset', async () => {
      await apply(
        { typeKey: 'reservoir/a', value: 3 },
        { typeKey: 'reservoir/b', value: 5 },
        { typeKey: 'reservoir/b/c', value: 4.5 },
      );
      const rank = await open.redis.commands.call('ZRANGE', 'cw:{water}:rank:reservoir/level', 0, -1, 'WITHSCORES');
      expect((rank as unknown[]).flat().map(String)).toEqual(['a', '3', 'b/c', '4.5', 'b', '5']);
    });
  });

  describe('assets', () => {
    it('are remembered with first and last sight and the feed that brought them', async () => {
      const now = Date.now();
      await state.apply('water', batch({ now: now - 2 * MINUTE, readings: [reading({ at: now - 2 * MINUTE })] }));
      await state.apply('water', batch({ now, readings: [reading({ at: now })] }));
      expect(await state.assets('water')).toEqual([
        { id: ASSET, firstSeen: now - 2 * MINUTE, lastSeen: now, declared: false, feed: 'realtime' },
      ]);
    });

    it('beyond maxAssets are refused in the same call; known and declared ones live on', async () => {
      const some = (n: number, parts = {}) =>
        Array.from({ length: n }, (_, i) => ({ typeKey: `node/${i}`, maxAssets: 10, ...parts }));
      const result = await apply(...some(25));
      expect(result.accepted).toBe(10);
      expect(result.refused).toHaveLength(15);
      expect(result.refused[0]).toEqual({ typeKey: 'node/10', feed: 'realtime', limit: 'assets' });
      expect(await state.assets('water')).toHaveLength(10);
      expect((await apply({ typeKey: 'node/3', maxAssets: 10 })).accepted).toBe(1);
      expect((await apply({ typeKey: 'node/99', maxAssets: 10, declared: true })).accepted).toBe(1);
      expect(await open.redis.commands.exists('cw:{water}:a:node/10')).toBe(0);
    });

    it('have at most 1,000 metrics', async () => {
      const result = await apply(...Array.from({ length: 1500 }, (_, i) => ({ metric: `m${i}` })));
      expect(result.accepted).toBe(1000);
      expect(result.refused.every(({ limit }) => limit === 'metrics')).toBe(true);
      expect(await open.redis.commands.hlen(`cw:{water}:a:reservoir/longtan`)).toBe(1000);
    });
  });

  describe('the readings journal', () => {
    it('is in order of receipt, with growing seq, filtered and paged', async () => {
      for (let i = 0; i < 30; i++) {
        await apply(
          { typeKey: `node/${i % 3}`, value: i, at: start + i },
          { typeKey: 'other/x', metric: 'temp', feed: 'slow', value: -i, at: start + i },
        );
      }
      const all = (await state.readings({ systems: ['water'], limit: 1000 })).items;
      expect(all).toHaveLength(60);
      expect(all.every((item, i) => i === 0 || item.seq > (all[i - 1]?.seq ?? 0))).toBe(true);
      const some = await state.readings({ systems: ['water'], asset: 'water/node/1', limit: 4 });
      expect(some.items.map(({ value }) => value)).toEqual([1, 4, 7, 10]);
      const rest = await state.readings({
        systems: ['water'],
        asset: 'water/node/1',
        limit: 100,
        cursor: some.next ?? '',
      });
      expect(rest.items.map(({ value }) => value)).toEqual([13, 16, 19, 22, 25, 28]);
      expect(rest.next).toBeNull();
      expect((await state.readings({ systems: ['water'], feed: 'slow', limit: 100 })).items).toHaveLength(30);
      expect((await state.readings({ systems: ['water'], metric: 'temp', limit: 100 })).items).toHaveLength(30);
      const middle = all[31]?.seq ?? 0;
      expect(
        (await state.readings({ systems: ['water'], since: middle, limit: 100 })).items.map(({ seq }) => seq),
      ).toEqual(all.slice(32).map(({ seq }) => seq));
    });

    it('merges systems by receipt', async () => {
      await state.apply('water', batch({ now: start, readings: [reading({ value: 1 })] }));
      await state.apply('traffic', batch({ now: start + 1, readings: [reading({ value: 2 })] }));
      await state.apply('water', batch({ now: start + 2, readings: [reading({ value: 3, at: Date.now() + 1 })] }));
      const { items } = await state.readings({ systems: ['traffic', 'water'], limit: 10 });
      expect(items.map(({ system, value }) => [system, value])).toEqual([
        ['water', 1],
        ['traffic', 2],
        ['water', 3],
      ]);
    });

    it('leaves out feeds that keep none', async () => {
      await apply({ journal: false });
      expect(await levels()).toEqual([]);
    });

    it('keeps 200,000 readings at most', async () => {
      for (let i = 0; i < 205; i++) {
        await apply(
          ...Array.from({ length: 1000 }, (_, k) => ({
            value: i * 1000 + k,
            at: start + i,
            typeKey: `n/${k}`,
            history: 'none' as const,
          })),
        );
      }
      const kept = Number(await open.redis.commands.hget('cw:{water}:journal', 'kept'));
      expect(kept).toBe(200_000);
      expect(await open.redis.commands.xlen('cw:{water}:readings')).toBe(200);
    });
  });

  describe('occurrences', () => {
    const urban = (...list: Parameters<typeof occurrence>[0][]) =>
      state.apply(
        'urban',
        batch({ occurrences: list.map((parts) => ({ occurrence: occurrence(parts), feed: 'case', create: true })) }),
      );
    const all = async () => (await state.occurrences({ systems: ['urban'], limit: 100 })).items;

    it('are upserted by id; fields add up; an older stage never overwrites a newer one', async () => {
      await urban({ at: start + 2, status: '结案', fields: { result: 'done', gone: null } });
      await urban({
        at: start,
        status: '受理',
        level: 'P2',
        place: { lon: 107.3, lat: 30.3 },
        fields: { description: '井盖', gone: 'x' },
      });
      expect(await all()).toEqual([
        {
          ...occurrence({ at: start + 2 }),
          beganAt: start,
          status: '结案',
          level: 'P2',
          place: { lon: 107.3, lat: 30.3 },
          fields: { description: '井盖', result: 'done', gone: null },
        },
      ]);
    });

    it('remember when they began, whatever stage comes first and however often it is told', async () => {
      await urban({ id: 'late', at: start + 9 }, { id: 'once', at: start + 5 });
      await urban({ id: 'late', at: start + 2, status: '受理' });
      await urban({ id: 'late', at: start + 20, status: '结案' });
      await urban({ id: 'once', at: start + 5 });
      expect((await all()).map(({ id, at, beganAt }) => [id, at - start, beganAt && beganAt - start])).toEqual([
        ['late', 20, 2],
        ['once', 5, undefined],
      ]);
    });

    it('began when their source says so, or by what was heard before', async () => {
      await urban({ id: 'told', at: start + 9, beganAt: start - 50 });
      await urban({ id: 'told', at: start + 20, beganAt: start - 50 });
      await urban({ id: 'day', at: start + 1 });
      await urban({ id: 'day', at: start + 20, beganAt: start + 8 });
      expect((await all()).map(({ id, at, beganAt }) => [id, at - start, beganAt && beganAt - start])).toEqual([
        ['told', 20, -50],
        ['day', 20, 1],
      ]);
    });

    it('told twice change nothing', async () => {
      await urban({ at: start });
      const changed = await urban({ at: start, receivedAt: start + 99 });
      expect(changed.duplicates).toBe(1);
      expect(await open.redis.commands.xlen('cw:{urban}:occ:log')).toBe(1);
    });

    it('are listed newest first, by type and status, page by page, over systems', async () => {
      for (let i = 0; i < 25; i++) {
        const parts = { id: `c${i}`, at: start + (i % 5), status: i % 2 ? '受理' : '结案' };
        await urban(parts);
        await state.apply(
          'emergency',
          batch({
            occurrences: [
              { occurrence: occurrence({ ...parts, system: 'emergency', type: 'warning' }), feed: 'w', create: true },
            ],
          }),
        );
      }
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await state.occurrences({
          systems: ['emergency', 'urban'],
          limit: 7,
          ...(cursor === null ? {} : { cursor }),
        });
        seen.push(...page.items.map(({ system, id }) => `${system}/${id}`));
        cursor = page.next;
      } while (cursor !== null);
      expect(new Set(seen).size).toBe(50);
      expect(seen).toHaveLength(50);
      expect((await state.occurrences({ systems: ['urban'], status: '受理', limit: 100 })).items).toHaveLength(12);
      expect(
        (await state.occurrences({ systems: ['urban', 'emergency'], type: 'warning', limit: 100 })).items,
      ).toHaveLength(25);
    });

    it('of an old retained message are never created, only updated', async () => {
      const retained = (parts: Parameters<typeof occurrence>[0]) =>
        state.apply('urban', batch({ occurrences: [{ occurrence: occurrence(parts), feed: 'case', create: false }] }));
      await retained({ at: start });
      expect(await all()).toEqual([]);
      await urban({ at: start });
      await retained({ at: start + 1, status: '结案' });
      expect((await all())[0]?.status).toBe('结案');
    });
  });

  describe('rejections', () => {
    const rejection = (i: number, payload = 'x') => ({
      feed: i % 2 ? 'odd' : 'even',
      topic: `t/${i}`,
      receivedAt: start + i,
      payload: Buffer.from(payload),
      rejections: [
        { reason: 'decode' as const, detail: `bad ${i}` },
        { reason: 'missing' as const, detail: 'no z', path: 'data[3].z' },
      ],
    });

    it('are kept with payload and reason, counted, newest first, page by page', async () => {
      for (let i = 0; i < 9; i++) await state.apply('water', batch({ rejections: [rejection(i)] }));
      const first = await state.rejections({ systems: ['water'], limit: 3 });
      expect(first.items[0]).toEqual({
        id: expect.stringMatching(/^water-\d+-\d+-0$/),
        system: 'water',
        feed: 'even',
        topic: 't/8',
        reason: 'decode',
        detail: 'bad 8',
        receivedAt: start + 8,
        payload: Buffer.from('x').toString('base64'),
        truncated: false,
      });
      const second = await state.rejections({ systems: ['water'], limit: 100, cursor: first.next ?? '' });
      expect([...first.items, ...second.items].map(({ id }) => id)).toHaveLength(18);
      expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(18);
      expect(
        (await state.rejections({ systems: ['water'], feed: 'odd', reason: 'missing', limit: 100 })).items,
      ).toHaveLength(4);
      expect((await state.rejectionCounts('water')).get('even')).toEqual(
        new Map([
          ['decode', 5],
          ['missing', 5],
        ]),
      );
    });

    it('keep 64 KiB of a payload and say so, and 32 MiB of all', async () => {
      const large = 'y'.repeat(100_000);
      for (let i = 0; i < 60; i++)
        await state.apply('water', batch({ rejections: Array.from({ length: 10 }, () => rejection(i, large)) }));
      const { items } = await state.rejections({ systems: ['water'], limit: 1 });
      expect(items[0]?.truncated).toBe(true);
      expect(Buffer.from(items[0]?.payload ?? '', 'base64')).toHaveLength(65_536);
      const kept = await open.redis.commands.xlen('cw:{water}:rejections');
      expect(kept).toBeGreaterThan(400);
      expect(kept * 65_536).toBeLessThan(33_554_432);
      expect((await state.rejectionCounts('water')).get('even')?.get('decode')).toBe(300);
    });
  });

  describe('changes', () => {
    it('carry what became latest, one row a series, numbered without gaps', async () => {
      const changes: Change[] = [];
      let opened: () => void = () => {};
      const ready = new Promise<void>((resolve) => {
        opened = resolve;
      });
      let arrived: () => void = () => {};
      const subscription = state.subscribe(['water']).subscribe((change) => {
        changes.push(change);
        if (change.lost) opened();
        arrived();
      });
      await ready;
      const until = async (n: number) => {
        while (changes.length < n)
          await new Promise<void>((resolve) => {
            arrived = resolve;
          });
      };
      await apply(
        { at: start, value: 1 },
        { at: start + 1, value: 2 },
        { at: start - 5, value: 0 },
        { metric: 'flow', at: start, value: 9 },
      );
      await apply({ at: start, value: 1 });
      await state.apply(
        'water',
        batch({ occurrences: [{ occurrence: occurrence({ system: 'water' }), feed: 'f', create: true }] }),
      );
      await until(3);
      subscription.unsubscribe();
      expect(changes[0]).toEqual({ system: 'water', n: 0, rows: [], occurrences: [], lost: true });
      expect(changes[1]).toEqual({
        system: 'water',
        n: 1,
        rows: [
          ['reservoir/longtan', 'level', 2, start + 1, start + 1, 0, 0, [], 'realtime'],
          ['reservoir/longtan', 'flow', 9, start, start, 0, 0, [], 'realtime'],
        ],
        occurrences: [],
      });
      expect(changes[2]).toMatchObject({ n: 2, rows: [], occurrences: [{ id: 'case-1', fields: {} }] });
    });

    it('say when they were interrupted', async () => {
      const lost: Change[] = [];
      let arrived: () => void = () => {};
      const subscription = state.subscribe(['water']).subscribe((change) => {
        if (change.lost) lost.push(change);
        arrived();
      });
      const until = async (n: number) => {
        while (lost.length < n)
          await new Promise<void>((resolve) => {
            arrived = resolve;
          });
      };
      await until(1);
      await open.redis.commands.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await until(2);
      subscription.unsubscribe();
      expect(lost).toHaveLength(2);
    });
  });

  it('gives all newest values in chunks, with the counter to go on from', async () => {
    await apply(...Array.from({ length: 900 }, (_, i) => ({ typeKey: `node/${i}`, value: i })));
    const rows = new Map<string, Row>();
    const n = await state.latestAll('water', (chunk) => {
      expect(chunk.length).toBeLessThanOrEqual(250);
      for (const row of chunk) rows.set(row[0], row);
    });
    expect(n).toBe(1);
    expect(rows.size).toBe(900);
    expect(rows.get('node/77')?.[2]).toBe(77);
  });

  it('counts what a feed brought', async () => {
    await state.apply(
      'water',
      batch({
        readings: [reading({ at: start }), reading({ at: start }), reading({ at: start - 1 })],
        feeds: [{ feed: 'realtime', messages: 3, lastAt: 42 }],
      }),
    );
    expect((await state.feedCounters('water')).get('realtime')).toEqual({
      messages: 3,
      readings: 2,
      occurrences: 0,
      rejections: 0,
      duplicates: 1,
      late: 1,
      lastAt: 42,
    });
  });

  it('takes thousands of readings of one message in calls of 1,000', async () => {
    const result = await apply(
      ...Array.from({ length: 4321 }, (_, i) => ({ typeKey: `node/${i % 50}`, at: start + i, value: i })),
    );
    expect(result.accepted).toBe(4321);
    let count = 0;
    let cursor: string | null = null;
    do {
      const page = await state.readings({ systems: ['water'], limit: 1000, ...(cursor === null ? {} : { cursor }) });
      for (const item of page.items) expect(item.value).toBe(count++);
      cursor = page.next;
    } while (cursor !== null);
    expect(count).toBe(4321);
  });

  it('keeps only keys that docs/reference/redis.md knows, of the kind it says', async () => {
    const now = Date.now();
    const old = now - 50 * 3_600_000;
    await apply(
      ...Array.from({ length: 100 }, (_, i) => ({ at: start + i * 1000, value: i, history: 'quarter' as const })),
      ...[0, 1].map((i) => ({ metric: 'flow', at: old + i * 3_600_000, value: i, history: 'quarter' as const })),
    );
    await state.apply(
      'water',
      batch({
        occurrences: [{ occurrence: occurrence({ system: 'water' }), feed: 'f', create: true }],
        rejections: [
          {
            feed: 'f',
            topic: 't',
            receivedAt: now,
            payload: Buffer.from('x'),
            rejections: [{ reason: 'decode', detail: 'd' }],
          },
        ],
        feeds: [{ feed: 'f', messages: 1, lastAt: now }],
        deliveries: [{ packetId: 1, hash: Buffer.alloc(8) }],
      }),
    );
    const text = readFileSync(join(import.meta.dirname, '../../../docs/reference/redis.md'), 'utf8');
    const documented = new Map(
      [...text.matchAll(/^\| `([^`]+)` \| (hash|string|stream|sorted set|set|list|channel) \|/gm)].map(
        ([, key = '', type = '']) => [
          /^[^<]*/.exec(key.replaceAll('\\|', '|'))?.[0] ?? key,
          type === 'sorted set' ? 'zset' : type,
        ],
      ),
    );
    const found = new Set<string>();
    for (const key of await open.redis.commands.keys('cw:{water}:*')) {
      const name = key.slice('cw:{water}:'.length);
      const family = [...documented.keys()]
        .filter((prefix) => (prefix.endsWith(':') ? name.startsWith(prefix) : name === prefix))
        .sort((a, b) => b.length - a.length)[0];
      expect([key, family]).not.toEqual([key, undefined]);
      expect([key, await open.redis.commands.type(key)]).toEqual([key, documented.get(family ?? '')]);
      found.add(family ?? '');
    }
    // Each kind of key that a batch can write was really there to be looked at.
    for (const family of [
      'a:',
      'assets',
      'd:',
      's:',
      'w:',
      'h:',
      'rank:',
      'readings',
      'occ',
      'rejections',
      'deliveries:',
    ]) {
      expect([...found]).toContain(family);
    }
  });

  it('marks an older state as its own and refuses a newer one with a sentence', async () => {
    await state.onModuleInit();
    expect(await open.redis.commands.get('cw:format')).toBe('3');
    for (const older of ['1', '2']) {
      await open.redis.commands.set('cw:format', older);
      await state.onModuleInit();
      expect(await open.redis.commands.get('cw:format')).toBe('3');
    }
    await open.redis.commands.set('cw:format', '4');
    const other = new StateRepository(open.redis, open.health);
    await expect(other.onModuleInit()).rejects.toThrow(StateFormatError);
    await expect(other.apply('water', batch())).rejects.toThrow(/has format 4/);
  });
});
