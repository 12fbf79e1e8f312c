import { inMultiPolygon } from '@citywall/geo';
import type { AggregateRow, OccurrenceRow, TallyRow, ValueRow, ViewSpec, ViewState } from '@citywall/protocol';
import { centroidOf, type Polygons, type Projection, pathOf, type Shape } from '../../map/geometry.js';
import type { Standing } from '../../map/trust.js';
import { figure } from '../../readings/format.js';
import { iso, isStale, type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import { DARK_TEXT_FROM, RAMPS, type RampName } from '../../themes/tokens.js';
import { type MapAsset, SVG_LIMIT, symbolOf } from './layers.js';
import type { MapLayer, MapOptions, SymbolName } from './panel.js';

export interface Cell {
  name: string;
  label: string;
  path: string;
  x: number;
  y: number;
  value: string;
  /** null: no figure, drawn hatched */
  fill: string | null;
  darkText: boolean;
  stale: boolean;
  /** measured time of what is stale, for its age */
  at: number | null;
  attributes: ReadingAttributes | undefined;
}

/** Step of a ramp a value falls in; below the first step counts as the first. */
export function stepOf(value: number, steps: readonly number[]): number {
  let step = 0;
  for (const [index, from] of steps.entries()) if (value >= from) step = index;
  return step;
}

/** Colour of a step where ramp and steps differ in number: spread over the whole ramp. */
export function colourOf(ramp: RampName, step: number, steps: number): { fill: string; index: number } {
  const colours = RAMPS[ramp];
  const index = steps === colours.length ? step : Math.round((step * (colours.length - 1)) / Math.max(1, steps - 1));
  return { fill: colours[Math.min(colours.length - 1, index)]!, index };
}

/** Half the size of a cell's label, px at 1080p: name above figure. */
const LABEL = { width: 22, height: 17 };

/**
 * Half the size of a cell's label and how far its middle is above its place, px of this screen: three letters and (of two
 * lines) the figure below, which keep 14 px.
 */
export function labelSize(factor: number, lines: 1 | 2): { width: number; height: number; rise: number } {
  const letter = Math.max(LABEL.width * factor, 21) / 3;
  return lines === 2
    ? { width: letter * 3, height: Math.max(LABEL.height * factor, 15), rise: 0 }
    : { width: letter * 3, height: letter * 1.2, rise: letter * 0.9 };
}
const REACH = { x: 36, y: 30, step: 6 };

/**
 * Where a cell's label stands, as a shift from the cell's centre in px at 1080p: off the symbols and the other labels (their
 * middles in px) and whole on the map first, then inside the cell, then near its centre.
 * @param wide px of the map
 */
export function labelOffset(
  polygons: Polygons,
  project: Projection,
  points: Pick<MapPoint, 'x' | 'y' | 'radius'>[],
  factor: number,
  labels: readonly (readonly [number, number])[] = [],
  lines: 1 | 2 = 2,
  wide = Number.POSITIVE_INFINITY,
): [number, number] {
  const flat = polygons.map((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => project(lon, lat))));
  const [x, y] = project(...centroidOf(polygons));
  const half = labelSize(factor, lines);
  let best: { shift: [number, number]; cost: number } = { shift: [0, 0], cost: Number.POSITIVE_INFINITY };
  for (let dx = -REACH.x; dx <= REACH.x; dx += REACH.step) {
    for (let dy = -REACH.y; dy <= REACH.y; dy += REACH.step) {
      const cx = x + dx * factor;
      const cy = y + dy * factor - half.rise;
      const covered = points.filter(
        (point) =>
          Math.abs(point.x - cx) < half.width + point.radius * factor &&
          Math.abs(point.y - cy) < half.height + point.radius * factor,
      ).length;
      const corners = [-1, 1].flatMap((sx) => [-1, 1].map((sy): [number, number] => [sx, sy]));
      const outside = corners.filter(
        ([sx, sy]) => !inMultiPolygon(flat, cx + sx * half.width, cy + sy * half.height),
      ).length;
      const crossed = labels.filter(
        ([lx, ly]) => Math.abs(lx - cx) < half.width * 2 && Math.abs(ly - half.rise - cy) < half.height * 2,
      ).length;
      const cut = cx < half.width || cx > wide - half.width ? 1 : 0;
      // a name over a border is read, a figure below a symbol is not: rather three corners outside than one symbol on it
      const cost = covered * 10 + crossed * 12 + cut * 60 + outside * 3 + Math.hypot(dx, dy) / 12;
      if (cost < best.cost) best = { shift: [dx, dy], cost };
    }
  }
  return best.shift;
}

type CellView = { spec: ViewSpec; state: ViewState | null } | undefined;

/**
 * A town's figure. In a count by town nothing counted is a true zero, as true as the feeds are live that would bring it;
 * undefined where nobody knows.
 */
export function groupOf(view: CellView, town: string): AggregateRow | undefined {
  const state = view?.state;
  if (!state || state.meta.error !== undefined) return undefined;
  if (view?.spec.kind !== 'tally') return state.rows[town] as AggregateRow | undefined;
  const { feedsTotal, feedsLive = 0, heardAt, origin = 'live' } = state.meta;
  const live = feedsTotal === undefined || feedsLive > 0;
  if (!live && heardAt == null) return undefined;
  const count = (state.rows[town] as TallyRow | undefined)?.count ?? 0;
  return { value: count, fresh: live ? 1 : 0, total: 1, oldestAt: heardAt ?? null, origin };
}

