import { isStale } from './freshness.js';
import type { Member } from './member.js';

/** How much of what is expected stands behind a figure. */
export interface Covered {
  /** expected members with a fresh value that is not bad */
  fresh: number;
  /** expected members */
  total: number;
  /** measured time of the oldest value that counts in the figure, Unix ms; null where none does */
  oldestAt: number | null;
}

/** Has a value, and one that can be believed: `bad` is outside what physics or the vendor allows. */
export function isUsable(member: Member): boolean {
  return member.value !== null && member.quality !== 'bad';
}

export function isFresh(member: Member, now: number): boolean {
  return isUsable(member) && !isStale(member.at, member.staleAfter, now);
}

/**
 * The members whose values count in a figure: **the fresh ones, where at least one is fresh; else the stale ones** (the
 * last known picture, which coverage 0/n marks as such). Bad values never count. A mixture would be neither current
 * nor complete, and would change whenever a silent source happened to speak.
 */
export function counted(members: readonly Member[], now: number): Member[] {
  const fresh = members.filter((member) => isFresh(member, now));
  return fresh.length > 0 ? fresh : members.filter(isUsable);
}

/** @param counting members whose values the figure uses, see `counted` */
export function coverage(members: readonly Member[], counting: readonly Member[], now: number): Covered {
  let fresh = 0;
  let total = 0;
  for (const member of members) {
    if (!member.expected) continue;
    total++;
    if (isFresh(member, now)) fresh++;
  }
  let oldestAt: number | null = null;
  for (const member of counting) if (oldestAt === null || member.at < oldestAt) oldestAt = member.at;
  return { fresh, total, oldestAt };
}
