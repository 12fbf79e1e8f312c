import { addScores, dueIn, noScores, RateSpans, type ScoreSums } from '@citywall/aggregate';
import type { FeedFacts } from '../readings/feed-facts.js';
import type { ApplyResult, BatchOccurrence, BatchReading, BatchRejection, StateBatch } from '../state/index.js';

export const HOUR = 3_600_000;
/** A process that was held up for longer than this did not listen meanwhile, ms. */
const LONGEST_LOOK = 5_000;

/** What a scorecard wants to know of a batch that is in state. */
export interface Scored extends Pick<StateBatch, 'readings' | 'occurrences' | 'rejections'> {
  system: string;
  feeds: ReadonlyMap<string, { messages: number; lastAt: number }>;
}

/** Sums of one feed in one hour. What no feed took stands under the feed `''`. */
export interface HourSums {
  system: string;
  feed: string;
  /** hours since the epoch */
  hour: number;
  sums: ScoreSums;
}

/** Figures of the last moments, by feed and hour, until they are written. Time is an argument. */
export class ScoreBook {
  private open = new Map<string, HourSums>();
  private readonly spans = new Map<string, RateSpans>();
  private lookedAt: number | null = null;

  /** Counts a batch that is in state. A batch belongs to the hour of its newest message. */
  applied(batch: Scored, result: Pick<ApplyResult, 'feeds'>, facts: ReadonlyMap<string, FeedFacts>, now: number): void {
    const { system } = batch;
    // A batch has many readings and few feeds: the way to a feed's sums is found once.
    const ways = new Map<string, Way>();
    const wayOf = (feed: string): Way => {
      let way = ways.get(feed);
      if (!way) {
        const maxAge = facts.get(feed)?.contract.maxAge ?? null;
        way = { sums: this.sums(system, feed, batch.feeds.get(feed)?.lastAt ?? now), maxAge, kept: 0 };
        ways.set(feed, way);
      }
      return way;
    };
    for (const [feed, { messages, lastAt }] of batch.feeds) {
      const rate = facts.get(feed)?.contract.rate;
      const held = rate ? this.spansOf(system, feed).take(rate, lastAt, messages) : {};
      addScores(wayOf(feed).sums, { messages, ...held });
    }
    for (const reading of batch.readings) judge(reading, wayOf(reading.feed));
    for (const occurrence of batch.occurrences) judgeOccurrence(occurrence, wayOf(occurrence.feed));
    for (const rejection of batch.rejections) {
      const rejected = partsOf(rejection);
      addScores(wayOf(rejection.feed).sums, { judged: rejected, rejected });
    }
    for (const [feed, { accepted, duplicates, occurrences }] of result.feeds) {
      const { sums, kept } = wayOf(feed);
      // What the broker keeps comes again whenever we subscribe: its repetition is not the feed's.
      const own = duplicates - Math.min(duplicates, kept);
      sums.arrived += accepted + occurrences + own;
      sums.duplicates += own;
    }
  }

  /**
   * Counts what was due since the last look: only while we listened, and outside quiet hours.
   * @param listening Unix ms since when we listen to the feed; null: we don't, or silence is normal now
   */
  look(feeds: Iterable<FeedFacts>, now: number, listening: (facts: FeedFacts) => number | null): void {
    const last = this.lookedAt;
    this.lookedAt = now;
    if (last === null || now <= last || now - last > LONGEST_LOOK) return;
    for (const facts of feeds) {
      const since = listening(facts);
      const { rate } = facts.contract;
      if (since === null || !rate || rate.min === null) continue;
      const due = dueIn(rate, now - Math.max(last, since));
      if (due > 0) addScores(this.sums(facts.system, facts.feed, now), { due });
    }
  }

  /** Everything counted since the last time. */
  drain(): HourSums[] {
    const drained = [...this.open.values()];
    this.open = new Map();
    return drained;
  }

  private sums(system: string, feed: string, at: number): ScoreSums {
    const hour = Math.floor(at / HOUR);
    const key = `${system}/${feed}/${hour}`;
    let entry = this.open.get(key);
    if (!entry) {
      entry = { system, feed, hour, sums: noScores() };
      this.open.set(key, entry);
    }
    return entry.sums;
  }

  private spansOf(system: string, feed: string): RateSpans {
    const key = `${system}/${feed}`;
    let spans = this.spans.get(key);
    if (!spans) {
      spans = new RateSpans();
      this.spans.set(key, spans);
    }
    return spans;
  }
}

/** Where a feed's figures of a batch go. */
interface Way {
  sums: ScoreSums;
  /** promised delay, ms; null: none */
  maxAge: number | null;
  /** readings that the broker had kept */
  kept: number;
}

/** A reading can be believed when it is good, or uncertain only because it says no time: that is a matter of timeliness. */
function judge({ quality, flags, at, receivedAt }: BatchReading, way: Way): void {
  const { sums, maxAge } = way;
  const untimed = flags.includes('no-time');
  const retained = flags.includes('retained');
  sums.judged++;
  if (quality === 'good' || (quality === 'uncertain' && untimed && !flags.some(isDoubt))) sums.valid++;
  if (retained) way.kept++;
  // What the broker had kept is as old as it is.
  if (maxAge === null || retained) return;
  sums.timed++;
  // A promise that can't be checked (no time, a clock that is wrong) is not kept.
  if (!untimed && !flags.includes('clock') && receivedAt - at <= maxAge) sums.timely++;
}

const isDoubt = (flag: string) => flag === 'range' || flag === 'rate' || flag === 'vendor' || flag === 'clock';

function judgeOccurrence({ occurrence, create }: BatchOccurrence, { sums, maxAge }: Way): void {
  sums.judged++;
  sums.valid++;
  if (maxAge === null || !create) return;
  sums.timed++;
  if (occurrence.receivedAt - occurrence.at <= maxAge) sums.timely++;
}

function partsOf({ rejections, unlisted, counted }: BatchRejection): number {
  return counted ? 0 : rejections.length + (unlisted ?? 0);
}
