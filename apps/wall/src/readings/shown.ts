import { isStale, shownQuality as qualityOf } from '@citywall/aggregate';
import type { Origin, Quality, ShownQuality } from '@citywall/model';

export { isStale };

/** The part of a reading that says how far to trust it. Times are Unix ms, server clock. */
export interface Dated {
  at: number;
  quality: Quality;
  origin: Origin;
  /** ms after `at`; absent: never stale */
  staleAfter?: number | undefined;
}

/** Quality as a screen shows it: stale wins over what was stored. */
export function shownQuality(reading: Dated, now: number): ShownQuality {
  return qualityOf(reading.at, reading.staleAfter, reading.quality, now);
}

/** The attributes every element that shows a reading carries (public contract, design §15). */
export interface ReadingAttributes {
  'data-asset': string | undefined;
  'data-metric': string;
  'data-at': string | undefined;
  'data-quality': ShownQuality;
  'data-origin': Origin;
}

export function readingAttributes(
  reading: Dated & { asset?: string | undefined; metric: string },
  now: number,
): ReadingAttributes {
  return {
    'data-asset': reading.asset,
    'data-metric': reading.metric,
    'data-at': iso(reading.at),
    'data-quality': shownQuality(reading, now),
    'data-origin': reading.origin,
  };
}

/** ISO 8601 of a time, undefined where there is none (0 and non-finite mean "never"). */
export function iso(at: number | null | undefined): string | undefined {
  return at !== null && at !== undefined && Number.isFinite(at) && at > 0 && at < 8.64e15
    ? new Date(at).toISOString()
    : undefined;
}
