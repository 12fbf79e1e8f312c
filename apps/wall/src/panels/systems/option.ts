import type { AlarmPriority } from '@citywall/model';
import type { SystemRow, ViewState } from '@citywall/protocol';
import type { SystemsOptions } from './panel.js';

export const TICKS = 20;

export interface SystemCell {
  id: string;
  name: string;
  /** null: no pack connects it */
  row: SystemRow | null;
  state: SystemRow['state'] | 'unconnected' | 'unknown';
  /** of TICKS, how many are without fresh data */
  off: number;
  /** standing alarms of its highest priority; null: none, or nobody knows */
  alarm: { priority: AlarmPriority; count: number } | null;
}

/**
 * All systems in the order of the county, then any other the server knows. Without an answer of the server nothing is known:
 * that is not the same as not connected.
 * @param lost the server was not heard for a while: what it said of them is no news any more
 */
export function systemCells(
  state: ViewState | null | undefined,
  options: SystemsOptions,
  lang: 'zh' | 'en',
  lost = false,
): SystemCell[] {
  const rows = (state ? Object.values(state.rows) : []) as SystemRow[];
  const known = state && state.meta.error === undefined;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const listed = (options.order ?? []).map(({ id, ...words }) => ({
    id,
    name: words[lang],
    row: byId.get(id) ?? null,
  }));
  const listedIds = new Set(listed.map(({ id }) => id));
  const others = rows
    .filter((row) => !listedIds.has(row.id))
    .sort((a, b) => a.order - b.order)
    .map((row) => ({ id: row.id, name: row.short[lang], row }));
  return [...listed, ...others].map((cell) => ({
    ...cell,
    state: cell.row && lost ? 'silent' : (cell.row?.state ?? (known ? 'unconnected' : 'unknown')),
    alarm: cell.row && !lost ? topAlarm(cell.row) : null,
    off: cell.row ? (lost ? TICKS : offTicks(cell.row.fresh, cell.row.total)) : 0,
  }));
}

/** How many alarms of the highest priority that there is. */
export function topAlarm({ p1 = 0, p2 = 0, p3 = 0, p4 = 0 }: SystemRow): SystemCell['alarm'] {
  const counts: [AlarmPriority, number][] = [
    [1, p1],
    [2, p2],
    [3, p3],
    [4, p4],
  ];
  const top = counts.find(([, count]) => count > 0);
  return top ? { priority: top[0], count: top[1] } : null;
}

/** One tick at least where anything is missing, one tick at least where anything is there. */
export function offTicks(fresh: number, total: number): number {
  if (total <= 0) return TICKS;
  if (fresh >= total) return 0;
  if (fresh <= 0) return TICKS;
  return Math.min(TICKS - 1, Math.max(1, Math.round((TICKS * (total - fresh)) / total)));
}
