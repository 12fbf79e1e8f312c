import type { Annunciator } from '@citywall/alarms';
import type { StandingAlarm } from '@citywall/model';
import type { DeskAlarm, DeskFlood, DeskGroup, DeskNews } from '@citywall/protocol';
import type { AlarmList } from './alarm-list.js';

/** Alarms of one packet: some 500 KB. */
const PART = 500;

/** An alarm as it was told: another object when it changed. */
interface Told {
  alarm: StandingAlarm;
  cause: string;
}

type Watched = Pick<DeskNews, 'unwatched' | 'watchedSince'>;

/** Finds what is new of the alarms since it last looked, for all desks together. An alarm that changes is another object. */
export class DeskNewsWriter {
  private told = new Map<string, Told>();
  /** by group: its revision when it was told */
  private groups = new Map<string, number>();
  private announced: string[] = [];
  private rest = '';

  constructor(
    private readonly list: Pick<AlarmList, 'standing' | 'knows' | 'watchedSince'>,
    private readonly annunciator: Annunciator,
    private readonly systems: () => readonly string[],
    private readonly now: () => number,
  ) {}

  /** Alarms were announced: the next news says so. */
  announce(ids: readonly string[]): void {
    this.announced.push(...ids);
  }

  /** What is new since the last call; null: nothing. */
  news(): DeskNews | null {
    const told = new Map<string, Told>();
    const set: DeskAlarm[] = [];
    for (const alarm of this.list.standing(this.systems())) {
      const before = this.told.get(alarm.id);
      const cause = this.annunciator.groups.groupIdOf(alarm);
      const same = before?.alarm === alarm && before.cause === cause;
      told.set(alarm.id, same ? before : { alarm, cause });
      if (!same) set.push(shown({ alarm, cause }));
    }
    const gone = [...this.told.keys()].filter((id) => !told.has(id));
    const { groups, groupsGone } = this.changedGroups();
    const announced = this.announced.splice(0);
    const watch = this.watched();
    const flood = this.flood();
    const rest = JSON.stringify([watch, flood]);
    const quiet = [set, gone, groups, groupsGone, announced].every(({ length }) => length === 0);
    const same = quiet && rest === this.rest;
    this.told = told;
    this.rest = rest;
    return same ? null : { at: this.now(), set, gone, groups, groupsGone, announced, flood, ...watch };
  }

  /** Everything, as it was told last: the next `news` goes on from it. */
  *all(): Generator<DeskNews> {
    const alarms = [...this.told.values()];
    const groups = [...this.groups.keys()].flatMap((id) => this.groupOf(id) ?? []);
    const more = { ...this.watched(), flood: this.flood(), groupsGone: [], announced: [], gone: [] };
    for (let at = 0; at === 0 || at < alarms.length; at += PART)
      yield {
        at: this.now(),
        ...(at === 0 ? { first: true as const } : {}),
        ...(at + PART < alarms.length ? { more: true as const } : {}),
        set: alarms.slice(at, at + PART).map(shown),
        groups: at === 0 ? groups : [],
        ...more,
      };
  }

  private changedGroups(): Pick<DeskNews, 'groups' | 'groupsGone'> {
    const now = new Map<string, number>();
    const groups: DeskGroup[] = [];
    for (const { id, revision } of this.annunciator.groups.all()) {
      now.set(id, revision);
      if (this.groups.get(id) !== revision) groups.push(this.groupOf(id) as DeskGroup);
    }
    const groupsGone = [...this.groups.keys()].filter((id) => !now.has(id));
    this.groups = now;
    return { groups, groupsGone };
  }

  private groupOf(id: string): DeskGroup | null {
    const group = this.annunciator.groups.group(id);
    if (group === undefined) return null;
    const { is } = group;
    const [place, system] = is.by === 'place' ? [is.values, is.system] : [[], null];
    return { id, place, system, first: group.first, line: this.annunciator.groups.lineOf(id) };
  }

  private flood(): DeskFlood {
    const { since, due, seats } = this.annunciator;
    const heard = this.annunciator.heard();
    const minutes = this.annunciator.dueByMinute();
    return { since, raw: sum(heard), announced: heard.announced, due, minutes, seats };
  }

  private watched(): Watched {
    const since = this.systems().map((system): [string, number | null] => [
      system,
      this.list.knows(system) ? this.list.watchedSince(system) : null,
    ]);
    const known = since.flatMap(([, at]) => at ?? []);
    return {
      unwatched: since.flatMap(([system, at]) => (at === null ? system : [])),
      watchedSince: known.length === 0 ? null : Math.max(...known),
    };
  }
}

function shown({ alarm: { hidden: _, ...alarm }, cause }: Told): DeskAlarm {
  return { ...alarm, cause };
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, n) => total + n, 0);
