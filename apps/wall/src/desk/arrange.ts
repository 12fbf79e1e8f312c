import { type Hold, holdIn } from '@citywall/alarms';
import type { AlarmPriority } from '@citywall/model';
import type { DeskAlarm, DeskGroup } from '@citywall/protocol';
import { isOpen, matches, type View } from './view.js';

/** Why an alarm is not shown. */
export type Held = Exclude<Hold, 'chattering'>;

/** A line of the list. */
export type DeskRow =
  | { kind: 'group'; key: string; of: GroupHead }
  | { kind: 'alarm'; key: string; alarm: DeskAlarm; group: string; held: boolean; ended: boolean; first: boolean }
  | {
      kind: 'held';
      key: string;
      group: string;
      n: number;
      reasons: [hold: Held, n: number][];
      systems: [system: string, n: number][];
      open: boolean;
    };

export interface GroupHead {
  /** null: its members have nothing in common, they stand alone */
  group: DeskGroup | null;
  /** the most urgent of it, which names a group that has no place */
  lead: DeskAlarm;
  /** of what a cause, people or a flood's list do not take out */
  gravest: AlarmPriority | null;
  shown: number;
  held: number;
  /** its first-out stands */
  firstStands: boolean;
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
  /** alarms of one cause or place, by id */
  groups: ReadonlyMap<string, DeskGroup>;
  /** there is a flood, and nobody wants to see all of it: a group is one line beside its P1 */
  collapsed: boolean;
  /** groups whose held-back rows are unfolded */
  unfolded: ReadonlySet<string>;
  /** what stood there before; null: begin anew, in the order of urgency */
  before: Arrangement | null;
  /** id of what is selected: nothing comes before it, and it stays as long as it is selected */
  anchor: string | null;
}

