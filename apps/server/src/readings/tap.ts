import type { InboundMessage } from '../feeds/inbound.js';

/** Least ms between two messages of a feed that are kept. */
export const TAP_EVERY_MS = 1_000;

/**
 * Lets one message a second and feed through to whoever looks at feeds (the feed inspector). Costs a look-up a message;
 * what is kept is a sample, and losing one is no loss.
 */
export class Tap {
  /** system → feed → Unix ms of the last message let through */
  private readonly last = new Map<string, Map<string, number>>();

  constructor(private readonly keep: (system: string, feed: string, message: InboundMessage) => void) {}

  see(system: string, feed: string, message: InboundMessage): void {
    let feeds = this.last.get(system);
    if (!feeds) {
      feeds = new Map();
      this.last.set(system, feeds);
    }
    // A clock that was set back must not close the tap.
    const since = message.receivedAt - (feeds.get(feed) ?? Number.NEGATIVE_INFINITY);
    if (since >= 0 && since < TAP_EVERY_MS) return;
    feeds.set(feed, message.receivedAt);
    this.keep(system, feed, message);
  }
}
