import { Annunciator, CALLS_WITHIN_MS } from '@citywall/alarms';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { compareIds } from '../archive/archive.types.js';
import type { AlarmList, AlarmListChange, KeptHappening } from './alarm-list.js';
import type { FloodNews, FloodRepository, KeptFlood } from './flood.repository.js';

const RETRY_MS = 500;
/** Alarms of a system that nobody can read must not keep all others from being counted, ms. */
const WAIT_FOR_ALARMS_MS = 10_000;
/** Calls of a second are forgotten together; the clock is looked at no more often, ms. */
const LOOK_EVERY_MS = 1_000;

/** What became of calls since the last time. */
export interface Announcements {
  /** ids of alarms that were announced, in order */
  announced: readonly string[];
}

/**
 * Who is told what, in every process that shows alarms: feeds the annunciator with all systems' alarms and the time, and follows
 * the one process that decides on the flood. What was counted before a restart is not counted again.
 */
export class Annunciation implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Alarms');
  readonly annunciator: Annunciator;
  /** by system: up to which entry of its journal happenings are counted */
  private readonly counted = new Map<string, string>();
  private readonly watchers = new Set<(news: Announcements) => void>();
  private readonly subscriptions = new Subscription();
  private readonly unfollow: () => void;
  private kept: KeptFlood | null | undefined;
  private began = false;
  private timer: NodeJS.Timeout | undefined;
  private retry: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly list: AlarmList,
    private readonly repository: Pick<FloodRepository, 'kept' | 'changes'>,
    /** ids of all systems */
    private readonly systems: () => readonly string[],
    private readonly now: () => number = Date.now,
  ) {
    this.annunciator = new Annunciator({ now: now(), decides: false });
    this.unfollow = list.follow((change) => this.take(change));
  }

  /** Whether calls are counted: what was kept is read, and so are the alarms. */
  get counts(): boolean {
    return this.began;
  }

  onApplicationBootstrap(): void {
    this.subscriptions.add(
      this.repository.changes().subscribe((news) => (news === null ? this.read() : this.follow(news))),
    );
    this.timer = setTimeout(() => this.begin(true), WAIT_FOR_ALARMS_MS);
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.retry);
    this.subscriptions.unsubscribe();
    this.unfollow();
  }

  /** Calls after every change, by time too. Returns the end of it. */
  watch(watcher: (news: Announcements) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** This process decides on the flood from now on, or another one does. */
  decide(decides: boolean): void {
    this.annunciator.setDecides(decides && this.began, this.now());
    this.after([]);
  }

  setSeats(seats: number): void {
    if (seats === this.annunciator.seats) return;
    this.annunciator.setSeats(seats, this.now());
    this.after([]);
  }

  /** What has to be kept. */
  state(): KeptFlood {
    return { ...this.annunciator.state(), entries: Object.fromEntries(this.counted) };
  }

  private read(): void {
    clearTimeout(this.retry);
    this.repository.kept().then(
      (kept) => {
        if (this.stopped) return;
        if (this.began) this.follow({ since: kept?.since ?? null, seats: this.annunciator.seats });
        else {
          this.kept = kept;
          this.begin();
        }
      },
      (error) => {
        this.logger.debug(`the flood can't be read (${error instanceof Error ? error.message : error})`);
        if (!this.stopped) this.retry = setTimeout(() => this.read(), RETRY_MS);
      },
    );
  }

  /** The process that decides found something. */
  private follow({ since, seats }: FloodNews): void {
    if (!this.began) return;
    this.annunciator.setSeats(seats, this.now());
    this.annunciator.follow(since, this.now());
    this.after([]);
  }

  /** Begins to count, once what was kept is read and all alarms are. */
  private begin(anyway = false): void {
    if (this.began || this.stopped) return;
    const known = anyway || this.systems().every((system) => this.list.knows(system));
    if (this.kept === undefined || !known) {
      if (anyway) this.timer = setTimeout(() => this.begin(true), WAIT_FOR_ALARMS_MS);
      return;
    }
    this.began = true;
    const now = this.now();
    this.annunciator.advance(now);
    if (this.kept !== null) {
      this.annunciator.restore(this.kept, now);
      for (const [system, entry] of Object.entries(this.kept.entries)) this.counted.set(system, entry);
    }
    const missed = this.systems().flatMap((system) => this.uncounted(system, [...this.list.happenings([system])]));
    this.after(this.count(missed.sort((a, b) => a.at - b.at)));
  }

  private take({ system, standing, gone, happenings }: AlarmListChange): void {
    const now = this.now();
    this.annunciator.advance(now);
    for (const alarm of standing) this.annunciator.set(alarm);
    for (const id of gone) this.annunciator.delete(id);
    if (!this.began) {
      this.begin();
      return;
    }
    this.after(this.count(this.uncounted(system, happenings)));
  }

  /** Happenings that were not counted yet; of before anything was, those of the last ten minutes. */
  private uncounted(system: string, happenings: readonly KeptHappening[]): KeptHappening[] {
    const last = this.counted.get(system);
    const newest = happenings.at(-1)?.entry;
    if (newest !== undefined && (last === undefined || compareIds(newest, last) > 0)) this.counted.set(system, newest);
    const since = this.now() - CALLS_WITHIN_MS;
    return happenings.filter(({ entry, at }) => at > since && (last === undefined || compareIds(entry, last) > 0));
  }

  /** @returns ids that are announced */
  private count(happenings: readonly KeptHappening[]): string[] {
    return happenings.flatMap((happening) =>
      this.annunciator.happen(happening) === 'announced' ? happening.alarm.id : [],
    );
  }

  private after(announced: readonly string[]): void {
    if (!this.began) return;
    this.list.setFlood(this.annunciator.since);
    for (const watcher of this.watchers) watcher({ announced });
    clearTimeout(this.timer);
    const due = this.annunciator.nextDue();
    if (due === null || this.stopped) return;
    this.timer = setTimeout(
      () => {
        this.annunciator.advance(this.now());
        this.after([]);
      },
      Math.max(LOOK_EVERY_MS, due - this.now()),
    );
  }
}
