import type { DeskAlarm, DeskFlood, DeskGroup, DeskNews } from '@citywall/protocol';

/** What one piece of news changed. */
export interface BookChange {
  set: readonly DeskAlarm[];
  gone: readonly string[];
  /** all before is forgotten: nothing of it is new to whoever looked */
  whole: boolean;
}

/** All alarms as the server tells them. While a whole list comes in parts, what was known before stays. */
export class AlarmBook {
  private alarms = new Map<string, DeskAlarm>();
  private known = new Map<string, DeskGroup>();
  private coming: Map<string, DeskAlarm> | null = null;
  /** systems whose rules nobody evaluates */
  unwatched: readonly string[] = [];
  /** Unix ms; null: no system is evaluated */
  watchedSince: number | null = null;
  flood: DeskFlood = { since: null, raw: 0, announced: 0, due: 0, minutes: [], seats: 1 };
  /** a whole list was heard */
  heard = false;

  get size(): number {
    return this.alarms.size;
  }

  get(id: string): DeskAlarm | undefined {
    return this.alarms.get(id);
  }

  values(): Iterable<DeskAlarm> {
    return this.alarms.values();
  }

  /** Alarms of one cause or place, by id. */
  get groups(): ReadonlyMap<string, DeskGroup> {
    return this.known;
  }

  /** @returns null where nothing is to be shown of it yet */
  take(news: DeskNews): BookChange | null {
    this.flood = news.flood;
    if (news.first) this.known = new Map();
    for (const group of news.groups) this.known.set(group.id, group);
    for (const id of news.groupsGone) this.known.delete(id);
    this.unwatched = news.unwatched;
    this.watchedSince = news.watchedSince;
    if (news.first) this.coming = new Map();
    const into = this.coming ?? this.alarms;
    for (const alarm of news.set) into.set(alarm.id, alarm);
    for (const id of news.gone) into.delete(id);
    if (this.coming === null) return { set: news.set, gone: news.gone, whole: false };
    if (news.more) return null;
    const before = this.alarms;
    const now = this.coming;
    this.alarms = now;
    this.coming = null;
    this.heard = true;
    return { set: [...now.values()], gone: [...before.keys()].filter((id) => !now.has(id)), whole: true };
  }

  /** An alarm as a command's answer brought it: it may be older than what was heard meanwhile. */
  answer(alarm: DeskAlarm): boolean {
    const known = this.alarms.get(alarm.id);
    if (known === undefined || known.version >= alarm.version) return false;
    // an answer says nothing of town and group
    this.alarms.set(alarm.id, { ...known, ...alarm, town: known.town, cause: known.cause });
    return true;
  }
}
