import type { AlarmPriority } from '@citywall/model';
import { CallWindow, type CallWindowState } from './call-window.js';
import { type Happened, type Hold, heldBack, isCall } from './calls.js';
import { AlarmGroups, type FirstOut, type GroupedAlarm, gravestOf } from './groups.js';

/** More calls than this at one seat in ten minutes are a flood; fewer than the other end it (ISA-18.2, EEMUA 191). */
export const FLOOD_BEGINS_ABOVE = 10;
export const FLOOD_ENDS_BELOW = 5;

/** What stands, by what is told of it: `raw` is `shown` and all of `held` together, always. */
export interface Shown {
  raw: number;
  shown: number;
  held: Record<Exclude<Hold, 'chattering'>, number>;
}

/** A happening of an alarm, as of its moment. */
export interface AlarmNews extends Omit<Happened, 'state'> {
  /** Unix ms */
  at: number;
  alarm: Omit<GroupedAlarm, 'state'> & Pick<Happened, 'state'>;
}

/** What became of a call. */
export type Told = 'announced' | Hold;

/** What has to be kept over a restart beside the alarms themselves. Times are Unix ms. */
export interface AnnunciatorState {
  /** since when there is a flood; null: there is none */
  since: number | null;
  calls: CallWindowState;
  /** of groups: the gravest that was announced of it, and when last */
  tops: [group: string, top: AlarmPriority, at: number][];
  /** of groups: the alarm that was raised first */
  firsts: [group: string, first: FirstOut][];
}

export interface AnnunciatorOptions {
  /** Unix ms */
  now: number;
  /** at which alarms are handled; default 1 */
  seats?: number;
  /** it finds by itself that a flood begins and ends; default true. Else it follows another one that does */
  decides?: boolean;
}

/**
 * Who is told what of all systems' alarms together: groups by cause, what is held back and why, and the flood (SPEC [AL40] to
 * [AL48]). What stands goes in by `set` and `delete`, what happens by `happen`, in this order. Times are Unix ms.
 */
export class Annunciator {
  readonly groups = new AlarmGroups();
  private calls = new CallWindow();
  /** of a flood, by group: the gravest that was announced, when last, and of which life of the group */
  private readonly tops = new Map<string, { top: AlarmPriority; at: number; born: number | undefined }>();
  private floodSince: number | null = null;
  private clock: number;
  private seatCount: number;
  private decides: boolean;

  constructor({ now, seats = 1, decides = true }: AnnunciatorOptions) {
    this.clock = now;
    this.seatCount = seats;
    this.decides = decides;
  }

  /** Since when there is a flood; null: there is none. */
  get since(): number | null {
    return this.floodSince;
  }

  get seats(): number {
    return this.seatCount;
  }

  /** What an alarm was told of, if only its value. One that chatters came again without a happening of its own [AL43]. */
  set(alarm: GroupedAlarm): void {
    const before = this.groups.get(alarm.id)?.chattering ?? null;
    const { chattering } = alarm;
    const again =
      before !== null && chattering !== null && before.since === chattering.since ? chattering.count - before.count : 0;
    if (again > 0) this.calls.add('chattering', this.clock, again);
    this.groups.set(alarm);
  }

  delete(id: string): void {
    this.groups.delete(id);
  }

  /** Something happened to an alarm. @returns what became of the call; null: it was none */
  happen({ kind, by, at, alarm }: AlarmNews): Told | null {
    if (!isCall({ kind, by: by ?? null, state: alarm.state })) return null;
    const time = Math.min(at, this.clock);
    const told = this.tell(alarm, time);
    if (this.calls.reaches(time, this.clock)) this.calls.add(told, time);
    this.look();
    return told;
  }

  /** Why an alarm is not shown now; null: it is, or it is not known. */
  holdOf(id: string): Exclude<Hold, 'chattering'> | null {
    const alarm = this.groups.get(id);
    if (alarm === undefined) return null;
    const line = this.floodSince === null ? null : this.groups.lineOf(this.groups.groupIdOf(alarm));
    return holdIn(alarm, this.floodSince !== null, line);
  }

  shown(): Shown {
    const { open, lines, suppressed, shelved, outOfService } = this.groups.counts;
    const flooded = this.floodSince !== null;
    const list = flooded ? open[3] : 0;
    const flood = flooded ? open[1] + open[2] - lines : 0;
    const held = { 'out-of-service': outOfService, shelved, suppressed, list, flood };
    const shown = open.reduce((sum, n) => sum + n, 0) - list - flood;
    return { raw: this.groups.size, shown, held };
  }

