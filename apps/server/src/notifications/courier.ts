import type { Notice, Words } from '@citywall/model';
import { Logger } from '@nestjs/common';
import { compareIds } from '../archive/archive.types.js';
import { messageOf } from './message.js';
import { NoticeWatch } from './notice-watch.js';
import type { Happened, NotificationsRepository } from './notifications.repository.js';
import type { DeadLetter, Delivery, Kept, TargetState, Write } from './notifications.types.js';
import { evicted, Outbox } from './outbox.js';
import { Plan } from './plan.js';
import { type Attempt, type FailureReason, pauseAfter } from './retry.js';
import type { Notifications, Target } from './target.types.js';

/** Another process follows one that died after this, ms. */
export const LEASE_MS = 10_000;
const RETRY_MS = 500;

export interface CourierParts {
  owner: string;
  store: Pick<
    NotificationsRepository,
    'write' | 'release' | 'kept' | 'dead' | 'countDead' | 'again' | 'newest' | 'after'
  >;
  /** systems with alarms, and how they are called */
  systems(): ReadonlyMap<string, Words>;
  notices(): readonly Notice[];
  send(target: Target, message: ReturnType<typeof messageOf>): Promise<Attempt>;
  /** how the targets do, after every change of it */
  tell(targets: ReadonlyMap<string, TargetState>, dead: ReadonlyMap<string, number>): void;
  now(): number;
  /** 0 ≤ n < 1 */
  random(): number;
}

interface Dead {
  target: string;
  diedAt: number;
}

/**
 * Takes what happened out of the journals of alarms, puts it into a queue a target, and sends it. One process at a time does,
 * under a lease; position and queue move in one step, a message leaves the queue when its target has it: after a crash it is
 * sent again under the same key, and nothing is lost.
 */
export class Courier {
  private readonly logger = new Logger('Notifications');
  private readonly watch = new NoticeWatch();
  private kept: Kept | null = null;
  private dead = new Map<string, Dead>();
  private readonly outboxes = new Map<string, Outbox>();
  private readonly pumping = new Map<string, Promise<void>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private notifications: Notifications | null = null;
  private lastN = 0;
  private stopped = false;

  constructor(private readonly parts: CourierParts) {}

  /** One look at everything. Rejects with the error of Redis; the next look tries again. */
  async round(notifications: Notifications | null): Promise<void> {
    this.notifications = notifications;
    if (notifications === null) return this.rest();
    const { store, owner } = this.parts;
    if (!(await store.write(owner, LEASE_MS))) return this.drop();
    if (this.kept === null) await this.begin();
    await this.plan(notifications);
    for (const name of this.outboxes.keys()) this.pump(name);
  }

