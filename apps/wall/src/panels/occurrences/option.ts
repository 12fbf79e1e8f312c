import type { Origin } from '@citywall/model';
import type { OccurrenceRow, ViewState } from '@citywall/protocol';
import { hourMinute } from '../../readings/age.js';
import { levelText, type OccurrenceTypes, statusText, typeText } from '../../readings/occurrenceWords.js';
import type { OccurrencesOptions } from './panel.js';

export interface OccurrenceLine {
  key: string;
  at: number;
  time: string;
  system: string;
  text: string;
  /** the asset it happened at, where the text doesn't name it already */
  place: string;
  /** empty where it is not asked for */
  level: string;
  status: string;
  origin: Origin;
}

/** Lines in the order of the view, at most `maxRows`, and how many more there are. */
export function linesOf(
  state: ViewState | null | undefined,
  options: OccurrencesOptions,
  types: OccurrenceTypes,
  lang: 'zh' | 'en',
): { lines: OccurrenceLine[]; more: number } {
  if (!state) return { lines: [], more: 0 };
  const shown = state.order.slice(0, options.maxRows ?? state.order.length);
  const lines = shown.map((key) => {
    const row = state.rows[key] as OccurrenceRow;
    const text = textOf(row, options, lang) ?? row.name ?? typeText(types, row, lang);
    return {
      key,
      at: row.at,
      time: hourMinute(row.at),
      system: row.system,
      text,
      place: row.name !== undefined && !text.includes(row.name) ? row.name : '',
      level: options.level ? levelText(types, row, lang) : '',
      status: statusText(types, row, options.statuses, lang),
      origin: row.origin,
    };
  });
  return { lines, more: Math.max(0, (state.meta.count ?? state.order.length) - shown.length) };
}

function textOf(row: OccurrenceRow, options: OccurrencesOptions, lang: 'zh' | 'en'): string | undefined {
  for (const field of options.text ?? []) {
    const value = row.fields[field];
    if (typeof value === 'string' && value.trim() !== '') return options.words?.[value]?.[lang] ?? value;
  }
  return undefined;
}
