import type { FeedFacts } from './feed-facts.js';

/** Silence of so many times the expected interval is a notice. */
export const SILENT_AFTER = 3;

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
      const silent = !(quiet?.now ?? false) && now - from > SILENT_AFTER * (facts.expect ?? Number.POSITIVE_INFINITY);
      if (silent === watched.silent) continue;
      watched.silent = silent;
      changes.push({ facts, silent, lastAt });
    }
    return changes;
  }
}

/** Whether it is a quiet hour now, and when the last quiet time ended (Unix ms). */
function quietState(quiet: { from: number; to: number }, zone: string, now: number): { now: boolean; endedAt: number } {
  const minute = localMinute(zone, now);
  const inside =
    quiet.from <= quiet.to ? minute >= quiet.from && minute < quiet.to : minute >= quiet.from || minute < quiet.to;
  return { now: inside, endedAt: now - ((minute - quiet.to + 1440) % 1440) * 60_000 };
}

/** Minutes since local midnight, with their fraction. */
function localMinute(zone: string, now: number): number {
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (offset) {
    const minutes = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -1 : 1);
    return (((now / 60_000 + minutes) % 1440) + 1440) % 1440;
  }
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const [hour, minute] = clock.format(now).split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0) + (now % 60_000) / 60_000;
}
