import type { InboundMessage, MessageSink } from '../../../apps/server/src/feeds/inbound.js';

/** A lane that only keeps what it gets; tests wait on it instead of on time. */
export class FakeSink implements MessageSink {
  readonly messages: InboundMessage[] = [];
  held = false;
  private callbacks: (() => void)[] = [];
  private watchers: (() => void)[] = [];

  offer(message: InboundMessage): void {
    this.messages.push(message);
    this.changed();
  }

  onReady(callback: () => void): void {
    this.callbacks.push(callback);
    this.changed();
  }

  /** Whether a gateway waits to read on. */
  get waiting(): boolean {
    return this.callbacks.length > 0;
  }

  release(): void {
    this.held = false;
    const callbacks = this.callbacks;
    this.callbacks = [];
    for (const callback of callbacks) callback();
  }

  async until(condition: (sink: FakeSink) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.watchers.push(resolve);
      });
    }
  }

  private changed(): void {
    const watchers = this.watchers;
    this.watchers = [];
    for (const watcher of watchers) watcher();
  }
}
