import type { DeskAlarm } from '@citywall/protocol';
import { groupKeys } from './groups.js';
import { isOpen, matches, type View } from './view.js';

/** A line of the list. */
export type DeskRow =
  | { kind: 'group'; key: string; of: GroupHead }
  | { kind: 'alarm'; key: string; alarm: DeskAlarm; group: string; held: boolean; ended: boolean }
  | { kind: 'held'; key: string; group: string; n: number; systems: [system: string, n: number][]; open: boolean };

export interface GroupHead {
  /** what its members have in common; null: nothing, they stand alone */
  cause: string | null;
  shown: number;
  held: number;
  /** the first that was raised of all of them */
  first: DeskAlarm;
}

export interface Arrangement {
  rows: DeskRow[];
  /** alarms in their order, held ones among them whether they are unfolded or not */
  order: ReadonlyMap<string, number>;
  /** order of the groups */
  groups: ReadonlyMap<string, number>;
  /** new alarms that would have moved what is selected: they wait */
  waiting: readonly DeskAlarm[];
  shown: number;
  held: number;
}

export interface Arranging {
  view: View;
  /** groups whose held-back rows are unfolded */
  unfolded: ReadonlySet<string>;
  /** what stood there before; null: begin anew, in the order of urgency */
  before: Arrangement | null;
  /** id of what is selected: nothing comes before it, and it stays as long as it is selected */
  anchor: string | null;
}

interface Group {
  key: string;
  cause: string | null;
  rank: number;
  newest: number;
  first: DeskAlarm;
  shown: DeskAlarm[];
  held: DeskAlarm[];
}

/** Most urgent is smallest: priority, then what holds and waits, what is over and waits, what is seen, what is set aside. */
export function rankOf(alarm: DeskAlarm): number {
  const aside = alarm.shelved !== null || alarm.outOfService !== null;
  const over = alarm.state === 'cleared-unacknowledged';
  return alarm.priority * 4 + (aside ? 3 : isOpen(alarm) ? (over ? 1 : 0) : 2);
}

/** Inside a group: priority, unacknowledged, age; of what waits the longest first, of the rest the newest. */
export function byUrgency(a: DeskAlarm, b: DeskAlarm): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  const age = isOpen(a) ? a.raisedAt - b.raisedAt : b.raisedAt - a.raisedAt;
  return age !== 0 ? age : a.id < b.id ? -1 : 1;
}

/**
 * The list, grouped by cause. With an anchor everything known keeps its place; what is new and more urgent than the anchor
 * waits until the order is made anew, so that nothing moves under the eye.
 */
export function arrange(alarms: Iterable<DeskAlarm>, { view, unfolded, before, anchor }: Arranging): Arrangement {
  const all = [...alarms];
  const keys = groupKeys(all);
  const groups = new Map<string, Group>();
  let found = false;
  for (const alarm of all) {
    const selected = alarm.id === anchor;
    if (selected) found = true;
    if (!selected && !matches(alarm, view)) continue;
    add(groups, alarm, keys.get(alarm.id) ?? null, view.filter === 'suppressed');
  }
  if (anchor !== null && !found && before !== null) keepGhost(groups, before, anchor);
  for (const group of groups.values()) {
    group.shown.sort(byUrgency);
    group.held.sort(byUrgency);
  }
  const sorted = [...groups.values()].sort(
    (a, b) => a.rank - b.rank || b.newest - a.newest || (a.key < b.key ? -1 : 1),
  );
  if (before === null || anchor === null || !before.order.has(anchor)) return lay(sorted, unfolded, [], null);
  const waiting = keepPlaces(sorted, before, anchor);
  return lay(
    sorted.filter(({ shown, held }) => shown.length + held.length > 0),
    unfolded,
    waiting,
    all.some(({ id }) => id === anchor) ? null : anchor,
  );
}

