import type { AggregateRow, OccurrenceRow, ValueRow, ViewState } from '@citywall/protocol';
import { type Curve, curveOf } from '../../map/arcs.js';
import type { Placed } from '../../map/cluster.js';
import type { Projection } from '../../map/geometry.js';
import type { HeatPoint } from '../../map/heat.js';
import type { Report } from '../../map/motion.js';
import { type Standing, standingOf } from '../../map/trust.js';
import { figure } from '../../readings/format.js';
import { iso, type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import { COLOURS, type RampName } from '../../themes/tokens.js';
import type { MapLayer, SymbolName } from './panel.js';

/** More symbols than this, over all layers that stand still, and they are clustered on the canvas (docs/adr/0010). */
export const SVG_LIMIT = 300;

/** One colour a layer; alarms have others. Over coloured cells the ramp's own hues come last. */
const SERIES = [COLOURS.s1, COLOURS.s2, COLOURS.s3, COLOURS.s4];
const OVER_CELLS: Record<RampName, string[]> = {
  rain: [COLOURS.s3, COLOURS.s4, COLOURS.s2, COLOURS.s1],
  depth: [COLOURS.s3, COLOURS.s4, COLOURS.s2, COLOURS.s1],
  congestion: [COLOURS.s2, COLOURS.s4, COLOURS.s1, COLOURS.s3],
};

/** @param cells ramp of the cells below; undefined: they have no colour */
export function colourOfLayer(index: number, cells: RampName | undefined): string {
  return (cells === undefined ? SERIES : OVER_CELLS[cells])[index % SERIES.length]!;
}

export function symbolOf(layer: MapLayer): SymbolName {
  if (layer.kind === 'moving') return layer.symbol ?? 'arrow';
  return layer.kind === 'symbols' ? (layer.symbol ?? 'ring') : 'dot';
}

/** An asset on the map, whatever draws it. */
export interface MapAsset {
  key: string;
  layer: string;
  row: ValueRow;
  lon: number;
  lat: number;
  standing: Standing;
}

type AttentionLayer = Extract<MapLayer, { kind: 'symbols' | 'moving' }>;

/** Assets of a layer that have a place. */
export function assetsOf(layer: AttentionLayer, state: ViewState | null | undefined, now: number): MapAsset[] {
  if (!state) return [];
  return state.order.flatMap((key): MapAsset[] => {
    const row = state.rows[key] as ValueRow;
    if (!row.place) return [];
    const [lon, lat] = row.place;
    return [{ key: row.asset, layer: layer.id, row, lon, lat, standing: movingStanding(layer, row, now) }];
  });
}

/** A moving asset whose position is old stands where it was heard last: that it is there now, nobody says. */
function movingStanding(layer: AttentionLayer, row: ValueRow, now: number): Standing {
  const standing = standingOf(row, layer.attention, now);
  if (layer.kind !== 'moving' || row.placeAt === undefined || row.staleAfter === undefined) return standing;
  return standing !== 'none' && now - row.placeAt > row.staleAfter ? 'stale' : standing;
}

export function placedOf(assets: readonly MapAsset[]): Placed[] {
  return assets.map(({ key, lon, lat, standing }) => ({ key, lon, lat, standing }));
}

export function reportsOf(assets: readonly MapAsset[]): Report[] {
  return assets.map(({ key, lon, lat, row }) => ({
    key,
    lon,
    lat,
    at: row.placeAt ?? row.at,
    ...(row.heading === undefined ? {} : { heading: row.heading }),
  }));
}

/** Places with their weight: of assets a fresh, positive value (or one each), of occurrences one each. */
export function heatPoints(
  layer: Extract<MapLayer, { kind: 'heat' }>,
  state: ViewState | null | undefined,
  project: Projection,
  now: number,
): HeatPoint[] {
  if (!state) return [];
  return state.order.flatMap((key): HeatPoint[] => {
    const row = state.rows[key] as Partial<ValueRow> & Partial<OccurrenceRow>;
    if (!row.place) return [];
    const [x, y] = project(...row.place);
    if (row.metric === undefined) return [{ x, y, weight: 1 }];
    const standing = standingOf(row as ValueRow, undefined, now);
    if (standing === 'none' || standing === 'stale') return [];
    if (layer.weight === 'count') return [{ x, y, weight: 1 }];
    return typeof row.value === 'number' && row.value > 0 ? [{ x, y, weight: row.value }] : [];
  });
}

export interface Arc {
  key: string;
  /** names of the towns */
  from: string;
  to: string;
  curve: Curve;
  /** px at 1080p */
  width: number;
  text: string;
  stale: boolean;
  attributes: ReadingAttributes;
}

interface Flow {
  key: string;
  from: string;
  to: string;
  value: number;
  stale: boolean;
  attributes: ReadingAttributes;
}

/**
 * Arcs between towns, the largest. Each is one reading: an asset whose attributes `from` and `to` name towns, or (with
 * `hub`) one group of an aggregate by town.
 */
export function arcsOf(
  layer: Extract<MapLayer, { kind: 'arcs' }>,
  metric: string,
  state: ViewState | null | undefined,
  seats: ReadonlyMap<string, [number, number]>,
  now: number,
): Arc[] {
  if (!state) return [];
  const flows = state.order.flatMap((key) => flowOf(layer, metric, key, state.rows[key], now));
  const largest = flows
    .filter(({ from, to, value }) => from !== to && value > 0 && seats.has(from) && seats.has(to))
    .sort((a, b) => b.value - a.value || (a.key < b.key ? -1 : 1))
    .slice(0, layer.limit ?? 12);
  const most = largest[0]?.value ?? 1;
  return largest.map(({ key, from, to, value, stale, attributes }) => ({
    key: `${layer.id}:${key}`,
    from,
    to,
    curve: curveOf(seats.get(from)!, seats.get(to)!),
    // thin enough to leave the names and figures they cross readable
    width: 0.8 + 1.5 * Math.sqrt(value / most),
    text: `${from} → ${to} ${figure(value, layer.decimals ?? 0)}`,
    stale,
    attributes,
  }));
}

function flowOf(
  layer: Extract<MapLayer, { kind: 'arcs' }>,
  metric: string,
  key: string,
  row: unknown,
  now: number,
): Flow[] {
  if (layer.hub !== undefined) {
    const group = row as AggregateRow;
    if (typeof group?.value !== 'number') return [];
    const stale = group.fresh === 0;
    const attributes: ReadingAttributes = {
      'data-asset': group.asset,
      'data-metric': metric,
      'data-at': iso(group.at ?? group.oldestAt),
      'data-quality': stale ? 'stale' : (group.quality ?? 'good'),
      'data-origin': group.origin,
    };
    return [{ key, from: layer.hub, to: key, value: group.value, stale, attributes }];
  }
  const value = row as ValueRow;
  const { from, to } = value.attributes ?? {};
  if (typeof value.value !== 'number' || typeof from !== 'string' || typeof to !== 'string') return [];
  const attributes = readingAttributes(value, now);
  return [
    { key: value.asset, from, to, value: value.value, stale: attributes['data-quality'] === 'stale', attributes },
  ];
}
