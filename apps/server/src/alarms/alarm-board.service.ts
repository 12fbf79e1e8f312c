import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import type { PacksService } from '../packs/index.js';
import type { AlarmList } from './alarm-list.js';
import type { AlarmsRepository } from './alarms.repository.js';
import type { AlarmsChange, Settled } from './alarms.types.js';

/** Pause before a failed reading is tried again, ms. */
const RETRY_MS = 500;
/** How often it is asked who evaluates, ms; after so long without an answer nobody knows. */
const LOOK_EVERY_MS = 2_000;
const UNANSWERED_MS = 6_000;

interface Followed {
  n: number;
  /** not null while the system is read: changes that came meanwhile */
  waiting: AlarmsChange[] | null;
  generation: number;
  retry?: NodeJS.Timeout;
}

/** Keeps the list of alarms of every system in step with Redis, for whoever shows them. */
export class AlarmBoard implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Alarms');
  private readonly followed = new Map<string, Followed>();
  private channel: Subscription | undefined;
  private packChanges: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private answeredAt = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(
    private readonly list: AlarmList,
    private readonly repository: Pick<AlarmsRepository, 'changes' | 'told' | 'watched'>,
    private readonly packs: Pick<PacksService, 'all' | 'changes$'>,
    /** is told of commands that are settled, once the list shows it */
    private readonly settle: (system: string, settled: readonly Settled[]) => void = () => {},
    private readonly now: () => number = Date.now,
  ) {}

  onApplicationBootstrap(): void {
    this.follow();
    this.look();
    this.packChanges = this.packs.changes$.subscribe(() => this.follow());
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.packChanges?.unsubscribe();
    this.channel?.unsubscribe();
    for (const system of [...this.followed.keys()]) this.forget(system);
  }

  /** Whether anybody evaluates: without that no alarms would be a lie. */
  private look(): void {
    this.repository
      .watched([...this.followed.keys()])
      .then(
        (since) => {
          this.answeredAt = this.now();
          this.list.setWatched(since);
        },
        () => {
          if (this.now() - this.answeredAt > UNANSWERED_MS) this.list.setWatched(new Map());
        },
      )
      .finally(() => {
        if (!this.stopped) this.timer = setTimeout(() => this.look(), LOOK_EVERY_MS);
      });
  }

  private follow(): void {
    const systems = this.packs.all().flatMap(({ id, kind }) => (kind === 'system' ? id : []));
    for (const system of [...this.followed.keys()]) if (!systems.includes(system)) this.forget(system);
    if (this.channel && systems.every((system) => this.followed.has(system))) return;
    for (const system of systems)
      if (!this.followed.has(system)) this.followed.set(system, { n: 0, waiting: null, generation: 0 });
    this.channel?.unsubscribe();
    // The channel's first item of every system is `lost`: that reads it.
    this.channel = this.repository.changes(systems).subscribe((change) => this.take(change));
  }

  private forget(system: string): void {
    const followed = this.followed.get(system);
    if (followed === undefined) return;
    followed.generation++;
    clearTimeout(followed.retry);
    this.followed.delete(system);
    this.list.forget(system);
  }

  private take(change: AlarmsChange): void {
    const followed = this.followed.get(change.system);
    if (followed === undefined) return;
    if (change.lost) this.read(change.system, followed);
    else if (followed.waiting) followed.waiting.push(change);
    else if (change.n === followed.n + 1) this.apply(followed, change);
    else if (change.n > followed.n) this.read(change.system, followed, [change]);
  }

  private apply(followed: Followed, change: AlarmsChange): void {
    followed.n = change.n;
    this.list.apply(change.system, change);
    if (change.settled.length > 0) this.settle(change.system, change.settled);
  }

  private read(system: string, followed: Followed, waiting: AlarmsChange[] = []): void {
    const generation = ++followed.generation;
    followed.waiting = waiting;
    clearTimeout(followed.retry);
    this.repository.told(system).then(
      ({ n, standing, happenings }) => {
        if (followed.generation !== generation) return;
        followed.n = n;
        followed.waiting = null;
        this.list.replace(system, standing, happenings);
        for (const change of waiting) {
          if (change.n > followed.n) this.take(change);
          else this.settle(system, change.settled);
        }
      },
      (error) => {
        if (followed.generation !== generation) return;
        this.logger.debug(`alarms of ${system} can't be read (${error instanceof Error ? error.message : error})`);
        followed.retry = setTimeout(() => this.read(system, followed, waiting), RETRY_MS);
      },
    );
  }
}
