import { mergeOrigin, type Origin } from '@citywall/model';
import { type CoverageRow, stateOf, type ViewMeta } from '@citywall/protocol';
import type { Covered } from '../mirror/asset-table.js';
import { type EvaluatorOf, loadMeta, type ViewContext } from './evaluator.js';

const EVERY_MS = 1_000;

/** Assets with a fresh value, type by type, in the order asked for. Row key: `system/type`. Worked out once a second. */
export const coverageView: EvaluatorOf<'coverage'> = (spec, context) => ({
  interval: EVERY_MS,
  evaluate(now) {
    const rows = spec.types.map((type) => [type, coverageRow(type, context, now)] as const);
    const oldest = rows.flatMap(([, { oldestAt }]) => (oldestAt === null ? [] : [oldestAt]));
    const missing = spec.types
      .map((type) => loadMeta(context.mirror(partsOfType(type).system)))
      .find(({ error }) => error !== undefined);
    const meta: ViewMeta = {
      fresh: rows.reduce((sum, [, row]) => sum + row.fresh, 0),
      total: rows.reduce((sum, [, row]) => sum + row.total, 0),
      oldestAt: oldest.length > 0 ? Math.min(...oldest) : null,
      origin: rows.reduce<Origin>((worst, [, row]) => mergeOrigin(worst, row.origin), 'live'),
      ...missing,
    };
    return { state: stateOf(rows, meta), until: now + EVERY_MS };
  },
  close: () => {},
});

function coverageRow(whole: string, context: ViewContext, now: number): CoverageRow {
  const { system, type } = partsOfType(whole);
  const mirror = context.mirror(system);
  const table = mirror.table(type);
  const covered: Covered = { fresh: 0, total: 0, oldestAt: null, origin: 'live' };
  table.cover(covered, now);
  const types = mirror.pack?.assetTypes ?? {};
  return {
    name: (Object.hasOwn(types, type) ? types[type]?.name : undefined) ?? { zh: type, en: type },
    fresh: covered.fresh,
    total: covered.total,
    oldestAt: covered.oldestAt,
    newestAt: table.newestAt(),
    origin: covered.origin,
  };
}

function partsOfType(whole: string): { system: string; type: string } {
  const [system = '', type = ''] = whole.split('/');
  return { system, type };
}
