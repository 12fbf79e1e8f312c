import type { DeskAlarm } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { type Arrangement, type Arranging, arrange, shownIn } from '../../../../../apps/wall/src/desk/arrange.js';
import { alarm as bare, grouped, NOW } from './support.js';

const ALL = { filter: 'all', query: '', me: 'me' } as const;
/** each of a rule of its own, if nothing else is said: only a place puts them together */
const alarm = (id: string, more: Partial<DeskAlarm> = {}) => bare(id, { rule: id, ...more });
function lay(list: DeskAlarm[], more: Partial<Arranging> = {}): Arrangement {
  const { alarms, groups } = grouped(list);
  const usual = { view: ALL, groups, collapsed: false, unfolded: new Set<string>(), before: null, anchor: null };
  return arrange(alarms, { ...usual, ...more });
}
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
    expect(list.rows.flatMap((row) => (row.kind === 'group' ? [row.of.group?.place] : []))).toEqual([
      ['桂溪街道'],
      undefined,
    ]);
  });

  it('what a cause explains is held back in the group of its cause, and shown + held = raw', () => {
    const alarms = [
      alarm('pump', { ...town, ...ago(60) }),
      ...['x', 'y', 'z'].map((id) => alarm(id, { system: 'urban', suppressedBy: 'pump' })),
      alarm('far', { suppressedBy: 'z' }),
    ];
    const list = lay(alarms);
    expect(ids(list)).toEqual(['pump']);
    expect(list.rows[0]).toMatchObject({
      of: { shown: 1, held: 4, gravest: 1, group: { first: { id: 'pump' } }, firstStands: true },
    });
    expect(list.rows[1]).toMatchObject({ kind: 'alarm', first: true });
    expect(list.rows.at(-1)).toMatchObject({
      kind: 'held',
      n: 4,
      reasons: [['suppressed', 4]],
      systems: [
        ['urban', 3],
        ['water', 1],
      ],
    });
    expect(list.shown + list.held).toBe(alarms.length);
    expect(ids(lay(alarms, { unfolded: new Set(['town=桂溪街道']) }))).toHaveLength(5);
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

describe('in a flood', () => {
  const other = { group: { town: '桂阳街道' } };
  const alarms = [
    alarm('red', town),
    alarm('seen red', { ...town, state: 'active-acknowledged' }),
    alarm('orange', { ...town, priority: 2 }),
    alarm('yellow', { ...town, priority: 3, ...ago(900) }),
    alarm('blue', { ...town, priority: 4 }),
    alarm('for a cause', { ...town, suppressedBy: 'red' }),
    alarm('shelf', { ...other, state: 'shelved', shelved: { by: 'x', at: NOW, until: NOW + 1, reason: '' } }),
    alarm('line', { ...other, priority: 3 }),
    alarm('alone', { priority: 3 }),
    alarm('blue alone', { priority: 4 }),
  ];

  it('a group is its P1 and one line, all else is folded away by reason; shown + held = raw', () => {
    const list = lay(alarms, { collapsed: true });
    expect(ids(list)).toEqual(['red', 'seen red', 'orange', 'alone', 'line']);
    const held = list.rows.flatMap((row) => (row.kind === 'held' ? [row.reasons] : []));
    expect(held).toEqual([
      [
        ['suppressed', 1],
        ['flood', 1],
        ['list', 1],
      ],
      [['list', 1]],
      [['shelved', 1]],
    ]);
    expect([list.shown, list.held]).toEqual([5, 5]);
    const { alarms: all, groups } = grouped(alarms);
    expect(shownIn(all, groups)).toEqual({ raw: 10, shown: 5, held: 5 });
    expect(list.rows[0]).toMatchObject({ of: { gravest: 1, group: { first: { id: 'yellow' } }, firstStands: true } });
  });

  it('everything is there when it is asked for, and what is opened, searched or asked for by a filter', () => {
    expect(lay(alarms).shown).toBe(9);
    expect(ids(lay(alarms, { collapsed: true, unfolded: new Set(['town=桂溪街道']) }))).toContain('blue');
    expect(ids(lay(alarms, { collapsed: true, view: { ...ALL, query: 'blue' } })).sort()).toEqual([
      'blue',
      'blue alone',
    ]);
    expect(ids(lay(alarms, { collapsed: true, view: { ...ALL, filter: 'shelved' } }))).toEqual(['shelf']);
    expect(ids(lay(alarms, { collapsed: true, view: { ...ALL, filter: 'unacknowledged' } }))).not.toContain('yellow');
  });

  it('what is selected is not folded away when one begins', () => {
    const before = lay(alarms);
    expect(ids(lay(alarms, { collapsed: true, before, anchor: 'yellow' }))).toContain('yellow');
    expect(ids(lay(alarms, { collapsed: true, anchor: 'yellow' }))).toContain('yellow');
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
