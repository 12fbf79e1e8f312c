import { randomUUID } from 'node:crypto';
import { DEFAULT_BROKER } from '@citywall/pack-schema';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Subscription } from 'rxjs';
import type { NoticesService } from '../notices/notices.service.js';
import type { PacksService } from '../packs/index.js';
import type { StateRepository } from '../state/index.js';
import type { AlarmsRepository } from './alarms.repository.js';
import { SystemAlarms } from './system-alarms.js';

/** Another process follows one that died after this, ms. */
export const LEASE_MS = 6_000;
const LOOK_EVERY_MS = 2_000;

/** Evaluates the alarm rules of the systems whose leases this process gets. */
export class AlarmEngine implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Alarms');
  private readonly owner = randomUUID();
  private readonly running = new Map<string, SystemAlarms>();
  private readonly subscriptions = new Subscription();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly packs: Pick<PacksService, 'all' | 'get' | 'changes$'>,
    private readonly state: StateRepository,
    private readonly store: AlarmsRepository,
    private readonly notices: Pick<NoticesService, 'all' | 'changes$'>,
    private readonly now: () => number = Date.now,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.add(
      this.packs.changes$.subscribe(({ changed, removed }) => {
        for (const id of changed) {
          const pack = this.packs.get(id);
          if (pack) this.running.get(id)?.reload(pack);
        }
        for (const id of removed) void this.end(id);
      }),
    );
    this.subscriptions.add(
      this.notices.changes$.subscribe(() => {
        for (const alarms of this.running.values()) alarms.hearSilence();
      }),
    );
    this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.subscriptions.unsubscribe();
    await this.looking;
    await Promise.all([...this.running.keys()].map((system) => this.end(system)));
  }

  private look(): void {
    this.looking = this.hold()
      .catch((error) => {
        // Redis is gone, which its own notice says; the next look tries again.
        this.logger.debug(`leases of alarms wait: ${error instanceof Error ? error.message : error}`);
      })
      .finally(() => {
        if (!this.stopped) this.timer = setTimeout(() => this.look(), LOOK_EVERY_MS);
      });
  }

  /** Renews the leases held and takes those that are free. */
  private async hold(): Promise<void> {
    const pace = await this.store.pace();
    const evaluated: string[] = [];
    for (const pack of this.packs.all()) {
      if (pack.kind !== 'system' || this.stopped) continue;
      const running = this.running.get(pack.id);
      const held = await this.store.lease(pack.id, this.owner, LEASE_MS, running === undefined);
      if (running && !held) await this.end(pack.id);
      else if (running) {
        running.setPace(pace);
        if (running.evaluates) evaluated.push(pack.id);
      } else if (held) this.begin(pack.id, pace);
    }
    await this.store.watch(evaluated, this.now(), LEASE_MS);
  }

  private begin(system: string, pace: number): void {
    const pack = this.packs.get(system);
    if (pack === undefined || this.stopped) return;
    const alarms = new SystemAlarms(pack, pace, {
      owner: this.owner,
      ttl: LEASE_MS,
      state: this.state,
      store: this.store,
      silentFeeds: () => this.silentFeeds(system),
      hears: () => this.hears(system),
      now: this.now,
      warn: (text) => this.logger.debug(text),
      // Redis is gone where this fails: the next look says it.
      ready: () => void this.store.watch([system], this.now(), LEASE_MS).catch(() => {}),
      lost: () => void this.end(system),
    });
    this.running.set(system, alarms);
    alarms.start();
  }

  private async end(system: string): Promise<void> {
    const alarms = this.running.get(system);
    if (alarms === undefined) return;
    this.running.delete(system);
    await alarms.stop();
    // Best effort: when Redis is gone the lease ends by itself.
    await this.store.release(system, this.owner).catch(() => {});
  }

  private hears(system: string): boolean {
    const brokers = new Set(this.packs.get(system)?.feeds.map(({ broker }) => broker ?? DEFAULT_BROKER));
    return !this.notices
      .all()
      .some(
        ({ reason, subject = '' }) =>
          reason === 'redis-gone' || reason === 'redis-refuses' || (reason === 'broker-gone' && brokers.has(subject)),
      );
  }

  private silentFeeds(system: string): ReadonlySet<string> {
    const prefix = `${system}/`;
    return new Set(
      this.notices
        .all()
        .flatMap(({ reason, subject }) =>
          reason === 'feed-silent' && subject?.startsWith(prefix) ? subject.slice(prefix.length) : [],
        ),
    );
  }
}