/**
 * Cells with colour, label and figure; a town without a figure is hatched, never counted as zero.
 * @param shifts of the labels by name (`labelOffset`)
 */
export function cellsOf(
  shapes: Shape[],
  view: CellView,
  options: MapOptions,
  project: Projection,
  time: { now: number; heard: number },
  shifts: ReadonlyMap<string, [number, number]>,
  factor: number,
): Cell[] {
  const { now, heard } = time;
  const metric = view?.spec.kind === 'aggregate' ? (view.spec.of.split('/').at(-1) ?? '') : '';
  const staleAfter = view?.state?.meta.staleAfter;
  return shapes.map((shape) => {
    const row = groupOf(view, shape.name);
    const [cx, cy] = project(...centroidOf(shape.polygons));
    const [dx, dy] = shifts.get(shape.name) ?? [0, 0];
    const known = options.cells && row && row.value !== null ? row : undefined;
    const stale = known !== undefined && (known.fresh === 0 || isStale(heard, staleAfter, now));
    const colour = known
      ? colourOf(options.cells!.ramp, stepOf(known.value!, options.cells!.steps), options.cells!.steps.length)
      : null;
    return {
      name: shape.name,
      label: shape.name.replace(/街道$/, ''),
      path: pathOf(shape.polygons, project),
      x: cx + dx * factor,
      y: cy + dy * factor,
      value:
        !options.cells || (options.cells.quietZero && known?.value === 0)
          ? ''
          : figure(known?.value, options.cells.decimals ?? 0),
      // a map without figures in its cells has nothing to miss: plain ground, not hatch
      fill: options.cells ? (colour?.fill ?? null) : RAMPS.rain[0],
      darkText: !stale && colour !== null && colour.index >= DARK_TEXT_FROM[options.cells!.ramp],
      stale,
      at: known?.oldestAt ?? null,
      // a count is no reading
      attributes:
        known && metric !== ''
          ? {
              'data-asset': known.asset,
              'data-metric': metric,
              'data-at': iso(known.at ?? known.oldestAt),
              'data-quality': stale ? 'stale' : (known.quality ?? 'good'),
              'data-origin': known.origin,
            }
          : undefined,
    };
  });
}

export interface MapPoint {
  key: string;
  x: number;
  y: number;
  /** px at 1080p */
  radius: number;
  text: string;
  name: string;
  stale: boolean;
  attributes: ReadingAttributes;
}

/** Assets with a place and a value that matters; largest drawn last, at most `SVG_LIMIT` (more are clustered, see there). */
export function pointsOf(
  state: ViewState | null | undefined,
  options: MapOptions['points'],
  project: Projection,
  now: number,
): MapPoint[] {
  if (!state || !options) return [];
  const rows = Object.values(state.rows) as ValueRow[];
  const shown = rows
    .filter(
      (row) =>
        row.place && typeof row.value === 'number' && row.value >= (options.showAbove ?? Number.NEGATIVE_INFINITY),
    )
    .sort((a, b) => (a.value as number) - (b.value as number))
    .slice(-SVG_LIMIT);
  const largest = Math.max(1, ...shown.map((row) => row.value as number));
  return shown.map((row) => {
    const [x, y] = project(...row.place!);
    const attributes = readingAttributes(row, now);
    return {
      key: `${row.asset}|${row.metric}`,
      x,
      y,
      // area, not radius, grows with the value
      radius: 3 + 4 * Math.sqrt(Math.max(0, row.value as number) / largest),
      text: figure(row.value as number, options.decimals ?? row.decimals ?? 0),
      name: row.name,
      stale: attributes['data-quality'] === 'stale',
      attributes,
    };
  });
}

/** Places of occurrences, newest last. */
export function occurrencePoints(
  state: ViewState | null | undefined,
  project: Projection,
): { key: string; x: number; y: number }[] {
  if (!state) return [];
  return state.order
    .map((key) => ({ key, row: state.rows[key] as OccurrenceRow }))
    .filter(({ row }) => row.place)
    .slice(0, SVG_LIMIT)
    .reverse()
    .map(({ key, row }) => {
      const [x, y] = project(...row.place!);
      return { key, x, y };
    });
}

/** An asset drawn as an element of its own. */
export interface MapSymbol {
  key: string;
  x: number;
  y: number;
  symbol: SymbolName;
  colour: string;
  standing: Standing;
  title: string;
  attributes: ReadingAttributes;
}

/** Symbols of a layer's assets as elements; those that ask for attention on top. */
export function symbolsOf(
  layer: MapLayer,
  colour: string,
  assets: readonly MapAsset[],
  project: Projection,
  now: number,
): MapSymbol[] {
  return assets
    .map(({ key, row, lon, lat, standing }) => {
      const [x, y] = project(lon, lat);
      return {
        key: `${layer.id}:${key}`,
        x,
        y,
        symbol: symbolOf(layer),
        colour,
        standing,
        title: row.name,
        attributes: readingAttributes(row, now),
      };
    })
    .sort((a, b) => Number(a.standing === 'attention') - Number(b.standing === 'attention'));
}
