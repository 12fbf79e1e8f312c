import type { LastingChange } from '@citywall/mapping';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { PacksService } from '../packs/index.js';
import { DecodersRepository } from '../state/index.js';
import { passes } from './committer.js';

const RETRY_MS = 500;
const RENEW_EVERY_MS = 86_400_000;

/**
 * What decoders remember beyond a restart (births of Sparkplug edge nodes): taken back before a system's first message is
 * mapped, kept before the message that brought it is acknowledged.
 */
@Injectable()
export class DecoderKeeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(DecoderKeeper.name);
  /** systems whose memory is here */
  private readonly restored = new Set<string>();
  private stopping = false;
  private endPause: () => void = () => {};
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly packs: PacksService,
    private readonly repository: DecodersRepository,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.renew(), RENEW_EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.stopping = true;
    this.endPause();
  }

  /** Resolves when all packs in use have their memory, however long Redis takes to be there; or when the server stops. */
  async restore(): Promise<void> {
    for (const { id } of this.packs.all()) {
      if (!this.restored.has(id)) await this.restoreOne(id);
    }
  }

  /** Durable when it resolves. */
  keep(system: string, changes: readonly LastingChange[]): Promise<void> {
    return this.repository.keep(system, changes);
  }

  private async restoreOne(system: string): Promise<void> {
    while (!this.stopping) {
      try {
        await this.read(system);
        this.restored.add(system);
        return;
      } catch (error) {
        if (!passes(error)) {
          const reason = error instanceof Error ? error.message : String(error);
          this.logger.error(`what decoders of ${system} remember can't be read: ${reason}`);
          this.restored.add(system);
          return;
        }
        await this.pause();
      }
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async read(system: string): Promise<void> {
    const memory = this.packs.compiled(system)?.memory;
    if (!memory) return;
    const unused: LastingChange[] = [];
    for await (const kept of this.repository.kept(system)) {
      if (!memory.restore(kept)) unused.push({ ...kept, text: null });
    }
    if (unused.length) await this.repository.keep(system, unused);
    else await this.repository.renew(system);
  }

  private async renew(): Promise<void> {
    // Missed once, it is renewed the next day.
    for (const system of this.restored) await this.repository.renew(system).catch(() => {});
  }
}
