import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import type { KeptNotice, NoticeStore } from './notices.repository.js';
import type { NoticesService } from './notices.service.js';

/** Every process says again that its notices hold, ms. */
export const RENEW_EVERY = 10_000;
/** A notice not said again for so long belongs to a process that died, ms. */
export const FORGET_AFTER = 30_000;
/** Changes within this are written together, ms. */
const COALESCE = 100;

/** Tells the other processes this one's notices, and this one theirs, whenever Redis lets it. */
export class NoticesMirror implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly instance = randomUUID();
  private readonly logger = new Logger(NoticesMirror.name);
  /** ids that stand in Redis for this process */
  private written = new Set<string>();
  private changed = false;
  private running: Promise<void> | undefined;
  private again = false;
  private soon: NodeJS.Timeout | undefined;
  private renewal: NodeJS.Timeout | undefined;
  private own: Subscription | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly notices: NoticesService,
    private readonly store: NoticeStore,
    private readonly now: () => number = Date.now,
  ) {}

  onApplicationBootstrap(): void {
    this.own = this.notices.ownChanges$.subscribe(() => {
      this.changed = true;
      this.soon ??= setTimeout(() => {
        this.soon = undefined;
        void this.sync();
      }, COALESCE);
    });
    this.unsubscribe = this.store.onChange(() => void this.sync());
    this.renewal = setInterval(() => void this.sync(), RENEW_EVERY);
    this.changed = this.notices.allOwn().length > 0;
    void this.sync();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.own?.unsubscribe();
    this.unsubscribe?.();
    clearInterval(this.renewal);
    clearTimeout(this.soon);
    await this.running;
    if (this.written.size === 0) return;
    // Best effort: when Redis is gone, they are forgotten after FORGET_AFTER.
    await this.store.write(this.instance, [], [...this.written], true).catch(() => {});
    this.written.clear();
  }

  /** One round of writing and reading; rounds never overlap, a request during one makes one more. */
  sync(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.round().finally(() => {
      this.running = undefined;
      if (!this.again) return;
      this.again = false;
      void this.sync();
    });
    return this.running;
  }

  private async round(): Promise<void> {
    const announce = this.changed;
    this.changed = false;
    try {
      const now = this.now();
      const own = this.notices.allOwn();
      const ids = new Set(own.map((notice) => notice.id));
      const gone = [...this.written].filter((id) => !ids.has(id));
      await this.store.write(
        this.instance,
        own.map((notice) => ({ notice, instance: this.instance, seenAt: now })),
        gone,
        announce,
      );
      this.written = ids;
      const others = (await this.store.all()).filter((entry) => entry.instance !== this.instance);
      const isDead = (entry: KeptNotice) => now - entry.seenAt > FORGET_AFTER;
      await this.store.drop(others.filter(isDead));
      this.notices.remote(
        others
          .filter((entry) => !isDead(entry))
          .map(({ instance, notice }) => ({ instance, notice }))
          .sort((a, b) => (a.notice.id + a.instance < b.notice.id + b.instance ? -1 : 1)),
      );
    } catch (error) {
      // Redis is gone or refuses: known here all the same; the renewal tries again.
      this.changed ||= announce;
      this.logger.debug(`notices are not mirrored: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
