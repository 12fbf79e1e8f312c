/** Quality of a reading as it was received. *stale* is never stored: it is derived from age (see `@citywall/aggregate`). */
export const QUALITIES = ['good', 'uncertain', 'bad'] as const;
export type Quality = (typeof QUALITIES)[number];

/** What a panel or an API shows: stale wins over the stored quality. */
export type ShownQuality = Quality | 'stale';

/** Where a value came from. Any simulated member makes an aggregate simulated; exercise outranks simulated. */
export const ORIGINS = ['live', 'simulated', 'exercise'] as const;
export type Origin = (typeof ORIGINS)[number];

/**
 * Flags say why a reading is not plain good, or how it came:
 * `clock` device time was implausible, received time is used · `no-time` the message had no time ·
 * `range` outside the catalogue's range · `rate` changed faster than the catalogue allows ·
 * `manual` entered by a person · `vendor` the vendor itself marked it doubtful · `retained` came as a retained message.
 */
export const FLAGS = ['clock', 'no-time', 'range', 'rate', 'manual', 'vendor', 'retained'] as const;
export type Flag = (typeof FLAGS)[number];

const QUALITY_RANK: Record<Quality, number> = { good: 0, uncertain: 1, bad: 2 };
const ORIGIN_RANK: Record<Origin, number> = { live: 0, simulated: 1, exercise: 2 };

export function worseQuality(a: Quality, b: Quality): Quality {
  return QUALITY_RANK[a] >= QUALITY_RANK[b] ? a : b;
}

export function mergeOrigin(a: Origin, b: Origin): Origin {
  return ORIGIN_RANK[a] >= ORIGIN_RANK[b] ? a : b;
}
