import type { Notice, Words } from '@citywall/model';
import { Logger } from '@nestjs/common';
import { compareIds } from '../archive/archive.types.js';
import { messageOf } from './message.js';
import { NoticeWatch } from './notice-watch.js';
import type { Happened, NotificationsRepository } from './notifications.repository.js';
import type { DeadLetter, Delivered, Delivery, Kept, TargetState, Write } from './notifications.types.js';
import { evicted, type NextOptions, Outbox } from './outbox.js';
import { Plan } from './plan.js';
import { type Attempt, type FailureReason, pauseAfter } from './retry.js';
import type { Notifications, Target } from './target.types.js';

/** Another process follows one that died after this, ms. */
export const LEASE_MS = 10_000;
const RETRY_MS = 500;
/** A target has two senders at most: one takes all, the other new red alarms, which wait for no slow answer. */
const LANES = ['all', 'red'] as const;
type Lane = (typeof LANES)[number];
/** Delivered messages that are remembered, for whoever looks. */
export const KEPT_DELIVERED = 200;

export interface CourierParts {
  owner: string;
  store: Pick<
    NotificationsRepository,
    'write' | 'release' | 'kept' | 'dead' | 'delivered' | 'countDead' | 'again' | 'newest' | 'after'
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
  /** by target and lane */
  private readonly pumping = new Map<string, Promise<void>>();
  /** subjects of what is under way, by target */
  private readonly busy = new Map<string, Set<string>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private notifications: Notifications | null = null;
  private lastN = 0;
  /** of the lease under which `kept` was read; none has −1 */
  private term = -1;
  private deliveredN = 0;
  private stopped = false;

  constructor(private readonly parts: CourierParts) {}

  /** One look at everything. Rejects with the error of Redis; the next look tries again. */
  async round(notifications: Notifications | null): Promise<void> {
    this.notifications = notifications;
    if (notifications === null) return this.rest();
    const { store, owner } = this.parts;
    const term = await store.write(owner, LEASE_MS, this.term);
    // another process sends, or did while this one stood still: what is remembered is of before
    if (term !== this.term) this.drop();
    if (term === 0) return;
    this.term = term;
    if (this.kept === null) await this.begin();
    await this.plan(notifications);
    for (const name of this.outboxes.keys()) for (const lane of LANES) this.pump(name, lane);
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
    this.deliveredN = Math.max(0, ...[...(await this.parts.store.delivered()).values()].map(({ n }) => n));
    this.outboxes.clear();
    this.lastN = 0;
    for (const delivery of kept.queue.values()) {
      this.lastN = Math.max(this.lastN, delivery.n);
      this.outbox(delivery.target).add(delivery);
    }
    this.kept = kept;
  }

  /** What is remembered is not what Redis has: it is read again under the next lease. */
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
    await this.parts.store.write(this.parts.owner, LEASE_MS, this.term, gone);
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
    if (writes.length > 0) {
      let written: number;
      try {
        written = await store.write(owner, LEASE_MS, this.term, writes);
      } catch (error) {
        // it may have been written or not
        this.drop();
        throw error;
      }
      if (written === 0) return this.drop();
    }

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

  /** One message at a time a target and lane. */
  private pump(name: string, lane: Lane): void {
    const id = `${name} ${lane}`;
    if (this.pumping.has(id) || this.stopped) return;
    const running = this.deliver(name, lane)
      .catch((error) =>
        this.logger.error(`messages to ${name} stand still: ${error instanceof Error ? error.message : error}`),
      )
      .finally(() => this.pumping.delete(id));
    this.pumping.set(id, running);
  }

