import type { Words } from '@citywall/model';
import type { AggregateRow, ValueRow } from '@citywall/protocol';
import { type Standing, worse } from '../../map/trust.js';
import type { AssetMetric } from '../../stores/assets.js';
import type { MapAsset } from './layers.js';
import type { MapLayer, MapOptions } from './panel.js';

export interface CardRow {
  row: ValueRow;
  label: Words | undefined;
  words: Record<string, Words> | undefined;
  decimals: number | undefined;
  unit: Words | undefined;
}

/** What the card says of an asset, a cluster or a town. */
export interface CardContent {
  key: string;
  name: string;
  type: Words | undefined;
  rows: CardRow[];
  placement: 'surveyed' | 'schematic' | 'cell';
  placeAt?: number;
  notes: string[];
  /** asset the readings are of, where it is one asset */
  asset?: string;
  /** of a cluster: how many, the worst of them, the first by name */
  count: number;
  worst: Standing;
  members?: { key: string; name: string; standing: Standing }[];
}

/** Members named on a cluster's card. */
export const NAMED_MEMBERS = 8;

/** Readings of one asset: the layer's, and those other views of the panel have of it. */
export function assetCard(
  key: string,
  asset: MapAsset,
  layer: MapLayer | undefined,
  others: readonly ValueRow[],
  notes: string[],
): CardContent {
  const own = layer?.kind === 'symbols' || layer?.kind === 'moving' ? layer : undefined;
  const { row, standing } = asset;
  return {
    key,
    asset: row.asset,
    name: row.name,
    type: layer?.name,
    rows: [
      { row, label: own?.metric, words: own?.words, decimals: layer?.decimals, unit: layer?.unit },
      ...others
        .filter((other) => other.asset === row.asset && other.metric !== row.metric)
        .map((other) => ({ row: other, label: undefined, words: undefined, decimals: undefined, unit: undefined })),
    ],
    placement: row.placement ?? 'surveyed',
    ...(row.placeAt === undefined ? {} : { placeAt: row.placeAt }),
    notes,
    count: 1,
    worst: standing,
  };
}

/**
 * The card with everything that is known of its asset: what the views have, newer values of it, then the other metrics by
 * name. A value the asset told never is not there: nothing is made up for it.
 */
export function withKnown(content: CardContent, metrics: Readonly<Record<string, AssetMetric>>): CardContent {
  const first = content.rows[0]?.row;
  if (!first) return content;
  const left = new Map(Object.entries(metrics));
  const rows = content.rows.map((shown): CardRow => {
    const metric = left.get(shown.row.metric);
    if (!metric) return shown;
    left.delete(shown.row.metric);
    const row = Date.parse(metric.at) > shown.row.at ? rowOf(first, shown.row.metric, metric) : shown.row;
    return {
      ...shown,
      row,
      label: shown.label ?? metric.name ?? undefined,
      words: shown.words ?? metric.states ?? undefined,
    };
  });
  const others = [...left]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, metric]): CardRow => ({
        row: rowOf(first, name, metric),
        label: metric.name ?? undefined,
        words: metric.states ?? undefined,
        decimals: undefined,
        unit: undefined,
      }),
    );
  return { ...content, rows: [...rows, ...others] };
}

function rowOf({ asset, name }: ValueRow, metric: string, known: AssetMetric): ValueRow {
  return {
    asset,
    name,
    metric,
    value: known.value,
    at: Date.parse(known.at),
    receivedAt: Date.parse(known.receivedAt),
    quality: known.quality,
    origin: known.origin,
    feed: known.feed,
    ...(known.unit === null ? {} : { unit: known.unit }),
    ...(known.decimals === null ? {} : { decimals: known.decimals }),
    ...(known.staleAfter === null ? {} : { staleAfter: known.staleAfter }),
  };
}

export function clusterCard(
  key: string,
  layer: MapLayer | undefined,
  count: number,
  members: readonly MapAsset[],
): CardContent {
  return {
    key,
    name: '',
    type: layer?.name,
    rows: [],
    placement: members.some(({ row }) => row.placement === 'schematic') ? 'schematic' : 'surveyed',
    notes: [],
    count,
    worst: members.reduce<Standing>((worst, { standing }) => worse(worst, standing), 'good'),
    members: members.slice(0, NAMED_MEMBERS).map(({ key: member, row, standing }) => ({
      key: member,
      name: row.name,
      standing,
    })),
  };
}

/** A town's figure as a reading: of the asset that holds the extreme, or of the town as a whole. */
export function townCard(
  key: string,
  town: string,
  metric: string,
  group: AggregateRow | undefined,
  options: MapOptions,
  notes: string[],
): CardContent {
  const rows: CardRow[] =
    group && group.value !== null && options.cells
      ? [
          {
            row: {
              asset: group.asset ?? '',
              name: town,
              metric,
              value: group.value,
              at: group.at ?? group.oldestAt ?? 0,
              receivedAt: 0,
              quality: group.quality ?? 'good',
              origin: group.origin,
              feed: '',
            },
            label: options.cells.name,
            words: undefined,
            decimals: options.cells.decimals,
            unit: options.cells.unit,
          },
        ]
      : [];
  return { key, name: town, type: undefined, rows, placement: 'cell', notes, count: 1, worst: 'good' };
}
