import type { Quality, ShownQuality } from '@citywall/model';

/**
 * A value older than this many ms is stale; exactly that old is not. Without `staleAfter` a value never is: things
 * that report only changes. A measured time in the future (a clock up to 5 min ahead is accepted) is fresh.
 */
export function isStale(at: number, staleAfter: number | undefined, now: number): boolean {
  return staleAfter !== undefined && now - at > staleAfter;
}

/** What a panel or an API shows of a value: stale wins over the stored quality. Times and `staleAfter` in ms. */
export function shownQuality(at: number, staleAfter: number | undefined, quality: Quality, now: number): ShownQuality {
  return isStale(at, staleAfter, now) ? 'stale' : quality;
}

/**
 * When a value becomes stale, Unix ms: the first moment at which `isStale` turns true. Infinity: never, or it already is.
 * Lets a caller wait instead of asking every second.
 */
export function turnsStaleAt(at: number, staleAfter: number | undefined, now: number): number {
  return staleAfter === undefined || isStale(at, staleAfter, now) ? Number.POSITIVE_INFINITY : at + staleAfter + 1;
}
