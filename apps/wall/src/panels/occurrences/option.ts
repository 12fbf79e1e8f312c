import type { Origin } from '@citywall/model';
import type { OccurrenceRow, ViewState } from '@citywall/protocol';
import { hourMinute } from '../../readings/age.js';
import type { OccurrencesOptions } from './panel.js';

export interface OccurrenceLine {
  key: string;
  at: number;
  time: string;
  system: string;
  text: string;
  status: string;
  origin: Origin;
}

/** Lines in the order of the view, at most `maxRows`, and how many more there are. */
export function linesOf(
  state: ViewState | null | undefined,
  options: OccurrencesOptions,
  lang: 'zh' | 'en',
): { lines: OccurrenceLine[]; more: number } {
  if (!state) return { lines: [], more: 0 };
  const shown = state.order.slice(0, options.maxRows ?? state.order.length);
  const lines = shown.map((key) => {
    const row = state.rows[key] as OccurrenceRow;
    return {
      key,
      at: row.at,
      time: hourMinute(row.at),
      system: row.system,
      text: textOf(row, options),
      status: options.statuses?.[row.status]?.[lang] ?? row.status,
      origin: row.origin,
    };
  });
  return { lines, more: Math.max(0, (state.meta.count ?? state.order.length) - shown.length) };
}

function textOf(row: OccurrenceRow, options: OccurrencesOptions): string {
  for (const field of options.text ?? []) {
    const value = row.fields[field];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return row.name ?? row.type;
}
