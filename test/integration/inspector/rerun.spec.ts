import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, LAB_FEEDS } from '../feeds/lab.js';
import { type Inspector, openInspector } from './open-inspector.js';

/** Bad messages over a real broker, the pack mended, the messages run again: everything is there, once. */
let house: Inspector;
const now = Date.now();

const rejections = async (query = '') => (await house.ask(`/api/v1/rejections?limit=1000${query}`)).json.items;
const readings = async (query: string) => (await house.ask(`/api/v1/readings?limit=1000&${query}`)).json.items;
const rerun = async (body: object) => (await house.command('/api/v1/rejections/rerun', body)).json;

/** The lab's feeds with other text in them; resolves when the server runs them. */
async function mend(...changes: [string, string][]): Promise<void> {
  const text = changes.reduce((feeds, [from, to]) => {
    expect(feeds).toContain(from);
    return feeds.replace(from, to);
  }, LAB_FEEDS);
  const saved = await house.command('/api/v1/packs/lab/feeds', { feeds: text }, 'PUT');
  expect(saved.json.problems ?? []).toEqual([]);
  expect(saved.status).toBe(200);
}

beforeAll(async () => {
  house = await openInspector();
});
afterAll(() => house?.stop());

describe('a re-run', () => {
  it('brings what was missing, once, as it was received', async () => {
    for (let i = 0; i < 5; i++) {
      await house.publish(
        'lab/items',
        JSON.stringify({
          items: [
            { ts: now + i, key: 'a', v: 1 + i },
            { ts: now + i, key: 'b', v: `${20 + i} m` },
            { ts: now + i, key: 'c', v: 3 },
          ],
        }),
        { origin: 'simulated' },
      );
    }
    await eventually(
      () => rejections('&feed=items'),
      (items) => items.length === 5,
    );
    const [first] = await rejections('&feed=items');
    expect(first).toMatchObject({ reason: 'type', feed: 'items' });
    expect(await readings('feed=items')).toHaveLength(10);

    // Nothing is mended yet: they stay, as they are.
    expect(await rerun({ system: 'lab', feed: 'items' })).toEqual({
      tried: 5,
      mapped: 0,
      stillRejected: 5,
      truncated: 0,
      readings: 0,
      occurrences: 0,
    });
    expect((await rejections('&feed=items'))[0].id).toBe(first.id);

    await mend([
      'level: { path: v, ops: [number] }',
      'level: { path: v, ops: [text, { replace: [" m", ""] }, number] }',
    ]);
    expect(await rerun({ system: 'lab', feed: 'items' })).toMatchObject({
      tried: 5,
      mapped: 5,
      stillRejected: 0,
      readings: 5,
    });
    expect(await rejections('&feed=items')).toEqual([]);
    const brought = await readings(`feed=items&asset=${encodeURIComponent('lab/node/b')}`);
    expect(brought.map(({ value }: { value: number }) => value)).toEqual([20, 21, 22, 23, 24]);
    expect(brought[0]).toMatchObject({ origin: 'simulated', receivedAt: first ? expect.any(String) : '', flags: [] });
    expect(Date.parse(brought[0].receivedAt)).toBeLessThanOrEqual(Date.parse(first.receivedAt));
    expect(await readings('feed=items')).toHaveLength(15);
    expect(await rerun({ system: 'lab', feed: 'items' })).toMatchObject({ tried: 0, readings: 0 });
  });

  it('brings nothing twice however late, beyond what state itself remembers', async () => {
    await mend();
    const message = {
      items: [
        { ts: now - 3_600_000, key: 'late', v: 7 },
        { ts: now - 3_600_000, key: 'late2', v: 'x' },
      ],
    };
    await house.publish('lab/items', JSON.stringify(message));
    await eventually(
      () => rejections('&feed=items'),
      (items) => items.length === 1,
    );
    // More readings of the series than state remembers repetitions of.
    const after = Array.from({ length: 120 }, (_, i) => ({ ts: now - 3_500_000 + i * 1000, key: 'late', v: i % 50 }));
    for (const item of after) await house.publish('lab/items', JSON.stringify({ items: [item] }));
    const window = async () => {
      const at = encodeURIComponent('lab/node/late');
      const from = encodeURIComponent(new Date(now - 7_200_000).toISOString());
      const { json } = await house.ask(`/api/v1/assets/${at}/series/level?from=${from}&step=1h`);
      return json.points.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    };
    await eventually(window, (count) => count === 121);
    await mend(['level: { path: v, ops: [number] }', 'level: { path: v, ops: [{ lookup: { x: 9, "7": 7 } }] }']);
    const outcome = await rerun({ feed: 'lab/items' });
    expect(outcome).toMatchObject({ tried: 1, mapped: 1, readings: 1 });
    expect(await window()).toBe(121);
    expect((await house.state.latest('lab/node/late2')).get('level')?.value).toBe(9);
  });

  it('keeps what is still wrong, and asks for no more than was chosen', async () => {
    await mend();
    await house.publish(
      'lab/items',
      JSON.stringify({
        ts: now,
        items: [
          { key: 'p', v: 'one' },
          { key: 'q', v: 'two' },
        ],
      }),
    );
    await house.publish('lab/items', '{"ts": 1, "items": ');
    await house.publish(
      'lab/items',
      JSON.stringify({ ts: now, filler: 'x'.repeat(70_000), items: [{ key: 'r', v: 'one' }] }),
    );
    await eventually(
      () => rejections('&feed=items'),
      (items) => items.length === 4,
    );
    await mend(['level: { path: v, ops: [number] }', 'level: { path: v, lookup: { one: 1 } }']);
    expect(await rerun({ feed: 'items', reason: 'decode' })).toMatchObject({ tried: 1, stillRejected: 1 });
    const chosen = (await rejections('&feed=items&reason=type')).filter(
      ({ truncated }: { truncated: boolean }) => !truncated,
    );
    expect(chosen).toHaveLength(2);
    const ids = chosen.map(({ id }: { id: string }) => id);
    expect(await rerun({ ids })).toEqual({
      tried: 1,
      mapped: 0,
      stillRejected: 1,
      truncated: 0,
      readings: 1,
      occurrences: 0,
    });
    const left = await rejections('&feed=items');
    expect(left.map(({ reason }: { reason: string }) => reason).sort()).toEqual(['decode', 'type', 'value']);
    // What came in partly is remembered with what is left.
    await mend(['level: { path: v, ops: [number] }', 'level: { path: v, lookup: { one: 1, two: 2 } }']);
    expect(await rerun({ feed: 'items' })).toMatchObject({ tried: 2, mapped: 1, truncated: 1, readings: 1 });
    expect(await readings(`asset=${encodeURIComponent('lab/node/p')}`)).toHaveLength(1);
    expect(await readings(`asset=${encodeURIComponent('lab/node/q')}`)).toHaveLength(1);
  });

  it('asked for by two seats at once, counts once', async () => {
    await mend();
    const count = 40;
    for (let i = 0; i < count; i++) {
      await house.publish('lab/untimed/x', JSON.stringify({ door: `d${i}`, seq: `n${i}` }));
    }
    await eventually(
      () => rejections('&feed=untimed'),
      (items) => items.length === count,
    );
    await mend([
      'seq: { path: seq, ops: [number], optional: true }',
      'seq: { path: seq, ops: [text, { replace: [n, ""] }, number] }',
    ]);
    const [a, b] = await Promise.all([rerun({ feed: 'untimed' }), rerun({ feed: 'untimed' })]);
    expect(a.mapped + b.mapped).toBe(count);
    expect(a.readings + b.readings).toBe(count);
    expect(await readings('feed=untimed&metric=seq')).toHaveLength(count);
  });

  it('takes occurrences up, and messages that no feed wanted', async () => {
    await mend();
    await house.publish('lab/case/odd', JSON.stringify({ id: 'C1', ts: now, text: 'a' }));
    await eventually(
      () => rejections('&feed=cases'),
      (items) => items.length === 1,
    );
    await mend(['close: closed }', 'close: closed, odd: open }']);
    expect(await rerun({ feed: 'cases' })).toMatchObject({ tried: 1, mapped: 1, occurrences: 1 });
    expect((await house.ask('/api/v1/occurrences?system=lab')).json.items).toMatchObject([
      { id: 'C1', status: 'open' },
    ]);
  });

  it('is an administrator’s, and from our own page', async () => {
    expect((await house.ask('/api/v1/rejections/rerun', { method: 'POST', body: {} })).json.reason).toBe(
      'unauthorized',
    );
    const cookie = { cookie: `citywall_session=${house.headers.authorization?.slice(7)}` };
    const elsewhere = { method: 'POST', body: {}, headers: { ...cookie, origin: 'http://127.0.0.1:1' } };
    expect((await house.ask('/api/v1/rejections/rerun', elsewhere)).json.reason).toBe('cross-site');
    const own = { method: 'POST', body: { feed: 'lab/none' }, headers: { ...cookie, origin: house.url } };
    expect((await house.ask('/api/v1/rejections/rerun', own)).json).toMatchObject({ tried: 0 });
    expect((await house.command('/api/v1/rejections/rerun', { sytem: 'lab' })).status).toBe(400);
  });
});
