import { assembleSeries, slotsOf } from '@citywall/aggregate';
import { parseAssetId } from '@citywall/model';
import { stateOf, type ViewMeta } from '@citywall/protocol';
import { closeAll, type EvaluatorOf, loadMeta } from './evaluator.js';
import { Summing } from './rows.js';
import { NO_HISTORY, RELOAD_EVERY_MS, WindowReader } from './window-reader.js';

/**
 * Windows of one series; a new value asks for the newest two slots again. Row key: the slot's start in ms. A shifted
 * series shows another day: new values don't concern it, its rows keep the times they were measured at.
 */
export const seriesView: EvaluatorOf<'series'> = (spec, context, dirty) => {
  const parts = parseAssetId(spec.asset) ?? { system: '', type: '', key: '' };
  const mirror = context.mirror(parts.system);
  const table = mirror.table(parts.type);
  const column = table.column(spec.metric);
  /** the asset's index, once it is known */
  let mine = table.find(spec.asset);
  const past = (spec.shift ?? 0) > 0;
  const reader = new WindowReader(
    context,
    {
      asset: spec.asset,
      metric: spec.metric,
      step: spec.step,
      range: (now) => {
        const { from, to } = slotsOf(spec, now);
        // nothing announces the next slot of another day: it is read before its turn
        return past ? { from, to: to + Math.ceil(RELOAD_EVERY_MS / spec.step) * spec.step } : { from, to };
      },
    },
    dirty,
  );
  const ends = closeAll(
    past
      ? []
      : [
          table.watch((index) => {
            mine ??= table.find(spec.asset);
            if (index === mine) reader.want();
          }),
          column.watch((index) => index === mine && reader.want()),
        ],
  );
  reader.want();
  return {
    interval: 500,
    ready: reader.ready,
    evaluate(now, before) {
      const nextLoad = reader.keepUp(now);
      if (reader.isBehind(now)) return { state: before, until: Number.POSITIVE_INFINITY };
      const nextSlot = (Math.floor(now / spec.step) + 1) * spec.step;
      return {
        state: stateOf(assembleSeries(reader.values(), spec, now), meta(now)),
        until: Math.min(nextSlot, nextLoad),
      };
    },
    close() {
      reader.close();
      ends();
    },
  };

  function meta(now: number): ViewMeta {
    const sum = new Summing();
    // A shifted series is told of no new asset: it asks.
    mine ??= table.find(spec.asset);
    // another day is neither fresh nor stale
    if (mine !== undefined && !past) sum.add(column, mine, true, now);
    const { fresh, total: _counted, oldestAt, ...catalogue } = sum.meta(column.metric);
    return {
      ...catalogue,
      ...(past ? {} : { fresh: fresh ?? 0, total: 1, oldestAt: oldestAt ?? null }),
      origin: (mine === undefined ? undefined : column.mark(mine)?.origin) ?? 'live',
      ...loadMeta(mirror),
      ...(reader.unavailable ? { error: NO_HISTORY } : {}),
    };
  }
};
