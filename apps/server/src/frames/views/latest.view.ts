import { parseAssetId } from '@citywall/model';
import { stateOf, type ValueRow } from '@citywall/protocol';
import type { Column, Entry } from '../mirror/asset-table.js';
import { closeAll, type EvaluatorOf, loadMeta } from './evaluator.js';
import { RowCache, Summing, valueRow } from './rows.js';

/** Most rows of one view: a feed may discover a hundred thousand assets. Coverage still counts all, `count` in meta too. */
export const MAX_ROWS = 2_000;

interface Shown {
  name: string;
  column: Column;
  cache: RowCache;
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
    const concerns = (entry: Entry | undefined) => entry !== undefined && (!wanted || known.has(entry.asset.id));
    ends.push(table.watch((entry) => concerns(entry) && dirty()));
    for (const name of spec.metrics) {
      ends.push(table.column(name).watch((index) => concerns(table.entries[index]) && dirty()));
    }
  }

  const members = function* (): Iterable<{ entry: Entry | undefined; id: string; type: string }> {
    if (!wanted) {
      for (const entry of mirrors.get(system)?.table(onlyType ?? '').entries ?? []) {
        if (entry.asset.inService) yield { entry, id: entry.asset.id, type: `${system}/${onlyType}` };
      }
      return;
    }
    for (const { id, parts } of wanted) {
      const table = parts && mirrors.get(parts.system)?.table(parts.type);
      yield { entry: table?.find(id), id, type: parts ? `${parts.system}/${parts.type}` : '' };
    }
  };

  return {
    interval: 100,
    evaluate(now) {
      const sum = new Summing();
      const rows: [string, ValueRow][] = [];
      let count = 0;
      let metric: Column['metric'];
      for (const { entry, id, type } of members()) {
        for (const shown of types.get(type) ?? []) {
          metric ??= shown.column.metric;
          const from = entry && shown.column.rows[entry.index];
          const row = entry
            ? shown.cache.row(entry, from, () => valueRow(entry, shown.name, shown.column, from))
            : unknownRow(id, shown);
          sum.add(row, wanted !== undefined || (entry !== undefined && shown.column.expects(entry, now)), now);
          count++;
          if (rows.length < MAX_ROWS) rows.push([`${id}|${shown.name}`, row]);
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
  return valueRow({ asset, index: 0, lastSeen: 0 }, name, column, undefined);
}