interface Group {
  key: string;
  of: DeskGroup | null;
  rank: number;
  newest: number;
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
export function arrange(alarms: Iterable<DeskAlarm>, arranging: Arranging): Arrangement {
  const { view, unfolded, before, anchor } = arranging;
  const all = [...alarms];
  const sizes = new Map<string, number>();
  for (const { cause } of all) sizes.set(cause, (sizes.get(cause) ?? 0) + 1);
  const groups = new Map<string, Group>();
  let found = false;
  for (const alarm of all) {
    const selected = alarm.id === anchor;
    if (selected) found = true;
    if (!selected && !matches(alarm, view)) continue;
    // who shares a cause with nobody stands with the others
    const key = (sizes.get(alarm.cause) ?? 0) > 1 ? alarm.cause : '';
    // what the eye is on is not folded away from it
    add(groups, key, alarm, arranging, selected && alarm.suppressedBy === null ? null : heldIn(alarm, arranging));
  }
  if (anchor !== null && !found && before !== null) keepGhost(groups, arranging, before, anchor);
  for (const group of groups.values()) {
    group.shown.sort(byUrgency);
    group.held.sort(byUrgency);
  }
  const sorted = [...groups.values()].sort(
    (a, b) => a.rank - b.rank || b.newest - a.newest || (a.key < b.key ? -1 : 1),
  );
  if (before === null || anchor === null || !before.order.has(anchor))
    return lay(sorted, unfolded, arranging, [], null);
  const waiting = keepPlaces(sorted, before, anchor);
  return lay(
    sorted.filter(({ shown, held }) => shown.length + held.length > 0),
    unfolded,
    arranging,
    waiting,
    all.some(({ id }) => id === anchor) ? null : anchor,
  );
}

/** Why an alarm is folded away; null: it has a row of its own. What is set aside has one outside a flood. */
function heldIn(alarm: DeskAlarm, { view, groups, collapsed }: Arranging): Held | null {
  const asked = view.filter !== 'all' && view.filter !== 'unacknowledged';
  const flooded = collapsed && !asked && view.query === '';
  const hold = holdIn(alarm, flooded, groups.get(alarm.cause)?.line ?? null);
  if (hold === 'suppressed') return view.filter === 'suppressed' ? null : hold;
  return flooded ? hold : null;
}

/** What stands by what a flood shows of it, whatever is looked at: `raw` is `shown` and `held` together. */
export function shownIn(
  alarms: readonly DeskAlarm[],
  groups: ReadonlyMap<string, DeskGroup>,
): { raw: number; shown: number; held: number } {
  const shown = alarms.filter((alarm) => holdIn(alarm, true, groups.get(alarm.cause)?.line ?? null) === null).length;
  return { raw: alarms.length, shown, held: alarms.length - shown };
}

function add(
  groups: Map<string, Group>,
  key: string,
  alarm: DeskAlarm,
  { groups: known }: Arranging,
  hold: Held | null,
): void {
  let group = groups.get(key);
  if (group === undefined) {
    const of = key === '' ? null : (known.get(key) ?? null);
    group = { key, of, rank: Number.POSITIVE_INFINITY, newest: 0, shown: [], held: [] };
    groups.set(key, group);
  }
  (hold === null ? group.shown : group.held).push(alarm);
  if (alarm.raisedAt > group.newest) group.newest = alarm.raisedAt;
  if (hold === null) group.rank = Math.min(group.rank, rankOf(alarm));
}

/** What is selected and stands no more is shown as over until the eye has left it. */
function keepGhost(groups: Map<string, Group>, arranging: Arranging, before: Arrangement, anchor: string): void {
  const row = before.rows.find((one) => one.kind === 'alarm' && one.alarm.id === anchor);
  if (row?.kind === 'alarm') add(groups, row.group, row.alarm, arranging, null);
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

function lay(
  groups: Group[],
  unfolded: ReadonlySet<string>,
  arranging: Arranging,
  waiting: DeskAlarm[],
  ghost: string | null,
): Arrangement {
  const rows: DeskRow[] = [];
  const order = new Map<string, number>();
  let [shown, held] = [0, 0];
  for (const group of groups) {
    const open = unfolded.has(group.key);
    const row = (alarm: DeskAlarm, isHeld: boolean): DeskRow => ({
      kind: 'alarm',
      key: alarm.id,
      alarm,
      group: group.key,
      held: isHeld,
      ended: alarm.id === ghost,
      first: group.of?.first.id === alarm.id,
    });
    rows.push({ kind: 'group', key: `group ${group.key}`, of: headOf(group) });
    for (const alarm of group.shown) {
      order.set(alarm.id, order.size);
      rows.push(row(alarm, false));
    }
    for (const alarm of group.held) order.set(alarm.id, order.size);
    if (group.held.length > 0) {
      rows.push({
        kind: 'held',
        key: `held ${group.key}`,
        group: group.key,
        n: group.held.length,
        reasons: tally(group.held, (alarm) => heldIn(alarm, arranging) ?? 'suppressed'),
        systems: tally(group.held, ({ system }) => system),
        open,
      });
      if (open) for (const alarm of group.held) rows.push(row(alarm, true));
    }
    shown += group.shown.length;
    held += group.held.length;
  }
  return { rows, order, groups: new Map(groups.map(({ key }, at) => [key, at])), waiting, shown, held };
}

function headOf({ of, shown, held }: Group): GroupHead {
  const first = of?.first.id;
  const open = [...shown, ...held].filter(
    ({ suppressedBy, shelved, outOfService }) => suppressedBy === null && shelved === null && outOfService === null,
  );
  return {
    group: of,
    lead: (shown[0] ?? held[0]) as DeskAlarm,
    gravest: open.reduce<AlarmPriority | null>(
      (best, { priority }) => (best === null || priority < best ? priority : best),
      null,
    ),
    shown: shown.length,
    held: held.length,
    firstStands: shown.some(({ id }) => id === first) || held.some(({ id }) => id === first),
  };
}

function tally<Name extends string>(
  alarms: readonly DeskAlarm[],
  nameOf: (alarm: DeskAlarm) => Name,
): [Name, number][] {
  const counts = new Map<Name, number>();
  for (const alarm of alarms) counts.set(nameOf(alarm), (counts.get(nameOf(alarm)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
