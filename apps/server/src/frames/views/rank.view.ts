import { counted, coverage, type Member, rank } from '@citywall/aggregate';
import { mergeOrigin, type Origin } from '@citywall/model';
import { stateOf, type ValueRow } from '@citywall/protocol';
import { closeAll, EACH_TICK_MS, type EvaluatorOf, loadMeta, partsOf } from './evaluator.js';
import { nextStale, RowCache, rangeOf, valueRow } from './rows.js';

/** More members than this, and a rank is worked out twice a second instead of ten times. */
const MANY = 500;

/** The first assets of a type by one metric. Row key: asset id, in the order of the rank. */
export const rankView: EvaluatorOf<'rank'> = (spec, context, dirty) => {
  const { system, type, metric } = partsOf(spec.of);
  const mirror = context.mirror(system);
  const table = mirror.table(type);
  const column = table.column(metric);
  const cache = new RowCache();

  function rowOf(member: Member): [string, ValueRow][] {
    const index = table.find(member.asset);
    if (index === undefined) return [];
    const make = () => valueRow(table.asset(index), index, metric, column);
    return [[member.asset, cache.row(index, column.version(index), make)]];
  }

  return {
    get interval() {
      return table.size > MANY ? 500 : EACH_TICK_MS;
    },
    evaluate(now) {
      const members = column.current(now);
      const counting = counted(members, now);
      const { fresh, total, oldestAt } = coverage(members, counting, now);
      const shown = rank(members, spec.order, spec.limit, now);
      const meta = {
        fresh,
        total,
        oldestAt,
        origin: shown.reduce<Origin>((worst, member) => mergeOrigin(worst, member.origin), 'live'),
        ...(column.metric?.unit === undefined ? {} : { unit: column.metric.unit }),
        ...(column.metric?.decimals === undefined ? {} : { decimals: column.metric.decimals }),
        ...rangeOf(column.metric),
        ...(column.metric?.staleAfter === undefined ? {} : { staleAfter: column.metric.staleAfter }),
        ...loadMeta(mirror),
      };
      return { state: stateOf(shown.flatMap(rowOf), meta), until: nextStale(counting, now) };
    },
    close: closeAll([table.watch(dirty), column.watch(dirty)]),
  };
};
