import { quietState, SILENT_AFTER_EXPECTS } from '@citywall/aggregate';
import type { FeedFacts } from './feed-facts.js';

interface Watched {
  facts: FeedFacts;
  /** Unix ms of the newest message; 0: none yet */
  lastAt: number;
  silent: boolean;
}

/** A feed whose silence began or ended. */
export interface SilenceChange {
  facts: FeedFacts;
  silent: boolean;
  /** Unix ms of the newest message; 0: none since the start */
  lastAt: number;
}

/**
 * Watches feeds that say how often they should be heard (`expect`). Silence says only that nothing comes: it resolves
 * nothing and changes no value. Time is an argument.
 */
export class SilenceWatch {
  private readonly feeds = new Map<string, Watched>();

  /** Watches exactly these feeds from now on; those known before keep what they heard. */
  watch(facts: Iterable<FeedFacts>): SilenceChange[] {
    const before = new Map(this.feeds);
    this.feeds.clear();
    for (const one of facts) {
      if (one.expect === null) continue;
      const key = `${one.system}/${one.feed}`;
      const known = before.get(key);
      before.delete(key);
      this.feeds.set(key, { facts: one, lastAt: known?.lastAt ?? 0, silent: known?.silent ?? false });
    }
    // A feed that is no longer watched is not silent.
    return [...before.values()]
      .filter(({ silent }) => silent)
      .map(({ facts: gone, lastAt }) => ({ facts: gone, silent: false, lastAt }));
  }

  heard(system: string, feed: string, at: number): void {
    const watched = this.feeds.get(`${system}/${feed}`);
    if (watched && at > watched.lastAt) watched.lastAt = at;
  }

  /**
   * Whose silence began or ended by now.
   * @param listeningSince Unix ms since when the feed's broker is connected and state takes what comes; null: it is not,
   *   and silence can't be told from our own deafness
   */
  check(now: number, listeningSince: (facts: FeedFacts) => number | null): SilenceChange[] {
    const changes: SilenceChange[] = [];
    for (const watched of this.feeds.values()) {
      const { facts, lastAt } = watched;
      const since = listeningSince(facts);
      if (since === null) continue;
      const quiet = facts.quiet ? quietState(facts.quiet, facts.zone, now) : null;
      const from = Math.max(lastAt, since, quiet?.endedAt ?? 0);
      const silent =
        !(quiet?.now ?? false) && now - from > SILENT_AFTER_EXPECTS * (facts.expect ?? Number.POSITIVE_INFINITY);
      if (silent === watched.silent) continue;
      watched.silent = silent;
      changes.push({ facts, silent, lastAt });
    }
    return changes;
  }
}
