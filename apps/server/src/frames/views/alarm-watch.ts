import type { ViewMeta } from '@citywall/protocol';
import type { AlarmSource } from '../ports.js';

/**
 * Whether "none" of some systems is a finding: an error where their alarms were not read yet, how many of them nobody evaluates,
 * else since when all are evaluated without a break.
 */
export function watchOf(
  alarms: Pick<AlarmSource, 'knows' | 'watchedSince'>,
  systems: readonly string[],
): Pick<ViewMeta, 'error' | 'unwatched' | 'watchedSince'> {
  if (!systems.every((system) => alarms.knows(system))) return { error: 'not-loaded' };
  const since = systems.map((system) => alarms.watchedSince(system));
  const unwatched = since.filter((at) => at === null).length;
  if (unwatched > 0) return { unwatched };
  return systems.length === 0 ? {} : { watchedSince: Math.max(...since.map((at) => at ?? 0)) };
}
