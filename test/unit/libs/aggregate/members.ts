import type { Member } from '@citywall/aggregate';

/** The clock of these tests: 2026-07-09 14:35 in Chongqing. */
export const NOW = Date.UTC(2026, 6, 9, 6, 35);
export const MINUTE = 60_000;

/** A member with a fresh good value, one minute old, stale after five. */
export function member(key: string, value: Member['value'], more: Partial<Member> = {}): Member {
  return {
    asset: `water/reservoir/${key}`,
    name: key,
    value,
    at: NOW - MINUTE,
    quality: 'good',
    origin: 'live',
    staleAfter: 5 * MINUTE,
    expected: true,
    attributes: {},
    ...more,
  };
}

/** The same, measured an hour ago. */
export function staleMember(key: string, value: Member['value'], more: Partial<Member> = {}): Member {
  return member(key, value, { at: NOW - 60 * MINUTE, ...more });
}
