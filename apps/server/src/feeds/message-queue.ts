import type { InboundMessage } from './inbound.js';

/** What a queue may hold before its socket is no longer read. */
export interface QueueLimits {
  messages: number;
  /** bytes of payload */
  bytes: number;
}

export const QUEUE_LIMITS: QueueLimits = { messages: 5_000, bytes: 32 * 1024 * 1024 };

/**
 * Messages of one connection between the socket and their batch, in order. Above its limits it gives up QoS 0 messages,
 * the oldest first; what was promised (QoS 1) is never given up: then `over` tells the gateway to stop reading.
 */
export class MessageQueue {
  private items: (InboundMessage | null)[] = [];
  private head = 0;
  /** nothing before this place is QoS 0 any more */
  private shedFrom = 0;
  private unpromised = 0;
  private count = 0;
  private size = 0;

  constructor(private readonly limits: QueueLimits = QUEUE_LIMITS) {}

  /** messages waiting */
  get length(): number {
    return this.count;
  }

  /** bytes of payload waiting */
  get bytes(): number {
    return this.size;
  }

  get over(): boolean {
    return this.count >= this.limits.messages || this.size >= this.limits.bytes;
  }

  /** Below half of the limits: reading may go on, and is not stopped again at once. */
  get relaxed(): boolean {
    return this.count <= this.limits.messages / 2 && this.size <= this.limits.bytes / 2;
  }

  /** Takes a message in; returns how many QoS 0 messages were given up for it. */
  push(message: InboundMessage): number {
    this.items.push(message);
    this.count += 1;
    this.size += message.payload.length;
    if (message.qos === 0) this.unpromised += 1;
    let shed = 0;
    while (this.unpromised > 0 && (this.count > this.limits.messages || this.size > this.limits.bytes)) {
      this.shedOldest();
      shed += 1;
    }
    return shed;
  }

  /** The next messages, at most `messages` and about `bytes`, but one at least. */
  take(messages: number, bytes: number): InboundMessage[] {
    const taken: InboundMessage[] = [];
    let size = 0;
    while (this.head < this.items.length && taken.length < messages && (taken.length === 0 || size < bytes)) {
      const message = this.items[this.head] ?? null;
      this.items[this.head++] = null;
      if (message === null) continue;
      taken.push(message);
      size += message.payload.length;
      this.forget(message);
    }
    this.shedFrom = Math.max(this.shedFrom, this.head);
    // The space of what was taken is given back from time to time, not for every batch.
    if (this.head === this.items.length || this.head > 10_000) {
      this.items = this.items.slice(this.head);
      this.shedFrom -= this.head;
      this.head = 0;
    }
    return taken;
  }

  private shedOldest(): void {
    while (this.items[this.shedFrom]?.qos !== 0) this.shedFrom += 1;
    this.forget(this.items[this.shedFrom] as InboundMessage);
    this.items[this.shedFrom++] = null;
  }

  private forget(message: InboundMessage): void {
    this.count -= 1;
    this.size -= message.payload.length;
    if (message.qos === 0) this.unpromised -= 1;
  }
}