  private async deliver(name: string, lane: Lane): Promise<void> {
    const id = `${name} ${lane}`;
    clearTimeout(this.timers.get(id));
    const busy = this.busy.get(name) ?? new Set();
    this.busy.set(name, busy);
    while (this.kept !== null && !this.stopped) {
      const { notifications } = this;
      const outbox = this.outboxes.get(name);
      if (notifications === null || outbox === undefined) return;
      const target = notifications.targets.get(name);
      const now = this.parts.now();
      if (target === undefined) {
        if (lane === 'red') return;
        const left = outbox.next(Number.POSITIVE_INFINITY);
        if (!('key' in left)) return;
        await this.bury(name, [left], 'no-target', `${name} is not in the file any more`);
        continue;
      }
      const expired = lane === 'red' ? [] : outbox.expired(now, target.giveUpAfter);
      if (expired.length > 0) {
        await this.bury(name, expired);
        continue;
      }
      const options: NextOptions = {
        busy,
        redOnly: lane === 'red',
        // programs take a backlog at once; bots are blocked for minutes by one
        limit: target.format === 'json' ? undefined : target.perMinute,
      };
      const next = outbox.next(now, options);
      if (!('key' in next)) {
        if (next.at !== null)
          this.timers.set(
            id,
            setTimeout(() => this.pump(name, lane), next.at - now),
          );
        return;
      }
      const { zone } = notifications;
      const { format, lang, secret } = target;
      const form = { format, lang, zone, ...(secret === undefined ? {} : { secret }) };
      const { subject } = next.told;
      busy.add(subject);
      outbox.tried(now);
      try {
        const attempt = await this.parts.send(target, messageOf(next.told, next.key, form, now));
        await this.settle(name, next, attempt);
      } finally {
        busy.delete(subject);
      }
    }
  }

  private async settle(name: string, delivery: Delivery, attempt: Attempt): Promise<void> {
    const now = this.parts.now();
    const state = this.kept?.targets.get(name) ?? { delivered: 0, deliveredAt: null, failingSince: null };
    if (attempt.outcome === 'delivered') {
      this.outbox(name).succeeded();
      const after: TargetState = { delivered: state.delivered + 1, deliveredAt: now, failingSince: null };
      const writes: Write[] = [
        { hash: 'queue', field: delivery.key, value: null },
        { hash: 'targets', field: name, value: after },
        this.remembered(delivery, now),
      ];
      // before it is written: the other sender of this target counts on from it
      this.kept?.targets.set(name, after);
      if (!(await this.persist(writes))) return;
      this.outbox(name).remove(delivery.key);
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
      await this.bury(name, [delivery], reason, detail, [{ hash: 'targets', field: name, value: after }]);
      return;
    }
    this.outbox(name).failed(now, attempt.retryAfter);
    const attempts = delivery.attempts + 1;
    const pause = Math.max(pauseAfter(attempts, this.parts.random()), attempt.retryAfter ?? 0);
    const again: Delivery = { ...delivery, attempts, dueAt: now + pause, reason, detail };
    const writes: Write[] = [
      { hash: 'queue', field: delivery.key, value: again },
      { hash: 'targets', field: name, value: after },
    ];
    if (!(await this.persist(writes))) return;
    this.outbox(name).add(again);
    this.report();
  }

  /** In a ring: what is older than the newest few is written over. */
  private remembered({ target, told, attempts }: Delivery, deliveredAt: number): Write {
    const n = ++this.deliveredN;
    const value: Delivered = { n, target, told, attempts: attempts + 1, deliveredAt };
    return { hash: 'delivered', field: String(n % KEPT_DELIVERED), value };
  }

  private async bury(
    name: string,
    deliveries: Delivery[],
    reason?: FailureReason,
    detail?: string,
    more: Write[] = [],
  ): Promise<void> {
    const now = this.parts.now();
    if (!(await this.persist([...this.burial(deliveries, reason, detail, now), ...more]))) return;
    for (const { key } of deliveries) this.outbox(name).remove(key);
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
        if ((await this.parts.store.write(this.parts.owner, LEASE_MS, this.term, writes)) !== 0) return true;
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
    const states = [...this.kept.targets].flatMap(([name, state]): [string, TargetState][] => {
      if (!targets.has(name)) return [];
      // what it did not take was thrown away or expired: nothing is missing there any more
      const owed = (this.outboxes.get(name)?.size ?? 0) > 0 || dead.has(name);
      return [[name, owed ? state : { ...state, failingSince: null }]];
    });
    this.parts.tell(new Map(states), dead);
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
