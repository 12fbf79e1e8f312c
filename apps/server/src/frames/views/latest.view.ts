import { parseAssetId } from '@citywall/model';
import { stateOf, type ValueRow } from '@citywall/protocol';
import type { AssetTable } from '../mirror/asset-table.js';
import type { Column } from '../mirror/column.js';
import { closeAll, EACH_TICK_MS, type EvaluatorOf, loadMeta } from './evaluator.js';
import { RowCache, Summing, valueRow } from './rows.js';

/** Most rows of one view: a feed may discover a hundred thousand assets. Coverage still counts all, `count` in meta too. */
export const MAX_ROWS = 2_000;

interface Shown {
  name: string;
  column: Column;
  cache: RowCache;
}

/** An asset whose values are shown; without an index where nobody knows it. */
interface Named {
  table: AssetTable | undefined;
  index: number | undefined;
  /** as the view names it; null: it shows all of a type */
  id: string | null;
  /** `system/type` */
  type: string;
}

/**
 * Newest values of named assets, or of all assets of a type. Row key: `asset|metric`; rows in the order of the assets,
 * then of the metrics. A named asset that nobody knows has a row without a value: the panel keeps its place.
 */
export const latestView: EvaluatorOf<'latest'> = (spec, context, dirty) => {
  const ends: (() => void)[] = [];
  const [system = '', onlyType] = (spec.type ?? spec.assets?.[0] ?? '').split('/');
  const mirrors = new Map([[system, context.mirror(system)]]);
  const wanted = spec.assets?.map((id) => ({ id, parts: parseAssetId(id) }));
  const types = new Map<string, Shown[]>();
  const known = new Set(spec.assets);

  for (const { parts } of wanted ?? [{ parts: { system, type: onlyType ?? '', key: '' } }]) {
    if (parts === null || types.has(`${parts.system}/${parts.type}`)) continue;
    const mirror = mirrors.get(parts.system) ?? context.mirror(parts.system);
    mirrors.set(parts.system, mirror);
    const table = mirror.table(parts.type);
    types.set(
      `${parts.system}/${parts.type}`,
      spec.metrics.map((name) => ({ name, column: table.column(name), cache: new RowCache() })),
    );
    // Asked at every new value of the type: by number, not by text.
    const shown = new Set<number>();
    for (const id of known) {
      const index = table.find(id);
      if (index !== undefined) shown.add(index);
    }
    ends.push(
      table.watch((index) => {
        if (wanted && !known.has(table.id(index))) return;
        shown.add(index);
        dirty();
      }),
    );
    for (const name of spec.metrics) {
      ends.push(table.column(name).watch((index) => (!wanted || shown.has(index)) && dirty()));
    }
  }

  const members = function* (): Iterable<Named> {
    if (!wanted) {
      const table = mirrors.get(system)?.table(onlyType ?? '');
      for (let index = 0; table && index < table.size; index++) {
        if (table.inService(index)) yield { table, index, id: null, type: `${system}/${onlyType}` };
      }
      return;
    }
    for (const { id, parts } of wanted) {
      const table = parts ? mirrors.get(parts.system)?.table(parts.type) : undefined;
      yield { table, index: table?.find(id), id, type: parts ? `${parts.system}/${parts.type}` : '' };
    }
  };

  return {
    interval: EACH_TICK_MS,
    evaluate(now) {
      const sum = new Summing();
      const rows: [string, ValueRow][] = [];
      let count = 0;
      let metric: Column['metric'];
      for (const { table, index, id, type } of members()) {
        for (const shown of types.get(type) ?? []) {
          const { name, column } = shown;
          metric ??= column.metric;
          const expected = wanted !== undefined || (index !== undefined && column.expects(index, now));
          sum.add(column, index, expected, now);
          count++;
          if (rows.length >= MAX_ROWS) continue;
          const row =
            table && index !== undefined
              ? shown.cache.row(index, column.version(index), () => valueRow(table.asset(index), index, name, column))
              : unknownRow(id ?? '', shown);
          rows.push([`${row.asset}|${name}`, row]);
        }
      }
      const meta = {
        ...sum.meta(spec.metrics.length === 1 ? metric : undefined),
        ...(count > rows.length ? { count } : {}),
        ...loadMetas(mirrors.values()),
      };
      return { state: stateOf(rows, meta), until: sum.until };
    },
    close: closeAll(ends),
  };
};

function loadMetas(mirrors: Iterable<Parameters<typeof loadMeta>[0]>): ReturnType<typeof loadMeta> {
  for (const mirror of mirrors) {
    const meta = loadMeta(mirror);
    if (meta.error !== undefined) return meta;
  }
  return {};
}

function unknownRow(id: string, { name, column }: Shown): ValueRow {
  const asset = {
    id,
    system: '',
    type: '',
    key: '',
    name: parseAssetId(id)?.key ?? id,
    place: null,
    inService: true,
    attributes: {},
    declared: false,
  };
  return valueRow(asset, undefined, name, column);
}
