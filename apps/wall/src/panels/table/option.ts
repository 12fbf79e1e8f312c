import type { ValueRow, ViewState } from '@citywall/protocol';
import { valueText } from '../../readings/format.js';
import { isStale, type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import type { TableOptions } from './panel.js';

export interface TableCell {
  key: string;
  text: string;
  numeric: boolean;
  chip: boolean;
  /** undefined for an attribute of the asset: it is no reading */
  attributes: ReadingAttributes | undefined;
}

export interface TableRow {
  asset: string;
  name: string;
  cells: TableCell[];
  /** every value is older than its time */
  stale: boolean;
  /** newest measured time of the row */
  at: number;
}

/** Rows of the table in order, at most `maxRows`, and how many more there are. */
export function tableOf(
  state: ViewState | null | undefined,
  options: TableOptions,
  now: number,
  lang: 'zh' | 'en',
): { rows: TableRow[]; more: number } {
  if (!state) return { rows: [], more: 0 };
  const byAsset = new Map<string, Map<string, ValueRow>>();
  for (const key of state.order) {
    const row = state.rows[key] as ValueRow;
    let metrics = byAsset.get(row.asset);
    if (!metrics) {
      metrics = new Map();
      byAsset.set(row.asset, metrics);
    }
    metrics.set(row.metric, row);
  }
  const rank = (metrics: Map<string, ValueRow>) => {
    if (!options.sort) return 0;
    const place = options.sort.order.indexOf(String(metrics.get(options.sort.metric)?.value));
    return place < 0 ? options.sort.order.length : place;
  };
  const assets = [...byAsset.entries()];
  if (options.sort) {
    assets.sort(([, a], [, b]) => rank(a) - rank(b) || nameOf(a).localeCompare(nameOf(b), 'zh-CN'));
  }
  const shown = assets.slice(0, options.maxRows ?? assets.length);
  return {
    rows: shown.map(([asset, metrics]) => {
      const values = [...metrics.values()].filter((row) => row.value !== null);
      return {
        asset,
        name: nameOf(metrics),
        cells: options.columns.map((column, index) => cellOf(column, index, metrics, now, lang)),
        stale: values.length > 0 && values.every((row) => isStale(row.at, row.staleAfter, now)),
        at: Math.max(0, ...values.map((row) => row.at)),
      };
    }),
    more: assets.length - shown.length,
  };
}

function nameOf(metrics: Map<string, ValueRow>): string {
  return metrics.values().next().value?.name ?? '';
}

function cellOf(
  column: TableOptions['columns'][number],
  index: number,
  metrics: Map<string, ValueRow>,
  now: number,
  lang: 'zh' | 'en',
): TableCell {
  if (column.metric === undefined) {
    const attribute = metrics.values().next().value?.attributes?.[column.attribute ?? ''];
    return {
      key: `a${index}`,
      text: valueText(attribute, { lang }),
      numeric: false,
      chip: false,
      attributes: undefined,
    };
  }
  const row = metrics.get(column.metric);
  return {
    key: column.metric,
    text: valueText(row?.value, { decimals: column.decimals ?? row?.decimals, words: column.words, lang }),
    numeric: typeof row?.value === 'number' && !column.words,
    chip: column.words !== undefined && row?.value !== null && row !== undefined,
    attributes: row && row.value !== null ? readingAttributes(row, now) : undefined,
  };
}
