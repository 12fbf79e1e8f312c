import { counted } from './coverage.js';
import { type Member, numeric } from './member.js';

/**
 * The first `limit` members by value. Values count as `counted` says: a silent asset does not hold a place it may long
 * have lost, and coverage tells that it is missing. Of equal values the asset whose id comes first.
 */
export function rank<M extends Member>(members: readonly M[], order: 'asc' | 'desc', limit: number, now: number): M[] {
  const sign = order === 'desc' ? -1 : 1;
  return (counted(members, now) as M[])
    .filter((member) => numeric(member.value) !== null)
    .sort(
      (a, b) =>
        sign * ((numeric(a.value) as number) - (numeric(b.value) as number)) ||
        (a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0),
    )
    .slice(0, Math.max(0, limit));
}
