import type { AlarmPriority, StandingAlarm } from '@citywall/model';
import { heldBack, type OwnHold } from './calls.js';

/** What grouping has to know of an alarm that stands or is set aside. */
export type GroupedAlarm = Pick<
  StandingAlarm,
  | 'id'
  | 'system'
  | 'rule'
  | 'name'
  | 'text'
  | 'priority'
  | 'state'
  | 'raisedAt'
  | 'group'
  | 'town'
  | 'suppressedBy'
  | 'chattering'
>;

/** The alarm of a group that was raised first, as it was then. */
export type FirstOut = Pick<GroupedAlarm, 'id' | 'system' | 'name' | 'text' | 'priority' | 'raisedAt'>;

/** What puts the alarms of a group together. */
export type GroupedBy =
  /** attributes of their assets, in the order of the rule; `system`: whose attributes, null: a town, which is the whole city's */
  | { by: 'place'; system: string | null; values: string[] }
  /** nothing but the rule of the alarm at their root */
  | { by: 'rule'; system: string; rule: string };

export interface GroupCounts {
  /** not held back by themselves, by priority 1 to 4 */
  open: [number, number, number, number];
  suppressed: number;
  shelved: number;
  outOfService: number;
}

/** Alarms of one cause or place. */
export interface AlarmGroup extends GroupCounts {
  id: string;
  is: GroupedBy;
  size: number;
  /** grows with everything that changes it, also from one life to the next */
  revision: number;
  /** its first revision: what is empty for a moment is another group of the same id */
  born: number;
  first: FirstOut;
}

interface Entry {
  alarm: GroupedAlarm;
  hold: OwnHold | null;
  root: string;
  group: Group;
}

interface Group extends AlarmGroup {
  members: Map<string, Entry>;
  /** undefined: to be looked for */
  line: string | null | undefined;
}

/**
 * Groups of all alarms, kept as they change: a change costs by the alarms that this one explains, whatever the size of the
 * city or of the group. Only the line of a group is looked for among its members, once after changes, when it is asked for.
 */
export class AlarmGroups {
  private readonly entries = new Map<string, Entry>();
  private readonly groups = new Map<string, Group>();
  /** by the id of a cause, which need not be known: what it explains at first hand */
  private readonly explained = new Map<string, Set<string>>();
  /** by root: how many alarms it holds back */
  private readonly roots = new Map<string, number>();
  private revision = 0;
  private readonly total: GroupCounts & { lines: number } = { ...noCounts(), lines: 0 };

  get size(): number {
    return this.entries.size;
  }

  /** Of all alarms together; `lines`: groups that have something open of priority 2 or 3. */
  get counts(): Readonly<GroupCounts & { lines: number }> {
    return this.total;
  }

  get(id: string): GroupedAlarm | undefined {
    return this.entries.get(id)?.alarm;
  }

  /** An alarm is new, or has changed. */
  set(alarm: GroupedAlarm): void {
    const known = this.entries.get(alarm.id);
    if (known !== undefined && isSame(known.alarm, alarm)) {
      known.alarm = alarm;
      return;
    }
    if (known !== undefined) this.forgetCause(known.alarm);
    if (alarm.suppressedBy !== null) push(this.explained, alarm.suppressedBy, alarm.id);
    const hold = heldBack(alarm);
    if (known === undefined) {
      const root = this.rootOf(alarm);
      const entry: Entry = { alarm, hold, root: root.id, group: this.groupOf(root, alarm) };
      this.entries.set(alarm.id, entry);
      entry.group.members.set(alarm.id, entry);
      this.count(entry, 1);
    } else {
      this.count(known, -1);
      known.alarm = alarm;
      known.hold = hold;
      this.place(known);
    }
    this.regroup(alarm.id);
  }

