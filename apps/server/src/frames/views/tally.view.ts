import { tally } from '@citywall/aggregate';
import { countingEvaluator } from './counting.js';
import type { EvaluatorOf } from './evaluator.js';

/** Number of occurrences per value. Row key: the value. */
export const tallyView: EvaluatorOf<'tally'> = (spec, context, dirty) =>
  countingEvaluator(spec, context, dirty, (occurrences, now) => {
    const { counts, total, origin } = tally(occurrences, spec, now);
    return { rows: counts.map(([value, count]) => [value, { count }] as const), total, origin };
  });
