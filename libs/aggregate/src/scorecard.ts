/** Messages a feed promises to bring in every span of `per` ms. */
export interface RatePromise {
  per: number;
  /** at least; null: nothing is promised */
  min: number | null;
  /** at most; null: any number */
  max: number | null;
}

/**
 * What a feed brought in an hour, as sums that add up: over hours, over feeds, over processes.
 * `due` may have a fraction, all others are whole.
 */
export const SCORE_FIELDS = [
  'messages', // received
  'due', // messages that were expected while we listened, quiet hours left out
  'filled', // of these, how many came; what is more in one span does not make up for another one
  'over', // messages above the most that a span may have
  'judged', // readings, occurrences and rejected parts
  'valid', // of these, those that can be believed
  'rejected', // of these, rejected parts
  'timed', // readings and occurrences with a promised delay
  'timely', // of these, those within it
  'arrived', // readings and occurrences that state was given
  'duplicates', // of these, repetitions
] as const;
export type ScoreField = (typeof SCORE_FIELDS)[number];
export type ScoreSums = Record<ScoreField, number>;

export function noScores(): ScoreSums {
  return Object.fromEntries(SCORE_FIELDS.map((field) => [field, 0])) as ScoreSums;
}

/** Adds the second to the first. */
export function addScores(sums: ScoreSums, more: Partial<ScoreSums>): ScoreSums {
  for (const field of SCORE_FIELDS) sums[field] += more[field] ?? 0;
  return sums;
}

/** Assets that a feed is expected to tell of, and of how many it did. */
export interface HeardAssets {
  expected: number;
  heard: number;
}

/** The four figures of a health check, 0…100 with one decimal, never rounded up; null: nothing to judge by. */
export interface Scores {
  /** the lower of: messages that came of those due, assets heard of those expected */
  completeness: number | null;
  /** readings and occurrences received within the promised delay after they were measured */
  timeliness: number | null;
  /** good ones of all, rejected parts being in all */
  validity: number | null;
  /** all but repetitions */
  uniqueness: number | null;
}

export function scoresOf(sums: ScoreSums, assets: HeardAssets | null): Scores {
  const shares = [percent(sums.filled, wholeDue(sums)), assets && percent(assets.heard, assets.expected)];
  const known = shares.filter((share) => share !== null);
  return {
    completeness: known.length > 0 ? Math.min(...known) : null,
    timeliness: percent(sums.timely, sums.timed),
    validity: percent(sums.valid, sums.judged),
    uniqueness: percent(sums.arrived - sums.duplicates, sums.arrived),
  };
}

/** Messages due: one that is not wholly due is not missed yet. */
export function wholeDue(sums: Pick<ScoreSums, 'due'>): number {
  // Many fractions were added up: 59.999999 is 60.
  return Math.floor(sums.due + 1e-6);
}

/** Share in percent, one decimal, cut off: only the whole is 100. Null of nothing. */
export function percent(part: number, whole: number): number | null {
  if (!(whole > 0)) return null;
  return Math.max(0, Math.min(1_000, Math.floor((part * 1_000) / whole + 1e-9))) / 10;
}

/** How many messages are due in `ms` of listening. */
export function dueIn(rate: RatePromise, ms: number): number {
  return rate.min === null ? 0 : (rate.min * ms) / rate.per;
}

/**
 * Holds what comes against a rate, span by span (aligned to the epoch). A gap no longer than the span leaves no span of
 * `min: 1` empty, so a feed is judged by its promise and not by where its messages fall.
 */
export class RateSpans {
  private span = Number.NEGATIVE_INFINITY;
  private count = 0;

  /** @param at Unix ms of receipt; an earlier one than before (a clock set back) belongs to the span under way */
  take(rate: RatePromise, at: number, messages: number): { filled: number; over: number } {
    const span = Math.floor(at / rate.per);
    if (span > this.span) {
      this.span = span;
      this.count = 0;
    }
    const before = this.count;
    this.count += messages;
    const within = (bound: number) => Math.min(this.count, bound) - Math.min(before, bound);
    return {
      filled: rate.min === null ? 0 : within(rate.min),
      over: rate.max === null ? 0 : messages - within(rate.max),
    };
  }
}
