import type { Origin } from '@citywall/model';
import type { OccurrenceRow, ViewState } from '@citywall/protocol';
import { hourMinute } from '../../readings/age.js';
import type { WarningsOptions } from './panel.js';

const COLOURS = ['red', 'orange', 'yellow', 'blue'];

export interface WarningLine {
  key: string;
  /** red, orange, yellow, blue, or none where the level is not of the published scale */
  colour: string;
  /** `暴雨 橙` */
  sign: string;
  headline: string;
  issued: string;
  until: string;
  exercise: boolean;
  expired: boolean;
  at: number;
  origin: Origin;
}

/** Warnings, the highest colour first, then the newest; one whose time is over stands last and is said to be over. */
export function warningLines(
  state: ViewState | null | undefined,
  options: WarningsOptions,
  now: number,
  lang: 'zh' | 'en',
): WarningLine[] {
  if (!state) return [];
  const field = (row: OccurrenceRow, name: string | undefined) => {
    const value = name === undefined ? undefined : row.fields[name];
    return value === null || value === undefined ? '' : String(value);
  };
  return state.order
    .map((key) => {
      const row = state.rows[key] as OccurrenceRow;
      const names = options.fields ?? {};
      const colour = COLOURS.includes(row.level ?? '') ? row.level! : 'none';
      const until = Date.parse(field(row, names.expires));
      const level = options.levels?.[row.level ?? '']?.[lang] ?? row.level ?? '';
      return {
        key,
        colour,
        sign: [field(row, names.event), level].filter(Boolean).join(' '),
        headline: field(row, names.headline) || field(row, names.area),
        issued: hourMinute(row.at),
        until: Number.isNaN(until) ? '' : hourMinute(until),
        exercise: field(row, names.exercise) === 'true',
        expired: !Number.isNaN(until) && until < now,
        at: row.at,
        origin: row.origin,
      };
    })
    .sort((a, b) => Number(a.expired) - Number(b.expired) || rank(a.colour) - rank(b.colour) || b.at - a.at);
}

function rank(colour: string): number {
  const place = COLOURS.indexOf(colour);
  return place < 0 ? COLOURS.length : place;
}
