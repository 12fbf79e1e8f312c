/**
 * How long something has held by evidence. Time in which the input is unknown does not count; what was before does.
 * Plain data: it is kept with the alarm. Times are Unix ms.
 */
export interface Delay {
  /** counting since then; null: it stands still */
  since: number | null;
  /** ms that counted before */
  before: number;
  /** when it came to stand still; evidence of before that does not count twice */
  until: number;
}

export function beginDelay(since: number): Delay {
  return { since, before: 0, until: since };
}

/** Counts on from `at` where it stands still. */
export function resumeDelay(delay: Delay, at: number): void {
  if (delay.since === null) delay.since = Math.max(at, delay.until);
}

/** Stands still from `at` on. */
export function freezeDelay(delay: Delay, at: number): void {
  if (delay.since === null) return;
  delay.before += Math.max(0, at - delay.since);
  delay.until = Math.max(at, delay.since);
  delay.since = null;
}

/** When it will have held for `ms`; infinity while it stands still. */
export function delayDue(delay: Delay, ms: number): number {
  return delay.since === null ? Number.POSITIVE_INFINITY : delay.since + ms - delay.before;
}
