import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { AuditService } from '../audit/audit.service.js';
import type { Annunciation } from './annunciation.service.js';
import type { FloodRepository } from './flood.repository.js';

/** Another process decides after one that died, ms. */
const LEASE_MS = 6_000;
const LOOK_EVERY_MS = 2_000;

interface Turn {
  at: number;
  kind: 'begins' | 'ends';
  calls: number;
  seats: number;
  /** ms, of one that ends */
  lasted?: number;
}

/**
 * Decides on the flood for all processes, in one of those with the role `api`: keeps what must outlive it, counts the seats, and
 * writes in the audit when a flood begins and ends.
 */
export class FloodKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Alarms');
  private readonly owner = randomUUID();
  private decides = false;
  private since: number | null = null;
  private seats = 1;
  /** state as it was kept last */
  private written = '';
  /** not in the audit yet */
  private turns: Turn[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private unwatch: () => void = () => {};
  private stopped = false;

  constructor(
    private readonly annunciation: Annunciation,
    private readonly repository: Pick<FloodRepository, 'keep' | 'release' | 'seats'>,
    private readonly audit: Pick<AuditService, 'record'>,
    /** accounts at the desks of this process that may handle alarms */
    private readonly seated: () => readonly string[],
    /** as many seats there are; null: as many as are taken, at least one */
    private readonly configured: number | null,
    private readonly now: () => number = Date.now,
  ) {}

  onApplicationBootstrap(): void {
    this.unwatch = this.annunciation.watch(() => this.hear());
    this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.unwatch();
    await this.looking;
    if (!this.decides) return;
    // Best effort: when Redis is gone the lease ends by itself.
    await this.repository.keep(this.owner, LEASE_MS, this.annunciation.state()).catch(() => {});
    await this.repository.release(this.owner).catch(() => {});
  }

  private look(): void {
    clearTimeout(this.timer);
    if (this.looking || this.stopped) return;
    this.looking = this.hold()
      .catch((error) => {
        // Redis is gone, which its own notice says; the next look tries again.
        this.logger.debug(`the flood is not kept: ${error instanceof Error ? error.message : error}`);
      })
      .finally(() => {
        this.looking = undefined;
        if (!this.stopped) this.timer = setTimeout(() => this.look(), LOOK_EVERY_MS);
      });
  }

  /** Renews the lease or takes it where it is free; keeps what there is. */
  private async hold(): Promise<void> {
    if (!this.annunciation.counts) return;
    const taken = await this.repository.seats(this.seated(), this.now());
    const seats = this.configured ?? Math.max(1, taken);
    const decides = await this.repository.keep(this.owner, LEASE_MS);
    if (decides !== this.decides) {
      this.decides = decides;
      // what was found before is told by who found it
      this.since = this.annunciation.annunciator.since;
      this.annunciation.decide(decides);
    }
    if (!decides) return;
    this.annunciation.setSeats(seats);
    const { since } = this.annunciation.annunciator;
    const news = since !== this.since || seats !== this.seats ? { since, seats } : undefined;
    const state = this.annunciation.state();
    const text = JSON.stringify(state);
    if (text !== this.written || news) await this.repository.keep(this.owner, LEASE_MS, state, news);
    this.written = text;
    this.seats = seats;
    this.turn(since);
    this.since = since;
    await this.write();
  }

  /** A flood that begins or ends is kept at once. */
  private hear(): void {
    if (this.decides && this.annunciation.annunciator.since !== this.since) this.look();
  }

  private turn(since: number | null): void {
    const { due, seats } = this.annunciation.annunciator;
    if (since === this.since) return;
    const at = this.now();
    if (since !== null) this.turns.push({ at: since, kind: 'begins', calls: due, seats });
    else this.turns.push({ at, kind: 'ends', calls: due, seats, lasted: at - (this.since ?? at) });
  }

  private async write(): Promise<void> {
    for (let turn = this.turns[0]; turn !== undefined; turn = this.turns[0]) {
      const { at, kind, ...facts } = turn;
      await this.audit.record({
        at,
        user: null,
        roles: [],
        address: '',
        action: 'alarms.flood',
        route: 'flood of alarms',
        subject: kind,
        detail: JSON.stringify(facts),
        outcome: 'done',
      });
      this.turns.shift();
    }
  }
}