  /** Ends it; a message under way is waited for as long as `patience`, ms, and else sent again by whoever follows. */
  async stop(patience: number): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([Promise.all(this.pumping.values()), late]);
    clearTimeout(timer);
    if (this.kept !== null) await this.parts.store.release(this.parts.owner).catch(() => {});
    this.kept = null;
  }

  private async begin(): Promise<void> {
    const kept = await this.parts.store.kept();
    this.dead = deadOf(await this.parts.store.dead());
    this.outboxes.clear();
    this.lastN = 0;
    for (const delivery of kept.queue.values()) {
      this.lastN = Math.max(this.lastN, delivery.n);
      this.outbox(delivery.target).add(delivery);
    }
    this.kept = kept;
  }

  /** Another process sends now. */
  private drop(): void {
    this.kept = null;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.outboxes.clear();
  }

  /** Nobody is to be told any more: what happens from now on is no backlog for later. */
  private async rest(): Promise<void> {
    if (this.kept === null) return;
    const gone = [...this.kept.positions.keys()].map((field): Write => ({ hash: 'positions', field, value: null }));
    await this.parts.store.write(this.parts.owner, LEASE_MS, gone);
    await this.parts.store.release(this.parts.owner);
    this.drop();
  }

  private async plan(notifications: Notifications): Promise<void> {
    const { kept } = this;
    if (kept === null) return;
    const { store, systems, owner } = this.parts;
    const now = this.parts.now();
    const positions = new Map<string, string>();
    for (const system of systems().keys())
      positions.set(system, kept.positions.get(system) ?? (await store.newest(system)));
    const { happened, read } = await store.after(positions);
    const news = this.watch.look(this.parts.notices(), kept.notices, now);

    const plan = new Plan(kept.minutes, kept.open, notifications, now, this.lastN);
    plan.endMinutes();
    for (const one of happened.sort(byTime)) plan.happening(one, systems().get(one.system) ?? nameless(one.system));
    for (const { told, id } of news) plan.tell(told, [told.event, id, told.notice?.since ?? 0]);
    for (const [key, dead] of (await store.again()).entries()) plan.again(key, dead);
    const [queued, refused] = plan.bounded((target) => this.outbox(target).size);

    for (const [system, at] of read) positions.set(system, at);
    const writes: Write[] = [
      ...[...positions].flatMap(([field, value]): Write[] =>
        kept.positions.get(field) === value ? [] : [{ hash: 'positions', field, value }],
      ),
      ...[...plan.minutes].flatMap(([field, value]): Write[] =>
        kept.minutes.get(field) === value ? [] : [{ hash: 'minutes', field, value }],
      ),
      ...news.map(({ id, keep }): Write => ({ hash: 'notices', field: id, value: keep })),
      ...[...plan.opened].map(([field, value]): Write => ({ hash: 'open', field, value })),
      ...queued.map((delivery): Write => ({ hash: 'queue', field: delivery.key, value: delivery })),
      ...plan.resent.map((field): Write => ({ hash: 'again', field, value: null })),
      ...this.burial(refused, 'queue-full', 'too many messages wait for this target', now),
    ];
    if (writes.length > 0 && !(await store.write(owner, LEASE_MS, writes))) return this.drop();

    for (const [system, at] of positions) kept.positions.set(system, at);
    for (const [target, minute] of plan.minutes) kept.minutes.set(target, minute);
    for (const { id, keep } of news)
      if (keep === null) kept.notices.delete(id);
      else kept.notices.set(id, keep);
    for (const [id, targets] of plan.opened) {
      if (targets === null) kept.open.delete(id);
      else kept.open.set(id, targets);
    }
    this.lastN = plan.n;
    for (const delivery of queued) this.outbox(delivery.target).add(delivery);
    this.buried(refused, now);
    if ((await store.countDead()) !== this.dead.size) this.dead = deadOf(await store.dead());
    this.report();
  }

  private outbox(target: string): Outbox {
    const outbox = this.outboxes.get(target) ?? new Outbox();
    this.outboxes.set(target, outbox);
    return outbox;
  }

  /** One message at a time a target. */
  private pump(name: string): void {
    if (this.pumping.has(name) || this.stopped) return;
    const running = this.deliver(name)
      .catch((error) =>
        this.logger.error(`messages to ${name} stand still: ${error instanceof Error ? error.message : error}`),
      )
      .finally(() => this.pumping.delete(name));
    this.pumping.set(name, running);
  }

  private async deliver(name: string): Promise<void> {
    clearTimeout(this.timers.get(name));
    while (this.kept !== null && !this.stopped) {
      const { notifications } = this;
      const outbox = this.outboxes.get(name);
      if (notifications === null || outbox === undefined) return;
      const target = notifications.targets.get(name);
      const now = this.parts.now();
      if (target === undefined) {
        const left = outbox.next(Number.POSITIVE_INFINITY);
        if (!('key' in left)) return;
        await this.bury(outbox, [left], 'no-target', `${name} is not in the file any more`);
        continue;
      }
      const expired = outbox.expired(now, target.giveUpAfter);
      if (expired.length > 0) {
        await this.bury(outbox, expired);
        continue;
      }
      const next = outbox.next(now);
      if (!('key' in next)) {
        if (next.at !== null)
          this.timers.set(
            name,
            setTimeout(() => this.pump(name), next.at - now),
          );
        return;
      }
      const { zone } = notifications;
      const { format, lang, secret } = target;
      const form = { format, lang, zone, ...(secret === undefined ? {} : { secret }) };
      const attempt = await this.parts.send(target, messageOf(next.told, next.key, form, now));
      await this.settle(name, outbox, next, attempt);
    }
  }

  private async settle(name: string, outbox: Outbox, delivery: Delivery, attempt: Attempt): Promise<void> {
    const now = this.parts.now();
    const state = this.kept?.targets.get(name) ?? { delivered: 0, deliveredAt: null, failingSince: null };
    if (attempt.outcome === 'delivered') {
      outbox.succeeded();
      const after: TargetState = { delivered: state.delivered + 1, deliveredAt: now, failingSince: null };
      const writes: Write[] = [
        { hash: 'queue', field: delivery.key, value: null },
        { hash: 'targets', field: name, value: after },
      ];
      if (!(await this.persist(writes))) return;
      outbox.remove(delivery.key);
      this.kept?.targets.set(name, after);
      if (state.failingSince !== null) this.logger.log(`${name} takes messages again`);
      this.report();
      return;
    }
    const { reason, detail } = attempt;
    const after: TargetState = { ...state, failingSince: state.failingSince ?? now, reason, detail };
    this.kept?.targets.set(name, after);
    if (state.failingSince === null) this.logger.warn(`${name} did not take a message: ${reason} (${detail})`);
    if (attempt.outcome === 'refused') {
      // it answered: what it refuses says nothing of the others
      await this.bury(outbox, [delivery], reason, detail, [{ hash: 'targets', field: name, value: after }]);
      return;
    }
    outbox.failed(now);
    const attempts = delivery.attempts + 1;
    const pause = Math.max(pauseAfter(attempts, this.parts.random()), attempt.retryAfter ?? 0);
    const again: Delivery = { ...delivery, attempts, dueAt: now + pause, reason, detail };
    const writes: Write[] = [
      { hash: 'queue', field: delivery.key, value: again },
      { hash: 'targets', field: name, value: after },
    ];
    if (!(await this.persist(writes))) return;
    outbox.add(again);
    this.report();
  }

  private async bury(
    outbox: Outbox,
    deliveries: Delivery[],
    reason?: FailureReason,
    detail?: string,
    more: Write[] = [],
  ): Promise<void> {
    const now = this.parts.now();
    if (!(await this.persist([...this.burial(deliveries, reason, detail, now), ...more]))) return;
    for (const { key } of deliveries) outbox.remove(key);
    this.buried(deliveries, now);
    this.report();
  }

  private burial(
    deliveries: Delivery[],
    reason: FailureReason | undefined,
    detail: string | undefined,
    now: number,
  ): Write[] {
    return [
      ...evicted(this.dead, deliveries.length).map((field): Write => ({ hash: 'dead', field, value: null })),
      ...deliveries.flatMap((delivery): Write[] => {
        const said = { ...(reason && { reason }), ...(detail === undefined ? {} : { detail }) };
        const letter: DeadLetter = { ...delivery, ...said, diedAt: now };
        return [
          { hash: 'queue', field: delivery.key, value: null },
          { hash: 'dead', field: delivery.key, value: letter },
        ];
      }),
    ];
  }

  private buried(deliveries: Delivery[], now: number): void {
    for (const key of evicted(this.dead, deliveries.length)) this.dead.delete(key);
    for (const { key, target } of deliveries) this.dead.set(key, { target, diedAt: now });
  }

  /** Writes until it is written: what was delivered must not be forgotten. False: another process sends now. */
  private async persist(writes: Write[]): Promise<boolean> {
    while (this.kept !== null) {
      try {
        if (await this.parts.store.write(this.parts.owner, LEASE_MS, writes)) return true;
        this.drop();
      } catch (error) {
        // Redis is gone or refuses, which its own notice says.
        this.logger.debug(`what became of a message waits: ${error instanceof Error ? error.message : error}`);
        if (this.stopped) return false;
        await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return false;
  }

  private report(): void {
    if (this.kept === null || this.notifications === null) return;
    const { targets } = this.notifications;
    const dead = new Map<string, number>();
    for (const { target } of this.dead.values()) dead.set(target, (dead.get(target) ?? 0) + 1);
    this.parts.tell(new Map([...this.kept.targets].filter(([name]) => targets.has(name))), dead);
  }
}

function deadOf(letters: ReadonlyMap<string, DeadLetter>): Map<string, Dead> {
  return new Map([...letters].map(([key, { target, diedAt }]) => [key, { target, diedAt }]));
}

/** As Redis got them: within a system that is the order in which they happened. */
function byTime(a: Happened, b: Happened): number {
  return compareIds(a.entry, b.entry);
}

function nameless(system: string): Words {
  return { zh: system, en: system };
}
