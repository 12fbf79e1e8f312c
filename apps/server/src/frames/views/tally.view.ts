import { sinceOf, startOfDay, tally } from '@citywall/aggregate';
import { stateOf } from '@citywall/protocol';
import { type EvaluatorOf, FEEDS_LOOK_MS, feedsMeta, loadMeta } from './evaluator.js';

const DAY_MS = 86_400_000;

/** Number of occurrences per value. Row key: the value. `count` in meta is the sum, `capped` says that it is a lower bound. */
export const tallyView: EvaluatorOf<'tally'> = (spec, context, dirty) => {
  const mirror = context.mirror(spec.system);
  return {
    interval: 500,
    evaluate(now) {
      const { counts, total, origin } = tally(mirror.occurrences.all(), spec, now);
      const capped = mirror.occurrences.isCutSince(sinceOf(spec.since, now));
      return {
        state: stateOf(
          counts.map(([value, count]) => [value, { count }] as const),
          {
            count: total,
            origin,
            ...(capped ? { capped } : {}),
            ...feedsMeta(context, [spec.system], spec.type === undefined ? undefined : [spec.type], now),
            ...loadMeta(mirror),
          },
        ),
        until: Math.min(countUntil(spec.since, now), now + FEEDS_LOOK_MS),
      };
    },
    close: mirror.occurrences.watch(dirty),
  };
};

/** When time alone changes the count: at midnight, or (a sliding span) a second later. */
export function countUntil(since: 'today' | number | undefined, now: number): number {
  if (since === undefined) return Number.POSITIVE_INFINITY;
  return since === 'today' ? startOfDay(now) + DAY_MS : now + 1_000;
}
