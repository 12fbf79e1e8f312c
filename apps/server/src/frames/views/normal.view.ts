import { normalPoints, normalSlots, startOfDay } from '@citywall/aggregate';
import { parseAssetId } from '@citywall/model';
import { stateOf } from '@citywall/protocol';
import { type EvaluatorOf, loadMeta } from './evaluator.js';
import { NO_HISTORY, WindowReader } from './window-reader.js';

const DAY_MS = 86_400_000;
/** ms between two looks: days that are over change only by what came late. */
const RELOAD_EVERY_MS = 3_600_000;
const RETRY_EVERY_MS = 10_000;

/** What a series usually is at this time of day. Row key: the slot's start in ms, in the time that is shown. */
export const normalView: EvaluatorOf<'normal'> = (spec, context, dirty) => {
  const parts = parseAssetId(spec.asset) ?? { system: '', type: '', key: '' };
  const mirror = context.mirror(parts.system);
  const column = mirror.table(parts.type).column(spec.metric);
  const reader = new WindowReader(
    context,
    {
      asset: spec.asset,
      metric: spec.metric,
      step: spec.step,
      range: (now) => ({ from: startOfDay(now) - spec.days * DAY_MS, to: startOfDay(now) }),
      refreshEvery: RETRY_EVERY_MS,
      reloadEvery: RELOAD_EVERY_MS,
    },
    dirty,
  );
  reader.want();
  return {
    interval: 1_000,
    ready: reader.ready,
    evaluate(now) {
      const today = startOfDay(now);
      const nextLoad = reader.keepUp(now);
      const { from, to } = normalSlots(spec, now);
      return {
        state: stateOf(normalPoints(reader.values(), spec, now), {
          ...(column.metric?.unit === undefined ? {} : { unit: column.metric.unit }),
          ...(column.metric?.decimals === undefined ? {} : { decimals: column.metric.decimals }),
          ...loadMeta(mirror),
          ...(reader.unavailable ? { error: NO_HISTORY } : {}),
        }),
        // the first slot leaves, another one comes within reach, or a day ends
        until: Math.min(
          today + DAY_MS,
          from + spec.step + spec.window,
          Math.max(now, to - (spec.ahead ?? 0)) + 1,
          nextLoad,
        ),
      };
    },
    close: () => reader.close(),
  };
};