function add(groups: Map<string, Group>, alarm: DeskAlarm, cause: string | null, suppressedToo: boolean): void {
  const key = cause ?? '';
  let group = groups.get(key);
  if (group === undefined) {
    group = { key, cause, rank: Number.POSITIVE_INFINITY, newest: 0, first: alarm, shown: [], held: [] };
    groups.set(key, group);
  }
  const held = alarm.suppressedBy !== null && !suppressedToo;
  (held ? group.held : group.shown).push(alarm);
  if (alarm.raisedAt < group.first.raisedAt) group.first = alarm;
  if (alarm.raisedAt > group.newest) group.newest = alarm.raisedAt;
  if (!held) group.rank = Math.min(group.rank, rankOf(alarm));
}

/** What is selected and stands no more is shown as over until the eye has left it. */
function keepGhost(groups: Map<string, Group>, before: Arrangement, anchor: string): void {
  const row = before.rows.find((one) => one.kind === 'alarm' && one.alarm.id === anchor);
  if (row?.kind === 'alarm') add(groups, row.alarm, row.group === '' ? null : row.group, true);
}

/** Puts known rows where they were, new ones behind; takes out those that would have come before the anchor. */
function keepPlaces(sorted: Group[], before: Arrangement, anchor: string): DeskAlarm[] {
  const waiting: DeskAlarm[] = [];
  const place = sorted.findIndex(({ shown, held }) => [...shown, ...held].some(({ id }) => id === anchor));
  for (const [at, group] of sorted.entries()) {
    const cut = at === place ? group.shown.findIndex(({ id }) => id === anchor) : at < place ? group.shown.length : -1;
    if (cut > 0) {
      const isNew = ({ id }: DeskAlarm, n: number) => n < cut && !before.order.has(id);
      waiting.push(...group.shown.filter(isNew));
      group.shown = group.shown.filter((alarm, n) => !isNew(alarm, n));
    }
    const known = ({ id }: DeskAlarm) => before.order.get(id) ?? Number.POSITIVE_INFINITY;
    const asBefore = (a: DeskAlarm, b: DeskAlarm) => (known(a) === known(b) ? 0 : known(a) < known(b) ? -1 : 1);
    group.shown.sort(asBefore);
    group.held.sort(asBefore);
  }
  const known = ({ key }: Group) => before.groups.get(key) ?? Number.POSITIVE_INFINITY;
  sorted.sort((a, b) => (known(a) === known(b) ? 0 : known(a) < known(b) ? -1 : 1));
  return waiting;
}

function lay(groups: Group[], unfolded: ReadonlySet<string>, waiting: DeskAlarm[], ghost: string | null): Arrangement {
  const rows: DeskRow[] = [];
  const order = new Map<string, number>();
  let [shown, held] = [0, 0];
  for (const group of groups) {
    const open = unfolded.has(group.key);
    rows.push({
      kind: 'group',
      key: `group ${group.key}`,
      of: { cause: group.cause, shown: group.shown.length, held: group.held.length, first: group.first },
    });
    for (const alarm of group.shown) {
      order.set(alarm.id, order.size);
      rows.push(rowOf(alarm, group.key, false, alarm.id === ghost));
    }
    for (const alarm of group.held) order.set(alarm.id, order.size);
    if (group.held.length > 0) {
      const n = group.held.length;
      rows.push({ kind: 'held', key: `held ${group.key}`, group: group.key, n, systems: bySystem(group.held), open });
      if (open) for (const alarm of group.held) rows.push(rowOf(alarm, group.key, true, false));
    }
    shown += group.shown.length;
    held += group.held.length;
  }
  return { rows, order, groups: new Map(groups.map(({ key }, at) => [key, at])), waiting, shown, held };
}

function rowOf(alarm: DeskAlarm, group: string, held: boolean, ended: boolean): DeskRow {
  return { kind: 'alarm', key: alarm.id, alarm, group, held, ended };
}

function bySystem(alarms: readonly DeskAlarm[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { system } of alarms) counts.set(system, (counts.get(system) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
