import type { ViewSpec, ViewState } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { summarise } from '../../../../../apps/wall/src/readings/summary.js';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const RANK: ViewSpec = { kind: 'rank', of: 'water/rain/rain1h', order: 'desc', limit: 3 };
const LATEST: ViewSpec = { kind: 'latest', type: 'water/reservoir', metrics: ['level'] };
const state = (rows: Record<string, object>, meta: ViewState['meta'] = {}): ViewState => ({
  meta,
  rows,
  order: Object.keys(rows),
});
const row = (age: number, value: number | null = 1) => ({
  value,
  at: value === null ? 0 : NOW - age,
  staleAfter: 15 * MINUTE,
});

describe('state of a panel', () => {
  it('loading before the first snapshot', () => {
    expect(summarise(RANK, null, NOW, NOW).state).toBe('loading');
    expect(summarise(undefined, state({}), NOW, NOW).state).toBe('loading');
  });

  it('live, with the server’s coverage and age', () => {
    const view = state({ a: row(MINUTE) }, { fresh: 68, total: 68, oldestAt: NOW - 4 * MINUTE });
    expect(summarise(RANK, view, NOW, NOW)).toEqual({
      state: 'live',
      coverage: { fresh: 68, total: 68 },
      oldestAt: NOW - 4 * MINUTE,
      newestAt: NOW - MINUTE,
      error: null,
    });
  });

  it('partial where members are missing', () => {
    expect(summarise(RANK, state({ a: row(MINUTE) }, { fresh: 63, total: 68 }), NOW, NOW).state).toBe('partial');
  });

  it('silent where every member is old, waiting where none ever came', () => {
    expect(summarise(RANK, state({ a: row(20 * MINUTE) }, { fresh: 0, total: 68, oldestAt: 1 }), NOW, NOW).state).toBe(
      'silent',
    );
    expect(summarise(LATEST, state({ a: row(0, null), b: row(0, null) }), NOW, NOW).state).toBe('waiting');
    expect(summarise(RANK, state({}, { fresh: 0, total: 68, oldestAt: null }), NOW, NOW).state).toBe('waiting');
  });

  it('counts rows itself where the server did not, and they grow old by themselves', () => {
    const view = state({ a: row(MINUTE), b: row(14 * MINUTE), c: row(0, null) });
    expect(summarise(LATEST, view, NOW, NOW)).toMatchObject({ state: 'partial', coverage: { fresh: 2, total: 3 } });
    expect(summarise(LATEST, view, NOW + 2 * MINUTE, NOW)).toMatchObject({ coverage: { fresh: 1, total: 3 } });
    expect(summarise(LATEST, view, NOW + 20 * MINUTE, NOW)).toMatchObject({ state: 'silent', newestAt: NOW - MINUTE });
  });

  it('counts assets of several metrics whole where all that is expected of them is there', () => {
    const spec: ViewSpec = { kind: 'latest', type: 'government/hall', metrics: ['state', 'queue'] };
    const hall = (key: string, queue: object) => ({
      [`${key}|state`]: { asset: key, ...row(MINUTE) },
      [`${key}|queue`]: { asset: key, ...queue },
    });
    const closed = { ...hall('a', row(3 * 60 * MINUTE)), ...hall('b', row(0, null)) };
    // a closed hall owes no queue
    expect(summarise(spec, state(closed, { fresh: 2, total: 2 }), NOW, NOW)).toMatchObject({
      state: 'live',
      coverage: { fresh: 2, total: 2 },
    });
    // where the queue is owed no hall is whole, which is not silence
    expect(summarise(spec, state(closed, { fresh: 2, total: 4 }), NOW, NOW)).toMatchObject({
      state: 'partial',
      coverage: { fresh: 0, total: 2 },
    });
  });

  it('does not trust the server’s count for longer than the members live once the link is lost', () => {
    const view = state(
      { all: { value: 5, oldestAt: NOW, fresh: 12, total: 12 } },
      { fresh: 12, total: 12, oldestAt: NOW, staleAfter: 5 * MINUTE },
    );
    const spec: ViewSpec = { kind: 'aggregate', of: 'a/b/c', fn: 'max' };
    expect(summarise(spec, view, NOW + 4 * MINUTE, NOW).state).toBe('live');
    expect(summarise(spec, view, NOW + 6 * MINUTE, NOW).state).toBe('silent');
    expect(summarise(spec, view, NOW + 6 * MINUTE, NOW + 6 * MINUTE).state).toBe('live');
  });

  it('an empty list or tally is an answer', () => {
    for (const spec of [
      { kind: 'list', systems: [], limit: 1 },
      { kind: 'notices' },
      { kind: 'tally', system: 'urban', by: 'status' },
    ]) {
      expect(summarise(spec as ViewSpec, state({}), NOW, NOW)).toMatchObject({ state: 'live', coverage: null });
    }
  });

  it.each(['list', 'tally', 'flow'])('a %s is as good as the feeds that bring it', (kind) => {
    const spec = {
      kind,
      systems: ['urban'],
      system: 'urban',
      by: 'status',
      stages: [],
      limit: 1,
    } as unknown as ViewSpec;
    const rows = { a: { count: 3 } };
    const of = (meta: ViewState['meta'], known = rows) => summarise(spec, state(known, meta), NOW, NOW);
    expect(of({ feedsTotal: 2, feedsLive: 2 })).toMatchObject({ state: 'live', coverage: null });
    expect(of({ feedsTotal: 3, feedsLive: 2 })).toMatchObject({
      state: 'partial',
      coverage: { fresh: 2, total: 3 },
      counts: 'feeds',
    });
    const silent = { feedsTotal: 1, feedsLive: 0, heardAt: NOW - 6 * MINUTE };
    expect(of(silent)).toMatchObject({ state: 'silent', newestAt: NOW - 6 * MINUTE, coverage: null });
    expect(of(silent, {} as typeof rows).state).toBe('silent');
    expect(of({ ...silent, heardAt: null }, {} as typeof rows).state).toBe('waiting');
  });

  it.each(['list', 'tally', 'flow', 'notices', 'systems'])(
    'a %s is not believed for long once the link is lost',
    (kind) => {
      const at = (now: number) => summarise({ kind } as ViewSpec, state({ a: {} }), now, NOW);
      expect(at(NOW + 30_000).state).toBe('live');
      expect(at(NOW + 2 * MINUTE)).toMatchObject({ state: 'silent', newestAt: NOW });
    },
  );

  it('an index is as whole as its measures, and not believed for long once the link is lost', () => {
    const of = (fresh: number, states: string[], now = NOW) =>
      summarise(
        { kind: 'index' } as ViewSpec,
        state(Object.fromEntries(states.map((one, i) => [i, { state: one }])), { fresh, total: 3 }),
        now,
        NOW,
      );
    expect(of(3, ['shown'])).toMatchObject({ state: 'live', coverage: { fresh: 3, total: 3 } });
    expect(of(2, ['shown', 'thin']).state).toBe('partial');
    expect(of(0, ['thin']).state).toBe('silent');
    expect(of(0, ['waiting', 'unconnected'])).toMatchObject({ state: 'waiting', coverage: null });
    expect(of(3, ['shown'], NOW + 2 * MINUTE)).toMatchObject({ state: 'silent', newestAt: NOW });
  });

  it('of a caseload kinds of cases are counted, not feeds', () => {
    const view = state({ a: { opened: 3 } }, { feedsTotal: 3, feedsLive: 2 });
    const summary = summarise({ kind: 'caseload' } as ViewSpec, view, NOW, NOW);
    expect(summary).toMatchObject({ state: 'partial', coverage: { fresh: 2, total: 3 } });
    expect(summary.counts).toBeUndefined();
  });

  it('an error is said, whatever the view is', () => {
    expect(summarise({ kind: 'notices' }, state({}, { error: 'gone' }), NOW, NOW)).toMatchObject({
      state: 'error',
      error: 'gone',
    });
  });
});
