import type { GroupRow, GroupsViewSpec, ViewSpec, ViewState } from '@citywall/protocol';
import { figure } from '../../readings/format.js';
import type { GroupsOptions } from './panel.js';

type Column = GroupsOptions['columns'][number];

export interface GroupCell {
  column: Column;
  text: string;
  value: number | null;
  /** of the full bar, 0–1; null without one */
  share: number | null;
  /** members there, none of them fresh: what is shown is the last that was known */
  stale: boolean;
  /** no member in this group: nothing to be known */
  none: boolean;
}

export interface GroupLine {
  key: string;
  rank: number;
  cells: GroupCell[];
  fresh: number;
  total: number;
}

export interface Groups {
  lines: GroupLine[];
  /** the groups that have no line, in one; null where all have one */
  rest: { count: number; cells: GroupCell[] } | null;
}

/** @param room lines that there is room for, the last line included */
export function groupsOf(
  spec: ViewSpec | undefined,
  state: ViewState | null | undefined,
  options: GroupsOptions,
  room: number,
): Groups {
  if (!state || state.meta.error !== undefined || spec?.kind !== 'groups') return { lines: [], rest: null };
  const all = state.order.map((key, i) => lineOf(key, i + 1, state.rows[key] as GroupRow, spec, options));
  // what the server left out beyond its limit is counted, but nothing can be said of it
  const count = state.meta.count ?? all.length;
  if (count <= room) return { lines: all, rest: null };
  const lines = all.slice(0, Math.max(1, room - 1));
  const others = all.slice(lines.length);
  return {
    lines,
    rest: { count: count - lines.length, cells: options.columns.map((column, i) => restOf(column, i, others)) },
  };
}

function lineOf(key: string, rank: number, row: GroupRow, spec: GroupsViewSpec, options: GroupsOptions): GroupLine {
  return {
    key,
    rank,
    cells: options.columns.map((column) => {
      const at = spec.columns.findIndex(({ id }) => id === column.id);
      const value = row.values[at] ?? null;
      const members = spec.columns[at]?.view.kind === 'aggregate';
      return {
        column,
        value,
        text: textOf(column, value),
        share: shareOf(column, value),
        stale: members && (row.total[at] ?? 0) > 0 && row.fresh[at] === 0,
        none: value === null,
      };
    }),
    fresh: row.fresh.reduce((sum, fresh) => sum + fresh, 0),
    total: row.total.reduce((sum, total) => sum + total, 0),
  };
}

function restOf(column: Column, at: number, others: readonly GroupLine[]): GroupCell {
  const values = others.flatMap((line) => line.cells[at]?.value ?? []);
  const value =
    column.rest === undefined || values.length === 0
      ? null
      : column.rest === 'max'
        ? Math.max(...values)
        : values.reduce((sum, each) => sum + each, 0);
  return {
    column,
    value,
    text:
      column.rest === undefined ? '' : `${column.rest === 'max' && value !== null ? '≤ ' : ''}${textOf(column, value)}`,
    share: null,
    stale: false,
    none: value === null,
  };
}

const textOf = (column: Column, value: number | null): string => figure(value, column.decimals ?? 0);
const shareOf = ({ max }: Column, value: number | null): number | null =>
  max === undefined || value === null ? null : Math.min(1, Math.max(0, value / max));
