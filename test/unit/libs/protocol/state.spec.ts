import { applyDelta, diffView, emptyState, ProtocolError, stateOf, type ViewState } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { plain, randomSource, randomState } from './random-view.js';

describe('diffView and applyDelta', () => {
  it('[PR1] a random chain of deltas rebuilds every state, 2,000 steps', () => {
    const random = randomSource(20260709);
    let shown: ViewState = emptyState();
    let before: ViewState = emptyState();
    let deltas = 0;
    for (let step = 0; step < 2_000; step++) {
      const after = random() < 0.5 ? nudge(before, random) : randomState(random);
      const delta = diffView(before, after);
      if (delta) {
        shown = applyDelta(shown, delta);
        deltas++;
      }
      expect(plain(shown)).toEqual(plain(after));
      before = after;
    }
    expect(deltas).toBeGreaterThan(1_000);
  });

  it('[PR2] equal states have no delta, whatever the identity of their rows', () => {
    const make = () => stateOf([['a', { value: Number.NaN, flags: ['clock'], level: undefined }]], { fresh: 1 });
    expect(diffView(make(), make())).toBeNull();
    expect(diffView(make(), stateOf([['a', { value: Number.NaN, flags: ['clock'] }]], { fresh: 1 }))).toBeNull();
  });

  it('[PR2] meta that becomes null is changed, meta that goes away is gone', () => {
    const before = stateOf([], { oldestAt: 5, unit: 'm' });
    expect(diffView(before, stateOf([], { oldestAt: null, unit: 'm' }))).toEqual({ meta: { oldestAt: null } });
    expect(diffView(before, stateOf([], { oldestAt: 5 }))).toEqual({ metaGone: ['unit'] });
  });

  it('[PR3] a row named __proto__ is a row and reaches no prototype', () => {
    const hostile = stateOf([['__proto__', { count: 7, polluted: true }]]);
    const shown = applyDelta(emptyState(), diffView(emptyState(), hostile) ?? {});
    expect(shown.order).toEqual(['__proto__']);
    expect(Object.keys(shown.rows)).toEqual(['__proto__']);
    expect(Object.values(shown.rows)[0]).toEqual({ count: 7, polluted: true });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(applyDelta(shown, diffView(hostile, emptyState()) ?? {}).order).toEqual([]);
  });

  it('[PR3] keys that look like numbers keep their order', () => {
    const after = stateOf(['9', '10', '1', '0'].map((key) => [key, { count: 1 }] as const));
    expect(applyDelta(emptyState(), diffView(emptyState(), after) ?? {}).order).toEqual(['9', '10', '1', '0']);
  });

  it('[PR4] leaves its arguments alone and keeps unchanged rows', () => {
    const before = stateOf([
      ['a', { value: 1 }],
      ['b', { value: 2 }],
    ]);
    const frozen = structuredClone(plain(before));
    const after = stateOf([
      ['b', { value: 3 }],
      ['a', { value: 1 }],
    ]);
    const shown = applyDelta(before, diffView(before, after) ?? {});
    expect(plain(before)).toEqual(frozen);
    expect(shown.rows.a).toBe(before.rows.a);
    expect(shown.rows.b).not.toBe(before.rows.b);
  });

  it.each([
    ['a patch', { patch: [{ rows: [1], members: ['value'], columns: [[1]] }] }],
    ['a row that goes', { gone: [4] }],
    ['an order too long', { order: [0, 1] }],
    ['an order naming no row', { order: [3] }],
  ])('[PR5] refuses %s that the state does not have', (_, delta) => {
    const state = stateOf([['a', { value: 1 }]]);
    expect(() => applyDelta(state, delta)).toThrow(ProtocolError);
    expect(plain(state)).toEqual({ meta: {}, rows: [['a', { value: 1 }]] });
  });

  it('[PR6] names a changed row by position and only its changed members', () => {
    const row = { asset: 'water/reservoir/longtan', name: '龙滩水库', value: 462.44, at: 1, quality: 'good' };
    const before = stateOf([
      ['x', row],
      ['y', row],
    ]);
    const after = stateOf([
      ['x', row],
      ['y', { ...row, value: 462.45, at: 2 }],
    ]);
    expect(diffView(before, after)).toEqual({
      patch: [{ rows: [1], members: ['value', 'at'], columns: [[462.45], [2]] }],
    });
  });

  it('[PR6] a member that goes away replaces the row', () => {
    const delta = diffView(stateOf([['x', { status: 'a', level: 'P1' }]]), stateOf([['x', { status: 'a' }]]));
    expect(delta).toEqual({ set: [['x', { status: 'a' }]] });
  });
});

/** Changes a few members of a few rows and sometimes the order: what live values do. */
function nudge(state: ViewState, random: () => number): ViewState {
  const order = random() < 0.3 ? [...state.order].reverse() : state.order;
  return stateOf(
    order.map((key) => {
      const row = state.rows[key] as Record<string, unknown>;
      return [key, random() < 0.3 ? { ...row, value: random(), at: 1783612500000 + random() * 100 } : row] as const;
    }),
    state.meta,
  );
}
