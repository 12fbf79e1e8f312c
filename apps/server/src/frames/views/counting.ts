import { sinceOf, startOfDay } from '@citywall/aggregate';
import type { Occurrence, Origin } from '@citywall/model';
import { stateOf, type ViewSpec } from '@citywall/protocol';
import { type Evaluator, FEEDS_LOOK_MS, feedsMeta, loadMeta, type ViewContext } from './evaluator.js';

const DAY_MS = 86_400_000;

/** What was counted: rows by key, and how many occurrences of which origin they rest on. */
interface Counted {
  rows: (readonly [key: string, row: unknown])[];
  total: number;
  origin: Origin;
}

/**
 * Evaluator of a view that counts the occurrences of one system. `count` in meta is the sum, `capped` says that it is a lower
 * bound.
 */
export function countingEvaluator(
  spec: Extract<ViewSpec, { kind: 'tally' | 'flow' }>,
  context: ViewContext,
  dirty: () => void,
  count: (occurrences: Iterable<Occurrence>, now: number) => Counted,
): Evaluator {
  const mirror = context.mirror(spec.system);
  const types = spec.type === undefined ? undefined : [spec.type];
  return {
    interval: 500,
    evaluate(now) {
      const { rows, total, origin } = count(mirror.occurrences.all(), now);
      const capped = mirror.occurrences.isCutSince(sinceOf(spec.since, now));
      return {
        state: stateOf(rows, {
          count: total,
          origin,
          ...(capped ? { capped } : {}),
          ...feedsMeta(context, [spec.system], types, now),
          ...loadMeta(mirror),
        }),
        until: Math.min(countUntil(spec.since, now), now + FEEDS_LOOK_MS),
      };
    },
    close: mirror.occurrences.watch(dirty),
  };
}

/** When time alone changes the count: at midnight, or (a sliding span) a second later. */
function countUntil(since: 'today' | number | undefined, now: number): number {
  if (since === undefined) return Number.POSITIVE_INFINITY;
  return since === 'today' ? startOfDay(now) + DAY_MS : now + 1_000;
}