  delete(id: string): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    this.forgetCause(entry.alarm);
    this.count(entry, -1);
    this.part(entry);
    this.entries.delete(id);
    this.regroup(id);
  }

  /** Group of an alarm, also of one that does not stand (any more): then the one it would be in, by its id alone. */
  groupIdOf(alarm: GroupedAlarm): string {
    return this.entries.get(alarm.id)?.group.id ?? keyOf(this.rootOf(alarm)).id;
  }

  group(id: string): AlarmGroup | undefined {
    return this.groups.get(id);
  }

  all(): IterableIterator<AlarmGroup> {
    return this.groups.values();
  }

  /**
   * The alarm that is the line of its group in a flood [AL45]: of what is open at priority 2 and 3 the gravest, of these one
   * that nobody has acknowledged, the oldest; null: there is none.
   */
  lineOf(id: string): string | null {
    const group = this.groups.get(id);
    if (group === undefined) return null;
    if (group.line === undefined) {
      let best: Entry | null = null;
      for (const entry of group.members.values())
        if (isLined(entry) && (best === null || isBefore(entry.alarm, best.alarm))) best = entry;
      group.line = best?.alarm.id ?? null;
    }
    return group.line;
  }

  /** Alarms that explain others in the end, and how many of these are held back for it. */
  causes(): ReadonlyMap<string, number> {
    return this.roots;
  }

  /** First-out of groups as they were known before: what is over by now would be forgotten by a restart. */
  remember(firsts: Iterable<readonly [group: string, first: FirstOut]>): void {
    for (const [id, first] of firsts) {
      const group = this.groups.get(id);
      if (group === undefined || !isEarlier(first, group.first)) continue;
      group.first = first;
      this.touch(group);
    }
  }

  /** What an alarm explains may have another root now. */
  private regroup(id: string): void {
    const seen = new Set([id]);
    const next = [...(this.explained.get(id) ?? [])];
    for (let at = next.pop(); at !== undefined; at = next.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const entry = this.entries.get(at);
      if (entry !== undefined) {
        this.count(entry, -1);
        this.place(entry);
      }
      next.push(...(this.explained.get(at) ?? []));
    }
  }

  /** What explains an alarm in the end, as far as it is known; itself where nothing does. */
  private rootOf(alarm: GroupedAlarm): GroupedAlarm {
    let root = alarm;
    const seen = new Set([alarm.id]);
    while (root.suppressedBy !== null && !seen.has(root.suppressedBy)) {
      seen.add(root.suppressedBy);
      const cause = this.entries.get(root.suppressedBy)?.alarm;
      if (cause === undefined) break;
      root = cause;
    }
    return root;
  }

  /** Puts an alarm that is not counted where it belongs now, and counts it. */
  private place(entry: Entry): void {
    const { alarm, group } = entry;
    const root = this.rootOf(alarm);
    entry.root = root.id;
    if (keyOf(root).id !== group.id) {
      this.part(entry);
      entry.group = this.groupOf(root, alarm);
      entry.group.members.set(alarm.id, entry);
      // whose cause is another one was never the first of that group
      if (group.first.id === alarm.id) this.findFirst(group);
    } else if (isEarlier(alarm, group.first)) group.first = firstOf(alarm);
    this.count(entry, 1);
  }

  /** The group of a root, for a member of it. */
  private groupOf(root: GroupedAlarm, member: GroupedAlarm): Group {
    const { id, is } = keyOf(root);
    let group = this.groups.get(id);
    if (group === undefined) {
      const born = ++this.revision;
      const first = firstOf(member);
      group = { id, is, size: 0, revision: born, born, first, ...noCounts(), members: new Map(), line: null };
      this.groups.set(id, group);
    } else if (isEarlier(member, group.first)) group.first = firstOf(member);
    return group;
  }

  private part({ alarm, group }: Entry): void {
    group.members.delete(alarm.id);
    if (group.members.size === 0) this.groups.delete(group.id);
  }

  private findFirst(group: Group): void {
    let first: GroupedAlarm | null = null;
    for (const { alarm } of group.members.values()) if (first === null || isEarlier(alarm, first)) first = alarm;
    if (first !== null) group.first = firstOf(first);
  }

  private count(entry: Entry, by: 1 | -1): void {
    const { alarm, hold, group, root } = entry;
    const before = lined(group);
    for (const counts of [group, this.total])
      if (hold === null) counts.open[alarm.priority - 1]! += by;
      else if (hold === 'suppressed') counts.suppressed += by;
      else if (hold === 'shelved') counts.shelved += by;
      else counts.outOfService += by;
    this.total.lines += Number(lined(group)) - Number(before);
    group.size += by;
    this.touch(group);
    if (hold !== 'suppressed' || alarm.suppressedBy === null) return;
    const cause = root === alarm.id ? alarm.suppressedBy : root;
    const held = (this.roots.get(cause) ?? 0) + by;
    if (held === 0) this.roots.delete(cause);
    else this.roots.set(cause, held);
  }

  private touch(group: Group): void {
    group.revision = ++this.revision;
    group.line = undefined;
  }

  private forgetCause({ id, suppressedBy }: GroupedAlarm): void {
    if (suppressedBy === null) return;
    const explained = this.explained.get(suppressedBy);
    explained?.delete(id);
    if (explained?.size === 0) this.explained.delete(suppressedBy);
  }
}

