import type { z } from 'zod';
import { pageOf } from '../api/cursor.js';
import { Problem } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import type {
  deadLetter,
  delivery,
  notificationsQuery,
  notifyState,
  notifyTarget,
  testOutcome,
} from '../api/schemas/notifications.js';
import type { sendHook } from './hook.gateway.js';
import { messageOf } from './message.js';
import type { NotificationsRepository } from './notifications.repository.js';
import type { NotificationsFileService } from './notifications-file.service.js';
import { shownTarget } from './target.types.js';
import { keyOf, type Told } from './told.js';

type Query = z.output<typeof notificationsQuery>;

/** What a person asks of notifications, and does with what was given up. */
export class NotificationsDesk {
  constructor(
    private readonly file: Pick<NotificationsFileService, 'now' | 'problems'>,
    private readonly store: Pick<
      NotificationsRepository,
      'targets' | 'queue' | 'dead' | 'takeDead' | 'delivered' | 'sending'
    >,
    private readonly send: typeof sendHook,
    private readonly now: () => number = Date.now,
  ) {}

  /** Which file is in use, who sends, and what goes where. */
  async state(): Promise<z.input<typeof notifyState>> {
    const { now, problems } = this.file;
    const all = <Item>(items: readonly Item[] | undefined) => (items === undefined ? null : [...items]);
    return {
      file: problems.length > 0 ? 'refused' : now === null ? 'absent' : 'in-use',
      problems: [...problems],
      sending: await this.store.sending(),
      zone: now?.zone ?? null,
      routes: (now?.routes ?? []).map(({ id, to, events, priorities, systems, notices, days, hours }) => ({
        id,
        to: [...to],
        events: [...events],
        priorities: all(priorities),
        systems: all(systems),
        notices: all(notices),
        days: all(days),
        hours: hours ?? null,
      })),
    };
  }

  /** The newest first, as far as they are remembered. */
  async deliveries(query: Query): Promise<{ items: z.input<typeof delivery>[]; next: string | null }> {
    const delivered = [...(await this.store.delivered()).values()];
    const page = pageOf('notify-delivered', delivered, ({ n }) => String(10 ** 15 - n), query);
    const items = page.items.map(({ target, told, attempts, deliveredAt }) => ({
      target,
      ...shownTold(told),
      deliveredAt: iso(deliveredAt),
      attempts,
    }));
    return { items, next: page.next };
  }

  /** By name. */
  async targets(query: Query): Promise<{ items: z.input<typeof notifyTarget>[]; next: string | null }> {
    const [states, queue, dead] = await Promise.all([this.store.targets(), this.store.queue(), this.store.dead()]);
    const count = (all: Iterable<{ target: string }>, name: string) =>
      [...all].filter(({ target }) => target === name).length;
    const known = [...(this.file.now?.targets ?? [])];
    const page = pageOf('notify-targets', known, ([name]) => name, query);
    const items = page.items.map(([name, target]) => {
      const state = states.get(name);
      return {
        name,
        format: target.format,
        at: shownTarget(target),
        waiting: count(queue.values(), name),
        dead: count(dead.values(), name),
        delivered: state?.delivered ?? 0,
        deliveredAt: state?.deliveredAt == null ? null : iso(state.deliveredAt),
        failingSince: state?.failingSince == null ? null : iso(state.failingSince),
        ...(state?.failingSince == null || state.reason === undefined
          ? {}
          : { reason: state.reason, detail: state.detail ?? '' }),
      };
    });
    return { items, next: page.next };
  }

  /** The newest first. */
  async dead(query: Query): Promise<{ items: z.input<typeof deadLetter>[]; next: string | null }> {
    const letters = [...(await this.store.dead()).values()];
    const page = pageOf('notify-dead', letters, ({ diedAt, key }) => `${10 ** 15 - diedAt} ${key}`, query);
    const items = page.items.map(({ key, target, told, queuedAt, diedAt, attempts, reason, detail }) => ({
      id: key,
      target,
      ...shownTold(told),
      queuedAt: iso(queuedAt),
      diedAt: iso(diedAt),
      attempts,
      reason: reason ?? null,
      detail: detail ?? '',
    }));
    return { items, next: page.next };
  }

  /** @throws Problem `not-found` */
  async resend(id: string): Promise<void> {
    if (!(await this.store.takeDead(id, true))) throw gone(id);
  }

  /** @throws Problem `not-found` */
  async discard(id: string): Promise<void> {
    if (!(await this.store.takeDead(id, false))) throw gone(id);
  }

  /** Sends a test message at once, beside the queue. @throws Problem `not-found` */
  async test(name: string, by: string): Promise<z.input<typeof testOutcome>> {
    const file = this.file.now;
    const target = file?.targets.get(name);
    if (file === null || target === undefined)
      throw new Problem('not-found', `notifications.yaml has no target ${name.slice(0, 80)}`);
    const now = this.now();
    const told: Told = { event: 'test', at: now, subject: 'test', by };
    const { format, lang, secret } = target;
    const form = { format, lang, zone: file.zone, ...(secret === undefined ? {} : { secret }) };
    const attempt = await this.send(target, messageOf(told, keyOf(name, 'test', now), form, now));
    return attempt.outcome === 'delivered'
      ? { outcome: 'delivered' }
      : { outcome: attempt.outcome, reason: attempt.reason, detail: attempt.detail };
  }
}

function shownTold(told: Told) {
  return {
    event: told.event,
    subject: told.alarm?.id ?? told.notice?.id ?? told.subject,
    text: told.alarm?.text ?? told.notice?.text ?? null,
    priority: told.alarm?.priority ?? null,
    at: iso(told.at),
  };
}

function gone(id: string): Problem {
  return new Problem('not-found', `there is no dead letter ${id.slice(0, 80)}, or no longer`);
}
