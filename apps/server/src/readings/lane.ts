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
/** A Redis that does not even refuse must not keep a server from stopping: what is left comes again. */
const STOP_WITHIN_MS = 5_000;

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
        const drafts = await this.prepare(messages);
        await this.underWay;
        this.underWay = this.commit(messages, drafts);
        // It is awaited above; until then a failure is not forgotten, only not yet heard.
        this.underWay.catch(() => {});
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

  private async prepare(messages: InboundMessage[]): Promise<Draft[]> {
    const hashes = messages.map(({ qos, topic, payload }) => (qos === 0 ? null : contentHash(topic, payload)));
    const skip = messages.some(({ dup }) => dup) ? await this.redelivered(messages, hashes) : null;
    for (const [place, message] of messages.entries()) {
      const hash = hashes[place];
      this.drafter.add(message, hash ? { packetId: message.packetId, hash } : null, skip?.get(message));
    }
    return this.drafter.finish();
  }

  /** Which systems had a redelivered message before: it changes nothing there, whatever time it carries. */
  private async redelivered(
    messages: InboundMessage[],
    hashes: (Uint8Array | null)[],
  ): Promise<Map<InboundMessage, Set<string>>> {
    // What is at Redis now belongs to what was seen.
    await this.underWay;
    const skip = new Map<InboundMessage, Set<string>>();
    const asked = new Map<string, { message: InboundMessage; delivery: Delivery }[]>();
    const earlier = new Set<string>();
    for (const [place, message] of messages.entries()) {
      const hash = hashes[place];
      if (!hash) continue;
      const key = `${message.packetId}:${Buffer.from(hash).toString('hex')}`;
      const systems = message.dup ? this.systemsOf(message.topic) : [];
      if (message.dup && earlier.has(key)) skip.set(message, new Set(systems));
      else {
        for (const system of systems) {
          const list = asked.get(system) ?? [];
          asked.set(system, list);
          list.push({ message, delivery: { packetId: message.packetId, hash } });
        }
      }
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
