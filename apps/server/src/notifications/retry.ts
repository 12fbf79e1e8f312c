const FIRST_MS = 2_000;
const LONGEST_MS = 15 * 60_000;

/**
 * Pause before the next attempt, ms: doubles with every attempt up to 15 min, and is taken at random from its upper half, so
 * that what failed together does not come back together.
 * @param attempts made so far, from 1
 * @param random 0 ≤ random < 1
 */
export function pauseAfter(attempts: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(full / 2 + (full / 2) * random);
}

/** What came of an attempt; `detail` holds nothing of address or body. */
export type Attempt =
  | { outcome: 'delivered' }
  /** it is tried again */
  | { outcome: 'failed'; reason: FailureReason; detail: string; retryAfter?: number }
  /** it will never be taken as it is */
  | { outcome: 'refused'; reason: FailureReason; detail: string };

export const FAILURE_REASONS = [
  'unreachable', // no connection, or a broken one
  'timeout', // no answer in time
  'busy', // 408, 425, 429, or the bot's own limit
  'server-error', // 5xx
  'rejected', // any other answer than yes
  'redirected', // 3xx: not followed
  'address-refused', // loopback without `loopback: true`, link-local, multicast
  'no-target', // the target is not in the file any more
  'queue-full', // too many were waiting
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** Codes of a bot's answer that mean "later": too many a minute, or busy. */
const LATER_CODES = new Set([-1, 45009, 45033, 130101, 410100]);

/**
 * What an answer means.
 * @param bot whether the body of a 200 says by `errcode` what came of it
 */
export function judge(status: number, body: string, bot: boolean, retryAfter?: number): Attempt {
  const later = retryAfter === undefined ? {} : { retryAfter };
  if (status >= 300 && status < 400)
    return { outcome: 'refused', reason: 'redirected', detail: `answer ${status}: redirects are not followed` };
  if (status === 408 || status === 425 || status === 429)
    return { outcome: 'failed', reason: 'busy', detail: `answer ${status}`, ...later };
  if (status >= 500) return { outcome: 'failed', reason: 'server-error', detail: `answer ${status}`, ...later };
  if (status < 200 || status >= 400) return { outcome: 'refused', reason: 'rejected', detail: `answer ${status}` };
  return bot ? ofBot(body) : { outcome: 'delivered' };
}

function ofBot(body: string): Attempt {
  let code: unknown;
  try {
    code = (JSON.parse(body) as { errcode?: unknown }).errcode;
  } catch {
    return { outcome: 'failed', reason: 'server-error', detail: 'the answer is not JSON' };
  }
  if (code === 0) return { outcome: 'delivered' };
  if (typeof code !== 'number') return { outcome: 'refused', reason: 'rejected', detail: 'the answer has no errcode' };
  const detail = `errcode ${code}`;
  return LATER_CODES.has(code)
    ? { outcome: 'failed', reason: 'busy', detail }
    : { outcome: 'refused', reason: 'rejected', detail };
}
