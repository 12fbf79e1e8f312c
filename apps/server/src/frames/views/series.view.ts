import { assembleSeries, slotsOf } from '@citywall/aggregate';
import { ORIGINS, parseAssetId } from '@citywall/model';
import { stateOf, type ViewMeta } from '@citywall/protocol';
import { closeAll, type EvaluatorOf, loadMeta } from './evaluator.js';
import { Summing, valueRow } from './rows.js';
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
          table.watch((entry) => entry.asset.id === spec.asset && reader.want()),
          column.watch((index) => table.entries[index]?.asset.id === spec.asset && reader.want()),
        ],
  );
  reader.want();
  return {
    interval: 500,
    ready: reader.ready,
    evaluate(now) {
      const nextLoad = reader.keepUp(now);
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
    const entry = table.find(spec.asset);
    const row = entry && column.rows[entry.index];
    // another day is neither fresh nor stale
    if (entry && !past) sum.add(valueRow(entry, spec.metric, column, row), true, now);
    const { fresh, total: _counted, oldestAt, ...catalogue } = sum.meta(column.metric);
    return {
      ...catalogue,
      ...(past ? {} : { fresh: fresh ?? 0, total: 1, oldestAt: oldestAt ?? null }),
      origin: ORIGINS[row?.[6] ?? 0] ?? 'live',
      ...loadMeta(mirror),
      ...(reader.unavailable ? { error: NO_HISTORY } : {}),
    };
  }
};
