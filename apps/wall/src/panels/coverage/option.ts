import type { Origin } from '@citywall/model';
import type { CoverageRow, ViewState } from '@citywall/protocol';
import type { CoverageOptions } from './panel.js';

/** Segments of a bar at most: more of them at 1080p are a grey haze, and one asset is no longer one segment. */
export const MOST_SEGMENTS = 60;
/** Fewer would not tell one missing of ten. */
const LEAST_SEGMENTS = 10;

export interface CoverageLine {
  key: string;
  name: string;
  /** null: not known any more */
  fresh: number | null;
  total: number;
  /** none: nothing of it is expected here */
  state: 'whole' | 'partial' | 'silent' | 'waiting' | 'none';
  segments: { on: number; off: number };
  oldestAt: number | null;
  newestAt: number | null;
  origin: Origin;
}

/**
 * Lines in the order of the view.
 * @param aged the server has not been heard for so long that nobody knows how many are fresh
 * @param most segments there is room for
 */
export function coverageLines(
  state: ViewState | null | undefined,
  options: CoverageOptions,
  lang: 'zh' | 'en',
  aged = false,
  most = MOST_SEGMENTS,
): CoverageLine[] {
  if (!state || state.meta.error !== undefined) return [];
  return state.order.map((key) => {
    const row = state.rows[key] as CoverageRow;
    return {
      key,
      name: (options.names?.[key] ?? row.name)[lang],
      fresh: aged ? null : row.fresh,
      total: row.total,
      state: stateOf(aged ? { ...row, fresh: 0 } : row),
      segments: segmentsOf(aged ? 0 : row.fresh, row.total, most),
      oldestAt: row.oldestAt,
      newestAt: row.newestAt,
      origin: row.origin,
    };
  });
}

function stateOf({ fresh, total, newestAt }: CoverageRow): CoverageLine['state'] {
  if (total <= 0) return 'none';
  if (fresh > 0) return fresh < total ? 'partial' : 'whole';
  return newestAt === null ? 'waiting' : 'silent';
}

/** One segment an asset while there is room; one at least where anything is missing, one at least where anything is there. */
export function segmentsOf(fresh: number, total: number, most = MOST_SEGMENTS): { on: number; off: number } {
  if (total <= 0) return { on: 0, off: 0 };
  const all = Math.min(MOST_SEGMENTS, Math.max(LEAST_SEGMENTS, most), total);
  const exact = Math.round((all * fresh) / total);
  const on = fresh <= 0 ? 0 : fresh >= total ? all : Math.min(all - 1, Math.max(1, exact));
  return { on, off: all - on };
}
