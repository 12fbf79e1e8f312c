import { feedLive, parseQuiet, quietState } from '@citywall/aggregate';
import type { FeedSpec } from '@citywall/mapping';
import type { FeedCounters } from '../../state/index.js';
import type { Clock } from '../clock.js';
import type { PackSource, StateSource } from '../ports.js';

/** How often the counters are read, ms. */
export const FEEDS_EVERY_MS = 2_000;
/** Weight of the newest measurement in the rate: it settles within about 6 s and doesn't jump. */
const WEIGHT = 0.4;

/** What was heard of some feeds. */
export interface FeedsHeard {
  /** brought a message when one was expected */
  live: number;
  total: number;
  /** when the newest message of any of them came, Unix ms; null: none ever did */
  heardAt: number | null;
  /** false: the counters were not read yet, so that the others mean nothing */
  known: boolean;
}

/** Whether a feed can bring occurrences of one of the types; a type that only the message knows (`{kind}`) may be any. */
function brings(feed: Pick<FeedSpec, 'occurrences'>, types: readonly string[]): boolean {
  return (feed.occurrences ?? []).some(({ type }) => types.length === 0 || type.includes('{') || types.includes(type));
}

/** Which feeds live, and how many messages a second they all bring: from the counters that ingest keeps in state. */
export class FeedWatch {
  private counters: ReadonlyMap<string, ReadonlyMap<string, FeedCounters>> = new Map();
  private cancel: (() => void) | undefined;
  private last: { at: number; messages: ReadonlyMap<string, number> } | null = null;
  private measured: number | null = null;
  private stopped = false;

  constructor(
    private readonly state: Pick<StateSource, 'feedCounters'>,
    private readonly packs: PackSource,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.stopped = false;
    void this.read();
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
  }

  /** Messages a second over the last seconds, all feeds, one decimal; 0 while state can't be read. */
  get rate(): number {
    return Math.round((this.measured ?? 0) * 10) / 10;
  }

  /**
   * Feeds of a system, and how many of them brought a message when one was expected.
   * @param types only feeds that can bring occurrences of these types, an empty list: any occurrences. @default all feeds
   */
  feeds(system: string, now: number, types?: readonly string[]): FeedsHeard {
    const pack = this.packs.all().find(({ id }) => id === system);
    const feeds = pack?.feeds.filter((feed) => !feed.ignore && (types === undefined || brings(feed, types))) ?? [];
    const counters = this.counters.get(system);
    let live = 0;
    let heardAt: number | null = null;
    for (const feed of feeds) {
      const lastAt = counters?.get(feed.id)?.lastAt || null;
      if (lastAt !== null) heardAt = Math.max(heardAt ?? lastAt, lastAt);
      const quiet = parseQuiet(feed.quiet);
      const expect = typeof feed.expect === 'number' ? feed.expect : undefined;
      if (feedLive(lastAt, expect, now, quiet && pack && quietState(quiet, pack.zone, now))) live++;
    }
    return { live, total: feeds.length, heardAt, known: counters !== undefined };
  }

  private async read(): Promise<void> {
    const systems = this.packs.all().filter((pack) => pack.kind === 'system');
    try {
      const counters = await Promise.all(
        systems.map(async ({ id }) => [id, await this.state.feedCounters(id)] as const),
      );
      this.counters = new Map(counters);
      this.measure(this.clock.now());
    } catch {
      // Redis is gone, which its own notice says; a rate of the past would be a lie.
      this.last = null;
      this.measured = null;
    }
    if (!this.stopped) this.cancel = this.clock.after(FEEDS_EVERY_MS, () => void this.read());
  }

  private measure(now: number): void {
    const messages = new Map<string, number>();
    for (const [system, feeds] of this.counters) {
      for (const [feed, counter] of feeds) messages.set(`${system}/${feed}`, counter.messages);
    }
    const { last } = this;
    this.last = { at: now, messages };
    if (last === null || now <= last.at) return;
    let sum = 0;
    for (const [feed, count] of messages) sum += Math.max(0, count - (last.messages.get(feed) ?? count));
    const rate = (sum * 1_000) / (now - last.at);
    this.measured = this.measured === null ? rate : this.measured + WEIGHT * (rate - this.measured);
  }
}
