import type { DeskAlarm } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { type Arrangement, type Arranging, arrange } from '../../../../../apps/wall/src/desk/arrange.js';
import { alarm, NOW } from './support.js';

const ALL = { filter: 'all', query: '', me: 'me' } as const;
const lay = (alarms: DeskAlarm[], more: Partial<Arranging> = {}): Arrangement =>
  arrange(alarms, { view: ALL, unfolded: new Set(), before: null, anchor: null, ...more });
const ids = ({ rows }: Arrangement) => rows.flatMap((row) => (row.kind === 'alarm' ? [row.alarm.id] : []));
const ago = (seconds: number) => ({ raisedAt: NOW - seconds * 1_000 });
const town = { group: { town: '桂溪街道' } };

describe('the order of the list', () => {
  it('is by priority, then by what waits, then what waits the longest; what is set aside comes last', () => {
    const list = lay([
      alarm('old', { priority: 2, ...ago(90) }),
      alarm('new', { priority: 2, ...ago(10) }),
      alarm('over', { priority: 2, state: 'cleared-unacknowledged', ...ago(700) }),
      alarm('seen', { priority: 2, state: 'active-acknowledged', ...ago(500) }),
      alarm('aside', {
        priority: 2,
        state: 'shelved',
        shelved: { by: 'x', at: NOW, until: NOW + 1, reason: '' },
        ...ago(900),
      }),
      alarm('red', ago(1)),
    ]);
    expect(ids(list)).toEqual(['red', 'old', 'new', 'over', 'seen', 'aside']);
  });

  it('puts together what shares a cause, the most urgent group first; who is alone stands with the others', () => {
    const list = lay([
      alarm('a', { priority: 3, ...town }),
      alarm('b', { priority: 2, group: { town: '桂阳街道' } }),
      alarm('c', { priority: 1, ...town }),
      alarm('d', { priority: 4 }),
    ]);
    expect(ids(list)).toEqual(['c', 'a', 'b', 'd']);
    expect(list.rows.flatMap((row) => (row.kind === 'group' ? [row.of.cause] : []))).toEqual(['桂溪街道', null]);
  });

  it('what a cause explains is held back in the group of its cause, and shown + held = raw', () => {
    const alarms = [
      alarm('pump', { ...town, ...ago(60) }),
      ...['x', 'y', 'z'].map((id) => alarm(id, { system: 'urban', suppressedBy: 'pump' })),
      alarm('far', { suppressedBy: 'z' }),
    ];
    const list = lay(alarms);
    expect(ids(list)).toEqual(['pump']);
    expect(list.rows[0]).toMatchObject({ of: { shown: 1, held: 4, first: { id: 'pump' } } });
    expect(list.rows.at(-1)).toMatchObject({
      kind: 'held',
      n: 4,
      systems: [
        ['urban', 3],
        ['water', 1],
      ],
    });
    expect(list.shown + list.held).toBe(alarms.length);
    expect(ids(lay(alarms, { unfolded: new Set(['桂溪街道']) }))).toHaveLength(5);
  });

  it('a circle of causes does not hang it', () => {
    const list = lay([alarm('a', { suppressedBy: 'b' }), alarm('b', { suppressedBy: 'a' })]);
    expect(list.shown + list.held).toBe(2);
  });

  it('filters and searches; every word has to be there', () => {
    const alarms = [alarm('a', { unknown: true }), alarm('b', { suppressedBy: 'a' }), alarm('c', { name: '龙滩水库' })];
    expect(ids(lay(alarms, { view: { ...ALL, filter: 'unknown' } }))).toEqual(['a']);
    expect(ids(lay(alarms, { view: { ...ALL, filter: 'suppressed' } }))).toEqual(['b']);
    expect(ids(lay(alarms, { view: { ...ALL, query: '龙滩 积水' } }))).toEqual(['c']);
    expect(ids(lay(alarms, { view: { ...ALL, query: '龙滩 桥' } }))).toEqual([]);
  });
});

describe('while something is selected', () => {
  const before = lay([alarm('a', { priority: 2 }), alarm('b', { priority: 3 })]);
  const selected = { before, anchor: 'b' };

  it('nothing new comes before it: it waits, and comes when asked for', () => {
    const alarms = [
      alarm('a', { priority: 2 }),
      alarm('b', { priority: 3 }),
      alarm('red'),
      alarm('low', { priority: 4 }),
    ];
    const list = lay(alarms, selected);
    expect(ids(list)).toEqual(['a', 'b', 'low']);
    expect(list.waiting.map(({ id }) => id)).toEqual(['red']);
    expect(ids(lay(alarms, { before: null, anchor: 'b' }))).toEqual(['red', 'a', 'b', 'low']);
    // it goes on waiting
    expect(lay(alarms, { before: list, anchor: 'b' }).waiting.map(({ id }) => id)).toEqual(['red']);
  });

  it('what changes keeps its place, what it is acknowledged or worse', () => {
    const alarms = [alarm('a', { priority: 2, state: 'active-acknowledged' }), alarm('b', { priority: 1 })];
    expect(ids(lay(alarms, selected))).toEqual(['a', 'b']);
  });

  it('it stays when it no longer is what the view asks for, and when it stands no more', () => {
    const seen = [alarm('a', { priority: 2 }), alarm('b', { priority: 3, state: 'active-acknowledged' })];
    expect(ids(lay(seen, { ...selected, view: { ...ALL, filter: 'unacknowledged' } }))).toEqual(['a', 'b']);
    const gone = lay([alarm('a', { priority: 2 })], selected);
    expect(gone.rows.filter((row) => row.kind === 'alarm' && row.ended)).toMatchObject([{ alarm: { id: 'b' } }]);
    expect(ids(lay([alarm('a', { priority: 2 })], { before: gone, anchor: 'a' }))).toEqual(['a']);
  });
});
