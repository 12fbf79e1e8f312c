import type { ReadingValue } from '@citywall/model';
import type { ValueRow, ViewState } from '@citywall/protocol';
import { standingOf } from '../../map/trust.js';
import { valueText } from '../../readings/format.js';
import { isStale, type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import { shortened } from '../parts/names.js';
import type { TableOptions } from './panel.js';

export interface TableCell {
  key: string;
  text: string;
  numeric: boolean;
  chip: boolean;
  /** somebody should look at it: boxed, not coloured */
  attention: boolean;
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
  const assets = [...byAsset.entries()];
  const { sort } = options;
  if (sort) {
    const rank = (metrics: Map<string, ValueRow>) => placeOf(metrics.get(sort.metric)?.value, sort.order);
    // both may be at the end, which is infinite: their difference would be no number
    const order = (a: number, b: number) => (a === b ? 0 : a - b);
    assets.sort(([, a], [, b]) => order(rank(a), rank(b)) || nameOf(a).localeCompare(nameOf(b), 'zh-CN'));
  }
  const shown = assets.slice(0, options.maxRows ?? assets.length);
  return {
    rows: shown.map(([asset, metrics]) => {
      const values = [...metrics.values()].filter((row) => row.value !== null);
      return {
        asset,
        name: shortened(nameOf(metrics), options.without),
        cells: options.columns.map((column, index) => cellOf(column, index, metrics, now, lang)),
        stale: values.length > 0 && values.every((row) => isStale(row.at, row.staleAfter, now)),
        at: Math.max(0, ...values.map((row) => row.at)),
      };
    }),
    more: assets.length - shown.length,
  };
}

/** What rows are sorted by, smallest first; what has no place among the others comes last. */
function placeOf(value: ReadingValue | null | undefined, order: string[] | 'asc' | 'desc'): number {
  if (Array.isArray(order)) {
    const place = order.indexOf(String(value));
    return place < 0 ? order.length : place;
  }
  if (typeof value !== 'number') return Number.POSITIVE_INFINITY;
  return order === 'asc' ? value : -value;
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
      text: valueText(attribute, { decimals: column.decimals, words: column.words, lang }),
      numeric: typeof attribute === 'number' && !column.words,
      chip: false,
      attention: false,
      attributes: undefined,
    };
  }
  const row = metrics.get(column.metric);
  return {
    key: column.metric,
    text: valueText(row?.value, { decimals: column.decimals ?? row?.decimals, words: column.words, lang }),
    numeric: typeof row?.value === 'number' && !column.words,
    chip: column.words !== undefined && row?.value !== null && row !== undefined,
    attention: row !== undefined && standingOf(row, column.attention, now) === 'attention',
    attributes: row && row.value !== null ? readingAttributes(row, now) : undefined,
  };
}
