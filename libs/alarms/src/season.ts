import type { AlarmRule } from './rule.js';

const DAY_MS = 86_400_000;

/**
 * Whether a rule runs on the day of `now` (Unix ms). Days are those of the city: `offset` is its distance from UTC in ms.
 * A season that ends before it begins goes over the turn of the year.
 */
export function inSeason(season: AlarmRule['season'], now: number, offset: number): boolean {
  if (season === undefined) return true;
  const day = new Date(now + offset).toISOString().slice(5, 10);
  return season.from <= season.to ? season.from <= day && day <= season.to : season.from <= day || day <= season.to;
}

/** The first moment of the day after that of `now`, Unix ms. */
export function nextDay(now: number, offset: number): number {
  return (Math.floor((now + offset) / DAY_MS) + 1) * DAY_MS - offset;
}
