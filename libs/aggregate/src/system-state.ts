import type { SystemState } from '@citywall/model';
import type { QuietState } from './quiet.js';

/** A feed is silent after this many times its expected interval (one lost message is no silence). */
export const SILENT_AFTER_EXPECTS = 3;

/**
 * Whether a feed is alive: it brought a message within three expected intervals.
 * @param lastAt when its last message was received, Unix ms; null: never one
 * @param expect expected interval, ms; absent: nothing is promised, one message ever is enough
 * @param quiet of a feed with quiet hours: its silence is normal in them, and counts from their end
 */
export function feedLive(
  lastAt: number | null,
  expect: number | undefined,
  now: number,
  quiet: QuietState | null = null,
): boolean {
  if (lastAt === null) return false;
  if (expect === undefined || quiet?.now) return true;
  return now - Math.max(lastAt, quiet?.endedAt ?? 0) <= expect * SILENT_AFTER_EXPECTS;
}

export interface SystemFacts {
  /** expected assets with at least one fresh metric */
  fresh: number;
  /** expected assets */
  total: number;
  feedsLive: number;
  feedsTotal: number;
  /** anything was ever received */
  ever: boolean;
}

/**
 * live: everything expected is fresh · partial: some is · silent: nothing any more · waiting: nothing ever came.
 * A system that expects no assets (it only tells of occurrences) is judged by its feeds.
 */
export function systemState(facts: SystemFacts): SystemState {
  const [some, all] = facts.total > 0 ? [facts.fresh, facts.total] : [facts.feedsLive, facts.feedsTotal];
  if (some > 0) return some >= all ? 'live' : 'partial';
  return facts.ever ? 'silent' : 'waiting';
}
