import type { ValueRow, ViewState } from '@citywall/protocol';
import { isStale } from '../../readings/shown.js';
import { shortName } from '../reservoirs/option.js';
import type { LevelOptions } from './panel.js';

export interface LevelLimit {
  name: string;
  value: number;
  normal: boolean;
}

export interface LevelAsset {
  row: ValueRow;
  name: string;
  value: number | null;
  /** above (+) or below (−) the normal limit; null: no value or no such limit */
  above: number | null;
  stale: boolean;
  /** from the top down */
  limits: LevelLimit[];
  /** the other metrics asked for, in their order; undefined where the view has none */
  beside: (ValueRow | undefined)[];
}

/** Assets of the view with their limits; the large one first, then by how near they are to their limit, without data last. */
export function levelAssets(
  state: ViewState | null | undefined,
  options: LevelOptions,
  now: number,
  lang: 'zh' | 'en',
): LevelAsset[] {
  if (!state || state.meta.error !== undefined) return [];
  const rows = state.order.map((key) => state.rows[key] as ValueRow);
  const assets = rows
    .filter((row) => row.metric === options.metric)
    .map((row): LevelAsset => {
      const limits = limitsOf(row, options, lang);
      const normal = limits.find((limit) => limit.normal)?.value;
      const value = typeof row.value === 'number' ? row.value : null;
      return {
        row,
        name: row.name,
        value,
        above: value === null || normal === undefined ? null : value - normal,
        stale: value !== null && isStale(row.at, row.staleAfter ?? state.meta.staleAfter, now),
        limits,
        beside: (options.beside ?? []).map(({ metric }) =>
          rows.find((other) => other.asset === row.asset && other.metric === metric),
        ),
      };
    })
    .sort((a, b) => (b.above ?? Number.NEGATIVE_INFINITY) - (a.above ?? Number.NEGATIVE_INFINITY));
  const chosen = options.asset === undefined ? undefined : assets.find(({ row }) => row.asset === options.asset);
  return chosen === undefined ? assets : [chosen, ...assets.filter((asset) => asset !== chosen)];
}

function limitsOf(row: ValueRow, options: LevelOptions, lang: 'zh' | 'en'): LevelLimit[] {
  return options.limits
    .flatMap(({ attribute, value, name, normal }) => {
      const told = attribute === undefined ? value : row.attributes?.[attribute];
      return typeof told === 'number' ? [{ name: name[lang], value: told, normal: normal ?? false }] : [];
    })
    .sort((a, b) => b.value - a.value);
}

/** Where its other limits stand, from its normal one; none where it has no normal one. */
export function limitsFromNormal({ limits }: LevelAsset): number[] {
  const zero = limits.find((limit) => limit.normal)?.value;
  return zero === undefined ? [] : limits.filter((limit) => !limit.normal).map(({ value }) => value - zero);
}

export { shortName };

/** A straight scale: `at` gives the share of the height from the top, 0–1, for a height relative to the normal limit. */
export interface LevelScale {
  top: number;
  bottom: number;
  at(relative: number): number;
}

/**
 * One scale for the large drawing and all others, in units from the normal limit: from above the highest crest to as far
 * below the limit as is above it, or as the lowest level needs. The same metres a pixel everywhere, so over or under is read
 * at once and compared.
 */
export function scaleOf(assets: readonly LevelAsset[], options: LevelOptions): LevelScale {
  const large = assets[0];
  const normal = large?.limits.find((limit) => limit.normal)?.value ?? 0;
  if (options.range !== undefined) return straight(options.range[1] - normal, options.range[0] - normal);
  const highest = Math.max(
    ...assets.flatMap(({ limits, above }) => {
      const zero = limits.find((limit) => limit.normal)?.value;
      return [...(zero === undefined ? [] : limits.map(({ value }) => value - zero)), above ?? 0];
    }),
    0.5,
  );
  const lowest = Math.min(...assets.map(({ above }) => above ?? 0), 0);
  return straight(highest * 1.22, -Math.max(highest * 1.15, -lowest * 1.25));
}

function straight(top: number, bottom: number): LevelScale {
  const whole = Math.max(1e-6, top - bottom);
  return { top, bottom, at: (relative) => Math.min(1, Math.max(0, (top - relative) / whole)) };
}

/**
 * Moves labels that stand on their lines apart until each has `gap`, keeping their order: upwards, away from the lines below,
 * and down again only where the top is reached. All in px.
 */
export function spread(wanted: readonly number[], gap: number, least: number): number[] {
  const placed = [...wanted];
  for (let i = placed.length - 2; i >= 0; i--) placed[i] = Math.min(placed[i]!, placed[i + 1]! - gap);
  let floor = least;
  for (let i = 0; i < placed.length; i++) {
    placed[i] = Math.max(placed[i]!, floor);
    floor = placed[i]! + gap;
  }
  return placed;
}

/**
 * Top of a band of `need` px in which nothing is written: the first at or below `from`, else the widest there is.
 * @param taken spans that are written on or drawn through, from the top down
 */
export function freeBand(taken: readonly [number, number][], need: number, from: number, height: number): number {
  const ends = [0, ...taken.map(([, end]) => end)];
  const free = ends.map((top, i): [number, number] => [top, taken[i]?.[0] ?? height]);
  const below = free.find(([top, end]) => end - Math.max(top, from) >= need);
  if (below) return Math.max(below[0], from);
  const widest = free.reduce((best, each) => (each[1] - each[0] > best[1] - best[0] ? each : best));
  return Math.max(0, widest[0] + Math.min(0, (widest[1] - widest[0] - need) / 2));
}
