import type { StandingAlarm } from '@citywall/model';
import type { DeskAlarm, DeskNews } from '@citywall/protocol';
import type { AlarmList } from './alarm-list.js';

/** Alarms of one packet: some 500 KB. */
const PART = 500;

/** Finds what is new of the alarms since it last looked, for all desks together. An alarm that changes is another object. */
export class DeskNewsWriter {
  private told = new Map<string, StandingAlarm>();
  private watch = '';

  constructor(
    private readonly list: Pick<AlarmList, 'standing' | 'knows' | 'watchedSince'>,
    private readonly systems: () => readonly string[],
    private readonly now: () => number,
  ) {}

  /** What is new since the last call; null: nothing. */
  news(): DeskNews | null {
    const standing = new Map<string, StandingAlarm>();
    const set: DeskAlarm[] = [];
    for (const alarm of this.list.standing(this.systems())) {
      standing.set(alarm.id, alarm);
      if (this.told.get(alarm.id) !== alarm) set.push(shown(alarm));
    }
    const gone = [...this.told.keys()].filter((id) => !standing.has(id));
    const watch = this.watched();
    const other = JSON.stringify(watch);
    const same = set.length === 0 && gone.length === 0 && other === this.watch;
    this.told = standing;
    this.watch = other;
    return same ? null : { at: this.now(), set, gone, ...watch };
  }

  /** Everything, as it was told last: the next `news` goes on from it. */
  *all(): Generator<DeskNews> {
    const alarms = [...this.told.values()];
    const watch = this.watched();
    for (let at = 0; at === 0 || at < alarms.length; at += PART)
      yield {
        at: this.now(),
        ...(at === 0 ? { first: true as const } : {}),
        ...(at + PART < alarms.length ? { more: true as const } : {}),
        set: alarms.slice(at, at + PART).map(shown),
        gone: [],
        ...watch,
      };
  }

  private watched(): Pick<DeskNews, 'unwatched' | 'watchedSince'> {
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

function shown({ hidden: _, ...alarm }: StandingAlarm): DeskAlarm {
  return alarm;
}