/**
 * The group of a root [AL40]: the place that its rule groups by, else its town, else its rule. A town is the whole city's, so
 * that alarms of several systems meet there; other attributes mean what their system says.
 */
function keyOf(root: GroupedAlarm): { id: string; is: GroupedBy } {
  const named = Object.entries(root.group).filter(([, value]) => value !== null && value !== '');
  const place: [string, string | number | boolean | null][] =
    named.length > 0 ? named : root.town === null || root.town === '' ? [] : [['town', root.town]];
  if (place.length === 0) {
    const { system, rule } = root;
    return { id: `${system}/${rule}`, is: { by: 'rule', system, rule } };
  }
  const values = place.map(([, value]) => String(value));
  const whole = place.every(([name]) => name === 'town');
  const id = place.map(([name, value]) => `${safe(name)}=${safe(String(value))}`).join('&');
  return { id: whole ? id : `${root.system}?${id}`, is: { by: 'place', system: whole ? null : root.system, values } };
}

/** Without what separates the parts of an id. */
const safe = (text: string) => text.replace(/[%&=?/]/g, encodeURIComponent);

const noCounts = (): GroupCounts => ({ open: [0, 0, 0, 0], suppressed: 0, shelved: 0, outOfService: 0 });

const lined = ({ open }: GroupCounts) => open[1] + open[2] > 0;

function isLined({ alarm, hold }: Entry): boolean {
  return hold === null && (alarm.priority === 2 || alarm.priority === 3);
}

/** Which of two open alarms is the line. */
function isBefore(a: GroupedAlarm, b: GroupedAlarm): boolean {
  const seen = (alarm: GroupedAlarm) => Number(alarm.state === 'active-acknowledged');
  const order = a.priority - b.priority || seen(a) - seen(b);
  return order < 0 || (order === 0 && isEarlier(a, b));
}

function isEarlier(a: Pick<GroupedAlarm, 'raisedAt' | 'id'>, b: Pick<GroupedAlarm, 'raisedAt' | 'id'>): boolean {
  return a.raisedAt < b.raisedAt || (a.raisedAt === b.raisedAt && a.id < b.id);
}

/** Nothing that groups, counts or lines go by has changed: by far the most changes are of a value. */
function isSame(a: GroupedAlarm, b: GroupedAlarm): boolean {
  return (
    a.priority === b.priority &&
    a.state === b.state &&
    a.raisedAt === b.raisedAt &&
    a.suppressedBy === b.suppressedBy &&
    a.town === b.town &&
    JSON.stringify(a.group) === JSON.stringify(b.group)
  );
}

function firstOf({ id, system, name, text, priority, raisedAt }: GroupedAlarm): FirstOut {
  return { id, system, name, text, priority, raisedAt };
}

/** @returns the open priority that is the gravest; null: nothing is open */
export function gravestOf({ open }: GroupCounts): AlarmPriority | null {
  const at = open.findIndex((n) => n > 0);
  return at < 0 ? null : ((at + 1) as AlarmPriority);
}

function push(lists: Map<string, Set<string>>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, new Set([item]));
  else list.add(item);
}