  /** Calls of the last ten minutes, by what became of them. */
  heard(): Readonly<Record<Told, number>> {
    return this.calls.counts;
  }

  /** Calls of the last ten minutes that would have been told without a flood: what makes one. */
  get due(): number {
    return this.calls.due;
  }

  /** The same by minute of Unix time, minutes without one left out; the oldest first. */
  dueByMinute(): [minute: number, due: number][] {
    return this.calls.minutes();
  }

  setSeats(seats: number, now: number): void {
    this.seatCount = Math.max(1, Math.floor(seats));
    this.advance(now);
  }

  /** Lets time pass: calls are forgotten after ten minutes, and a flood ends. */
  advance(now: number): void {
    this.clock = Math.max(this.clock, now);
    if (this.calls.forget(this.clock))
      for (const [id, { at, born }] of this.tops)
        if (!this.calls.reaches(at, this.clock) && this.groups.group(id)?.born !== born) this.tops.delete(id);
    this.look();
  }

  /** When `advance` is due at the latest; null: not without a call. */
  nextDue(): number | null {
    return this.calls.nextDue();
  }

  /** From now on it decides, or another one does. */
  setDecides(decides: boolean, now: number): void {
    this.decides = decides;
    this.advance(now);
  }

  /** Another one found that a flood began or ended. */
  follow(since: number | null, now: number): void {
    this.clock = Math.max(this.clock, now);
    if (since === null) this.end();
    else if (this.floodSince === null) this.begin(since);
    else this.floodSince = since;
  }

  /** What `state` gave, before anything happens. Of what stands and stood before `firsts` are remembered. */
  restore({ since, calls, tops, firsts }: AnnunciatorState, now: number): void {
    this.clock = Math.max(this.clock, now);
    this.floodSince = since;
    this.calls = new CallWindow(calls);
    for (const [id, top, at] of tops) this.tops.set(id, { top, at, born: this.groups.group(id)?.born });
    this.groups.remember(firsts);
    this.advance(now);
  }

  state(): AnnunciatorState {
    return {
      since: this.floodSince,
      calls: this.calls.state(),
      tops: [...this.tops].map(([group, { top, at }]) => [group, top, at]),
      firsts: [...this.groups.all()].map(({ id, first }) => [id, first]),
    };
  }

  private tell(alarm: AlarmNews['alarm'], at: number): Told {
    const hold = heldBack(alarm);
    if (hold !== null) return hold;
    const { priority } = alarm;
    if (this.floodSince === null) return 'announced';
    if (priority === 4) return 'list';
    const id = this.groups.groupIdOf(alarm as GroupedAlarm);
    const born = this.groups.group(id)?.born;
    const known = this.tops.get(id);
    const counts = known !== undefined && (known.born === born || this.calls.reaches(known.at, this.clock));
    const graver = !counts || priority < known.top;
    this.tops.set(id, { top: graver ? priority : known.top, at, born });
    return priority === 1 || graver ? 'announced' : 'flood';
  }

  /** Whether there is a flood by now, or no longer [AL44]. */
  private look(): void {
    if (!this.decides) return;
    if (this.floodSince === null && this.due > FLOOD_BEGINS_ABOVE * this.seatCount) this.begin(this.clock);
    else if (this.floodSince !== null && this.due < FLOOD_ENDS_BELOW * this.seatCount) this.end();
  }

  private end(): void {
    this.floodSince = null;
    this.tops.clear();
  }

  /** What stands open has been told: a group is told of again only when something graver comes [AL46]. */
  private begin(since: number): void {
    this.floodSince = since;
    for (const group of this.groups.all()) {
      const top = gravestOf(group);
      if (top !== null) this.tops.set(group.id, { top, at: since, born: group.born });
    }
  }
}

/**
 * Why an alarm is not shown [AL42] [AL45]; null: it is.
 * @param line id of the alarm that is the line of its group
 */
export function holdIn(
  alarm: Pick<GroupedAlarm, 'id' | 'priority' | 'state' | 'suppressedBy'>,
  flooded: boolean,
  line: string | null,
): Exclude<Hold, 'chattering'> | null {
  const hold = heldBack(alarm);
  if (hold !== null || !flooded || alarm.priority === 1) return hold;
  if (alarm.priority === 4) return 'list';
  return alarm.id === line ? null : 'flood';
}
