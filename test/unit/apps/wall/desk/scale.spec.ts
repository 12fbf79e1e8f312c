import type { DeskAlarm } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { type Arranging, arrange } from '../../../../../apps/wall/src/desk/arrange.js';
import { alarm, grouped, NOW } from './support.js';

describe('ten thousand alarms', () => {
  it('a hundred changes later stand in the order that a new list would have', () => {
    const view = { filter: 'all', query: '', me: '' } as const;
    const town = (n: number) => ({ group: { town: `town ${n % 26}` } });
    const of = (n: number): DeskAlarm =>
      alarm(`a${n}`, { priority: ((n % 4) + 1) as 1, raisedAt: NOW - ((n * 7_919) % 90_000) * 1_000, ...town(n) });
    const alarms = new Map(Array.from({ length: 10_000 }, (_, n) => [`a${n}`, of(n)] as const));
    const lay = (more: Pick<Arranging, 'before' | 'anchor'>) => {
      const { alarms: list, groups } = grouped(alarms.values());
      return arrange(list, { view, groups, collapsed: false, unfolded: new Set(), ...more });
    };
    const first = lay({ before: null, anchor: null });
    for (let n = 0; n < 100; n++) alarms.set(`a${n * 97}`, { ...of(n * 97), state: 'active-acknowledged', version: 2 });
    const next = lay({ before: first, anchor: 'a500' });
    expect(next.shown).toBe(10_000);
    // nothing moves while something is selected
    expect(next.rows.map(({ key }) => key)).toEqual(first.rows.map(({ key }) => key));
    const anew = lay({ before: null, anchor: 'a500' });
    expect(anew.rows).toHaveLength(first.rows.length);
  });
});
