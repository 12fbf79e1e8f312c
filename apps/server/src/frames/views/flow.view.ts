import { type FlowLink, flow } from '@citywall/aggregate';
import { countingEvaluator } from './counting.js';
import type { EvaluatorOf } from './evaluator.js';

/** Number of occurrences from one stage to the next. Row key: `step>from>to`, `>` inside a value doubled. */
export const flowView: EvaluatorOf<'flow'> = (spec, context, dirty) =>
  countingEvaluator(spec, context, dirty, (occurrences, now) => {
    const { links, total, origin } = flow(occurrences, spec, now);
    return { rows: links.map((link) => [rowKey(link), link] as const), total, origin };
  });

/** `a>` to `b` and `a` to `>b` are two links: the sign between them is doubled inside a value. */
function rowKey({ step, from, to }: FlowLink): string {
  return [step, ...[from, to].map((value) => value.replaceAll('>', '>>'))].join('>');
}
