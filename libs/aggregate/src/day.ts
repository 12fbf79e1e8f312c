/**
 * The city's day. Asia/Shanghai is UTC+8 without daylight saving (since 1992), so a day's borders need no time-zone
 * table; a browser or a server in another zone still shows the city's "today".
 */
export const CITY_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** Local midnight before (or at) `now`, Unix ms. */
export function startOfDay(now: number): number {
  return Math.floor((now + CITY_OFFSET_MS) / DAY_MS) * DAY_MS - CITY_OFFSET_MS;
}
