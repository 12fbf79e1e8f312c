import type { ValueRow, ViewState } from '@citywall/protocol';
import { isStale } from '../../readings/shown.js';
import type { ReservoirsOptions } from './panel.js';

export interface Gauge {
  row: ValueRow;
  name: string;
  /** metres above (+) or below (−) the flood limit; null: no level or no limit known */
  above: number | null;
  stale: boolean;
}

/** Metres shown above and below the common line; what is farther is drawn at the edge, its figure says how far. */
export const METRES_ABOVE = 0.6;
export const METRES_BELOW = 1.8;

/** One gauge an asset, those over their limit first, then by how near they are; without data last. */
export function gauges(state: ViewState | null | undefined, options: ReservoirsOptions, now: number): Gauge[] {
  if (!state) return [];
  return state.order
    .map((key) => state.rows[key] as ValueRow)
    .filter((row) => row.metric === options.metric)
    .map((row) => {
      const limit = row.attributes?.[options.limit];
      const above = typeof row.value === 'number' && typeof limit === 'number' ? row.value - limit : null;
      return {
        row,
        name: shortName(row.name),
        above,
        stale: above !== null && isStale(row.at, row.staleAfter ?? state.meta.staleAfter, now),
      };
    })
    .sort((a, b) => (b.above ?? Number.NEGATIVE_INFINITY) - (a.above ?? Number.NEGATIVE_INFINITY));
}

/** `龙滩水库` → `龙滩`: the panel's title already says what they are. */
export function shortName(name: string): string {
  return name.length > 2 && name.endsWith('水库') ? name.slice(0, -2) : name;
}

/** Heights of the water and of the line as shares of the gauge (0 bottom, 1 top). */
export function heights(above: number | null): { water: number; line: number } {
  const whole = METRES_ABOVE + METRES_BELOW;
  const line = METRES_BELOW / whole;
  if (above === null) return { water: 0, line };
  return { water: Math.min(1, Math.max(0.03, (above + METRES_BELOW) / whole)), line };
}
