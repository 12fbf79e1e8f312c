import { randomUUID } from 'node:crypto';
import type { Words } from '@citywall/model';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { NoticesService } from '../notices/notices.service.js';
import { noticeId } from '../notices/notices.service.js';
import type { PacksService } from '../packs/index.js';
import { Courier } from './courier.js';
import { sendHook } from './hook.gateway.js';
import type { NotificationsRepository } from './notifications.repository.js';
import type { TargetState } from './notifications.types.js';
import type { NotificationsFileService } from './notifications-file.service.js';

const LOOK_EVERY_MS = 1_000;
/** A message under way at the end is waited for so long, ms. */
const PATIENCE_MS = 3_000;
/** A target that takes nothing for so long is a notice, ms. */
const FAILING_FOR_MS = 60_000;

/** Sends what happened to the targets of `notifications.yaml`, in one process at a time (role `ingest`). */
export class NotificationsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Notifications');
  private readonly courier: Courier;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private stopped = false;
  /** targets of which a notice of ours stands, with what it says */
  private readonly raised = new Map<string, string>();

  constructor(
    private readonly file: Pick<NotificationsFileService, 'now'>,
    store: NotificationsRepository,
    packs: Pick<PacksService, 'all'>,
    private readonly notices: Pick<NoticesService, 'all' | 'raise' | 'clear'>,
    private readonly now: () => number = Date.now,
    send: typeof sendHook = sendHook,
  ) {
    this.courier = new Courier({
      owner: randomUUID(),
      store,
      systems: () =>
        new Map(
          packs.all().flatMap(({ id, kind, name }): [string, Words][] => (kind === 'system' ? [[id, name]] : [])),
        ),
      notices: () => notices.all(),
      send,
      tell: (targets, dead) => this.say(targets, dead),
      now,
      random: Math.random,
    });
  }

  onApplicationBootstrap(): void {
    this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
    await this.courier.stop(PATIENCE_MS);
  }

  private look(): void {
    this.looking = this.courier
      .round(this.file.now)
      .catch((error) => {
        // Redis is gone, which its own notice says; the next look tries again.
        this.logger.debug(`notifications wait: ${error instanceof Error ? error.message : error}`);
      })
      .finally(() => {
        if (this.file.now === null) this.say(new Map(), new Map());
        if (!this.stopped) this.timer = setTimeout(() => this.look(), LOOK_EVERY_MS);
      });
  }

  /** A target that takes nothing, and messages that were given up, are notices. */
  private say(targets: ReadonlyMap<string, TargetState>, dead: ReadonlyMap<string, number>): void {
    const wrong = new Map<string, Words>();
    for (const name of new Set([...targets.keys(), ...dead.keys()])) {
      const state = targets.get(name);
      const letters = dead.get(name) ?? 0;
      const since = state?.failingSince ?? null;
      const failing = since !== null && this.now() - since >= FAILING_FOR_MS;
      if (failing || letters > 0) wrong.set(name, words(name, failing ? state : undefined, letters));
    }
    for (const [name, text] of wrong) {
      // Said again only when something else is wrong, so that `count` does not count the looks.
      if (this.raised.get(name) === text.en) continue;
      this.raised.set(name, text.en);
      this.notices.raise('notify-failing', { subject: name, text }, this.now());
    }
    for (const name of [...this.raised.keys()]) {
      if (wrong.has(name)) continue;
      this.raised.delete(name);
      this.notices.clear(noticeId('notify-failing', name));
    }
  }
}

function words(name: string, state: TargetState | undefined, letters: number): Words {
  const why = state === undefined ? '' : `${state.reason}, ${state.detail}`;
  return {
    zh: `告警通知目标 ${name}${state ? `没有送达（${why}），自动重发` : ''}${letters > 0 ? `${state ? '；' : '有'} ${letters} 条未送达` : ''}`,
    en: `Notifications to ${name}${state ? ` do not arrive (${why}) and are sent again` : ''}${letters > 0 ? `${state ? ';' : ':'} ${letters} given up` : ''}`,
  };
}
