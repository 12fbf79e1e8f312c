import { type FlowLink, flow, sinceOf } from '@citywall/aggregate';
import { stateOf } from '@citywall/protocol';
import { type EvaluatorOf, FEEDS_LOOK_MS, feedsMeta, loadMeta } from './evaluator.js';
import { countUntil } from './tally.view.js';

/** Number of occurrences from one stage to the next. Row key: `step>from>to`, `>` inside a value doubled. `count` and `capped` in meta as in a tally. */
export const flowView: EvaluatorOf<'flow'> = (spec, context, dirty) => {
  const mirror = context.mirror(spec.system);
  return {
    interval: 500,
    evaluate(now) {
      const { links, total, origin } = flow(mirror.occurrences.all(), spec, now);
      const capped = mirror.occurrences.isCutSince(sinceOf(spec.since, now));
      return {
        state: stateOf(
          links.map((link) => [rowKey(link), link] as const),
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

/** `a>` to `b` and `a` to `>b` are two links: the sign between them is doubled inside a value. */
function rowKey({ step, from, to }: FlowLink): string {
  return [step, ...[from, to].map((value) => value.replaceAll('>', '>>'))].join('>');
}
