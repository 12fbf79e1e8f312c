import { aggregate, counted, coverage, type Figure } from '@citywall/aggregate';
import { mergeOrigin, type Origin } from '@citywall/model';
import { type AggregateRow, stateOf, type ViewState } from '@citywall/protocol';
import { closeAll, EACH_TICK_MS, type EvaluatorOf, loadMeta, partsOf } from './evaluator.js';
import { nextStale } from './rows.js';

/** More members than this, and figures are worked out twice a second instead of ten times. */
const MANY = 500;
/**
 * A change of age alone is sent this often, for a text that shows seconds: it would otherwise be most of the bytes. All views
 * tell it in the same frame, on the second, and leave the other frames to what changed.
 */
export const AGE_EVERY_MS = 1_000;

/** One figure over the assets of a metric (row key `all`), or one a group of `by` (row key: the group). */
export const aggregateView: EvaluatorOf<'aggregate'> = (spec, context, dirty) => {
  const { system, type, metric } = partsOf(spec.of);
  const mirror = context.mirror(system);
  const table = mirror.table(type);
  const column = table.column(metric);
  let agedIn = Number.NEGATIVE_INFINITY;

  return {
    get interval() {
      return table.size > MANY ? 500 : EACH_TICK_MS;
    },
    evaluate(now, before) {
      const members = column.current(now);
      const figures: [string, AggregateRow][] = aggregate(members, spec, now);
      const counting = counted(members, now);
      const { fresh, total, oldestAt } = coverage(members, counting, now);
      const after = stateOf(figures, {
        fresh,
        total,
        oldestAt,
        origin: figures.reduce<Origin>((worst, [, figure]) => mergeOrigin(worst, figure.origin), 'live'),
        ...(spec.fn === 'count' || column.metric?.unit === undefined ? {} : { unit: column.metric.unit }),
        ...(spec.fn === 'count' || column.metric?.decimals === undefined ? {} : { decimals: column.metric.decimals }),
        ...(column.metric?.staleAfter === undefined ? {} : { staleAfter: column.metric.staleAfter }),
        ...loadMeta(mirror),
      });
      const until = nextStale(counting, now);
      const second = Math.floor(now / AGE_EVERY_MS);
      if (second !== agedIn) {
        agedIn = second;
        return { state: after, until };
      }
      keepAges(before, after);
      return { state: after, until: Math.min(until, (second + 1) * AGE_EVERY_MS) };
    },
    close: closeAll([table.watch(dirty), column.watch(dirty)]),
  };
};

/** Rows that differ in age alone stay as they were; so does the age of the whole. */
function keepAges(before: ViewState, after: ViewState): void {
  for (const key of after.order) {
    const was = before.rows[key] as Figure | undefined;
    const is = after.rows[key] as Figure;
    if (was && sameBesidesAge(was, is)) after.rows[key] = was;
  }
  if (typeof before.meta.oldestAt === 'number' && typeof after.meta.oldestAt === 'number') {
    after.meta.oldestAt = before.meta.oldestAt;
  }
}

function sameBesidesAge(a: Figure, b: Figure): boolean {
  return (
    a.value === b.value &&
    a.fresh === b.fresh &&
    a.total === b.total &&
    a.origin === b.origin &&
    a.matching === b.matching &&
    a.asset === b.asset &&
    a.name === b.name &&
    a.at === b.at &&
    a.quality === b.quality &&
    (a.oldestAt === null) === (b.oldestAt === null)
  );
}
