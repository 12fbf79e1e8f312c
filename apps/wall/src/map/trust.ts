import { isStale } from '@citywall/aggregate';
import type { MemberCondition, ValueRow } from '@citywall/protocol';

/**
 * How an asset stands on the map, the worst last. What happens in the city (`attention`) outranks what happens to the data;
 * data trouble is drawn in grey and hatch, never in colour.
 */
export const STANDINGS = ['good', 'uncertain', 'stale', 'none', 'attention'] as const;
export type Standing = (typeof STANDINGS)[number];

/** Worse of two standings. */
export function worse(a: Standing, b: Standing): Standing {
  return STANDINGS.indexOf(a) >= STANDINGS.indexOf(b) ? a : b;
}

/** Whether a value meets a condition; bounds that name an attribute are looked up in the row. */
export function meets(row: Pick<ValueRow, 'value' | 'attributes'>, where: MemberCondition | undefined): boolean {
  if (!where) return false;
  const { value } = row;
  if (value === null) return false;
  if (where.is !== undefined) return where.is.includes(value);
  if (typeof value !== 'number') return false;
  const bound = (limit: number | { attribute: string } | undefined): number | undefined => {
    if (typeof limit !== 'object') return limit;
    const attribute = row.attributes?.[limit.attribute];
    return typeof attribute === 'number' ? attribute : Number.NaN;
  };
  const above = bound(where.above);
  const below = bound(where.below);
  const atLeast = bound(where.atLeast);
  const atMost = bound(where.atMost);
  if (above === undefined && below === undefined && atLeast === undefined && atMost === undefined) return false;
  return (
    (above === undefined || value > above) &&
    (below === undefined || value < below) &&
    (atLeast === undefined || value >= atLeast) &&
    (atMost === undefined || value <= atMost)
  );
}

/** A stale value can't ask for attention: nobody knows whether it still holds. */
export function standingOf(row: ValueRow, attention: MemberCondition | undefined, now: number): Standing {
  if (row.value === null || row.quality === 'bad') return 'none';
  if (isStale(row.at, row.staleAfter, now)) return 'stale';
  if (meets(row, attention)) return 'attention';
  return row.quality === 'uncertain' ? 'uncertain' : 'good';
}
