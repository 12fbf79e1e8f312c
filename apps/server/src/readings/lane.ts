import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { InboundMessage, MessageSink } from '../feeds/inbound.js';
import { MessageQueue } from '../feeds/message-queue.js';
import type { ApplyResult, Delivery } from '../state/index.js';
import { type Committer, Stopped } from './committer.js';
import { contentHash } from './content-hash.js';
import type { Draft, Drafter } from './draft.js';

/** Most messages of one batch. */
export const BATCH_MESSAGES = 500;
/** About the most payload of one batch, bytes. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** About the most readings and occurrences of one batch: a single message may bring 10,000. */
const BATCH_ITEMS = 5_000;
/** A Redis that does not even refuse must not keep a server from stopping: what is left comes again. */
const STOP_WITHIN_MS = 5_000;

/** Systems that had a redelivered message before. */
type Skip = Map<InboundMessage, Set<string>>;

const deliveryOf = ({ packetId, topic, payload }: InboundMessage): Delivery => ({
  packetId,
  hash: contentHash(topic, payload),
});

/** What a lane reports. */
export interface LaneEvents {
  /** QoS 0 messages were given up */
  shed(count: number): void;
  /** messages are durable now, in the order they came */
  durable(messages: InboundMessage[]): void;
  /** a draft is in state */
  applied(draft: Draft, result: ApplyResult): void;
  /** one batch, from handing it over to its durable answer */
  batch(messages: number, seconds: number): void;
}

/**
 * The way of one connection's messages into state: queue → batch → one call a system → acknowledgement.
 *
 * Leading edge: a message that finds the lane idle is on its way at once; while a batch is at Redis the next one gathers
 * and is mapped. One batch at a time is at Redis, so that a batch that has to be repeated is never overtaken.
 * Reading is held while the queue is full and while Redis does not take what we have.
 */
export class Lane implements MessageSink {
  private readonly queue = new MessageQueue();
  private readonly run = randomBytes(8).toString('hex');
  private waiting: (() => void)[] = [];
  private working: Promise<void> | null = null;
  private underWay: Promise<void> = Promise.resolve();
  private number = 0;
  private blocked = false;
  private full = false;
  private stopping = false;

  constructor(
    /** names the MQTT session: what was delivered in it is remembered under this name */
    readonly id: string,
    private readonly drafter: Drafter,
    private readonly committer: Committer,
    private readonly events: LaneEvents,
    /** systems that may take this topic, for redeliveries */
    private readonly systemsOf: (topic: string) => string[],
  ) {}

  get held(): boolean {
    return this.full || this.blocked || this.stopping;
  }

  /** messages received and not yet durable */
  get length(): number {
    return this.queue.length;
  }

  offer(message: InboundMessage): void {
    const shed = this.queue.push(message);
    if (shed > 0) this.events.shed(shed);
    if (this.queue.over) this.full = true;
    this.working ??= this.work();
  }

  onReady(callback: () => void): void {
    this.waiting.push(callback);
    this.release();
  }

  /** Takes nothing more in; resolves when everything received is durable, or Redis does not take it anyway. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.committer.stop();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_WITHIN_MS);
    });
    await Promise.race([this.working, late]);
    clearTimeout(timer);
  }

  private async work(): Promise<void> {
    // What came in the same packet of the network shall be in the same batch.
    await turn();
    try {
      while (this.queue.length > 0) {
        if (this.queue.length < BATCH_MESSAGES) await this.underWay;
        const messages = this.queue.take(BATCH_MESSAGES, BATCH_BYTES);
        if (this.full && this.queue.relaxed) {
          this.full = false;
          this.release();
        }
        const skip = await this.redelivered(messages);
        for (let from = 0; from < messages.length; ) {
          const { drafts, to } = this.draft(messages, from, skip);
          await this.underWay;
          this.underWay = this.commit(messages.slice(from, to), drafts);
          // It is awaited above; until then a failure is not forgotten, only not yet heard.
          this.underWay.catch(() => {});
          from = to;
        }
        // A lane that is never idle still lets sockets, timers and other lanes have their turn.
        await turn();
      }
      await this.underWay;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      this.working = null;
      if (this.queue.length > 0 && !this.stopping) this.working = this.work();
    }
  }

  /** Drafts of the messages from a place on, as many as make a batch of bearable size; messages may be large. */
  private draft(messages: InboundMessage[], from: number, skip: Skip): { drafts: Draft[]; to: number } {
    let to = from;
    while (to < messages.length && this.drafter.size < BATCH_ITEMS) {
      const message = messages[to++] as InboundMessage;
      const delivery = message.qos === 0 ? null : deliveryOf(message);
      this.drafter.add(message, delivery, skip.get(message));
    }
    return { drafts: this.drafter.finish(), to };
  }

  /** Which systems had a redelivered message before: it changes nothing there, whatever time it carries. */
  private async redelivered(messages: InboundMessage[]): Promise<Skip> {
    const skip: Skip = new Map();
    if (!messages.some(({ dup }) => dup)) return skip;
    // What is at Redis now belongs to what was seen.
    await this.underWay;
    const asked = new Map<string, { message: InboundMessage; delivery: Delivery }[]>();
    const earlier = new Set<string>();
    for (const message of messages) {
      if (message.qos === 0) continue;
      const delivery = deliveryOf(message);
      const key = `${delivery.packetId}:${Buffer.from(delivery.hash).toString('hex')}`;
      const systems = message.dup ? this.systemsOf(message.topic) : [];
      if (message.dup && earlier.has(key)) skip.set(message, new Set(systems));
      else for (const system of systems) asked.set(system, [...(asked.get(system) ?? []), { message, delivery }]);
      earlier.add(key);
    }
    for (const [system, list] of asked) {
      const deliveries = list.map(({ delivery }) => delivery);
      const seen = await this.committer.seen(system, this.id, deliveries, () => this.block());
      for (const [place, { message }] of list.entries()) {
        if (!seen[place]) continue;
        skip.set(message, (skip.get(message) ?? new Set()).add(system));
      }
    }
    return skip;
  }

  private async commit(messages: InboundMessage[], drafts: Draft[]): Promise<void> {
    const begin = performance.now();
    try {
      await Promise.all(drafts.map((draft) => this.apply(draft)));
    } finally {
      this.unblock();
    }
    this.events.batch(messages.length, (performance.now() - begin) / 1000);
    this.events.durable(messages);
  }

  private async apply(draft: Draft): Promise<void> {
    const results = await this.committer.commit(draft, {
      writer: this.id,
      run: this.run,
      next: () => ++this.number,
      onTrouble: () => this.block(),
    });
    for (const { draft: applied, result } of results) this.events.applied(applied, result);
  }

  private block(): void {
    this.blocked = true;
  }

  private unblock(): void {
    if (!this.blocked) return;
    this.blocked = false;
    this.release();
  }

  private release(): void {
    if (this.held) return;
    const callbacks = this.waiting;
    this.waiting = [];
    for (const callback of callbacks) callback();
  }
}
