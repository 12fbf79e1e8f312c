import type { AlarmCounts, AlarmHappening, StandingAlarm } from '@citywall/model';

/** Happenings kept in memory a system: a day of what a wall shows, not the journal. */
export const KEPT_HAPPENINGS = 200;

/** One entry of the alarms journal. */
export interface KeptHappening extends AlarmHappening {
  /** id of the entry in the journal */
  entry: string;
}

/** What changed of a system's alarms. */
export interface AlarmListChange {
  system: string;
  standing: Iterable<StandingAlarm>;
  /** ids that stand no more */
  gone: readonly string[];
  /** oldest first; where all was read anew, also those that were known */
  happenings: readonly KeptHappening[];
}

interface OfSystem {
  alarms: Map<string, StandingAlarm>;
  /** oldest first */
  happenings: KeptHappening[];
}

/** What every process that shows alarms knows of them: the standing ones and what happened of late, by system. */
export class AlarmList {
  private readonly systems = new Map<string, OfSystem>();
  private readonly watchers = new Set<() => void>();
  private readonly followers = new Set<(change: AlarmListChange) => void>();
  private floodSince: number | null = null;
  private watched: ReadonlyMap<string, number> = new Map();

  /** Whether anything was read of a system: that it has no alarms is known then. */
  knows(system: string): boolean {
    return this.systems.has(system);
  }

  /**
   * Since when the rules of a system are evaluated without a break, Unix ms; null: nobody does now, or nobody knows. What is not
   * in the list has then not been looked for.
   */
  watchedSince(system: string): number | null {
    return this.watched.get(system) ?? null;
  }

  /** Systems whose rules are evaluated, and since when. */
  setWatched(since: ReadonlyMap<string, number>): void {
    const same =
      since.size === this.watched.size && [...since].every(([system, at]) => this.watched.get(system) === at);
    this.watched = since;
    if (!same) this.tell();
  }

  /** Since when there is a flood of alarms, Unix ms; null: there is none. */
  get flood(): number | null {
    return this.floodSince;
  }

  setFlood(since: number | null): void {
    if (since === this.floodSince) return;
    this.floodSince = since;
    this.tell();
  }

  /** Standing alarms of some systems, in no order. @param systems absent: all */
  *standing(systems: readonly string[] = [...this.systems.keys()]): Iterable<StandingAlarm> {
    for (const system of systems) yield* this.systems.get(system)?.alarms.values() ?? [];
  }

  /** What happened of late, in no order. @param systems absent: all */
  *happenings(systems: readonly string[] = [...this.systems.keys()]): Iterable<KeptHappening> {
    for (const system of systems) yield* this.systems.get(system)?.happenings ?? [];
  }

  find(id: string): StandingAlarm | undefined {
    return this.systems.get(id.slice(0, Math.max(0, id.indexOf('/'))))?.alarms.get(id);
  }

  /** Everything of a system anew. @param happenings oldest first */
  replace(system: string, alarms: Iterable<StandingAlarm>, happenings: readonly KeptHappening[]): void {
    const kept = { alarms: new Map<string, StandingAlarm>(), happenings: happenings.slice(-KEPT_HAPPENINGS) };
    for (const alarm of alarms) kept.alarms.set(alarm.id, alarm);
    const before = this.systems.get(system)?.alarms.keys() ?? [];
    this.systems.set(system, kept);
    const gone = [...before].filter((id) => !kept.alarms.has(id));
    this.hand({ system, standing: kept.alarms.values(), gone, happenings: kept.happenings });
    this.tell();
  }

  /** What one change brought. Of a system that was not read yet it is dropped: reading it brings it. */
  apply(
    system: string,
    change: { standing: readonly StandingAlarm[]; gone: readonly string[]; happenings: readonly KeptHappening[] },
  ): void {
    const kept = this.systems.get(system);
    if (kept === undefined) return;
    for (const alarm of change.standing) kept.alarms.set(alarm.id, alarm);
    for (const id of change.gone) kept.alarms.delete(id);
    kept.happenings.push(...change.happenings);
    if (kept.happenings.length > 2 * KEPT_HAPPENINGS) kept.happenings = kept.happenings.slice(-KEPT_HAPPENINGS);
    this.hand({ system, ...change });
    this.tell();
  }

  forget(system: string): void {
    const gone = [...(this.systems.get(system)?.alarms.keys() ?? [])];
    if (!this.systems.delete(system)) return;
    this.hand({ system, standing: [], gone, happenings: [] });
    this.tell();
  }

  /** Hands over every change itself, before those who only watch are told. Returns the end of it. */
  follow(follower: (change: AlarmListChange) => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  /** Calls after every change. Returns the end of it. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private hand(change: AlarmListChange): void {
    for (const follower of this.followers) follower(change);
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher();
  }
}

/** Whether people are told of it: no cause explains it, and nobody set it aside. */
export function isShown(alarm: Pick<StandingAlarm, 'suppressedBy' | 'shelved' | 'outOfService'>): boolean {
  return alarm.suppressedBy === null && alarm.shelved === null && alarm.outOfService === null;
}

/** Counts of standing alarms; those that are set aside, or that a cause explains, are in a count of their own alone. */
export function countAlarms(alarms: Iterable<StandingAlarm>): AlarmCounts {
  const counts = { ...NO_ALARMS };
  for (const alarm of alarms) addAlarm(counts, alarm);
  return counts;
}

const NO_ALARMS: AlarmCounts = {
  p1: 0,
  p2: 0,
  p3: 0,
  p4: 0,
  unacknowledged: 0,
  suppressed: 0,
  shelved: 0,
  outOfService: 0,
  unknown: 0,
};

export function addAlarm(counts: AlarmCounts, alarm: StandingAlarm): void {
  const { priority, state, suppressedBy, unknown, shelved, outOfService } = alarm;
  if (outOfService !== null) counts.outOfService++;
  else if (shelved !== null) counts.shelved++;
  else if (suppressedBy !== null) counts.suppressed++;
  if (!isShown(alarm)) return;
  counts[`p${priority}`]++;
  if (state !== 'active-acknowledged') counts.unacknowledged++;
  if (unknown) counts.unknown++;
}

/** 0 red and nobody has seen it · 1 the same, but it is over by now · 2 everything else. */
export function urgencyOf({ priority, state }: Pick<StandingAlarm, 'priority' | 'state'>): 0 | 1 | 2 {
  if (priority !== 1) return 2;
  return state === 'active-unacknowledged' ? 0 : state === 'cleared-unacknowledged' ? 1 : 2;
}

/** The order of an alarm desk: what nobody has seen of priority 1, what still holds of it first; then by priority, then the newest. */
export function byUrgency(a: StandingAlarm, b: StandingAlarm): number {
  return (
    urgencyOf(a) - urgencyOf(b) ||
    a.priority - b.priority ||
    b.raisedAt - a.raisedAt ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}
