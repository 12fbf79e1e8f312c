import type { Origin, ReadingValue } from '@citywall/model';
import type { OccurrenceRow, ViewState } from '@citywall/protocol';
import { hourMinute } from '../../readings/age.js';
import { levelText, type OccurrenceTypes, statusText } from '../../readings/occurrenceWords.js';
import type { ClocksOptions } from './panel.js';

/** A track is half as long again as its limit: what is a little late is still seen as how late. */
const TRACK = 1.5;

export interface ClockStep {
  key: string;
  /** `0:31`, `1:02:00`; `—` where it was not reached and is not waited for */
  text: string;
  /** of the track, 0–1 */
  share: number;
  /** reached in time · reached late · its clock runs · runs beyond its limit · neither */
  state: 'done' | 'late' | 'running' | 'overdue' | 'blank';
}

export interface ClockLine {
  key: string;
  begin: number;
  time: string;
  text: string;
  over: boolean;
  steps: ClockStep[];
  status: string;
  origin: Origin;
}

/** Place of the limit on every track, 0–1. */
export const LIMIT_AT = 1 / TRACK;

/** Cases under way first, each part with the newest on top; at most `maxRows`, and how many more there are. */
export function clocksOf(
  state: ViewState | null | undefined,
  options: ClocksOptions,
  types: OccurrenceTypes,
  lang: 'zh' | 'en',
  now: number,
): { lines: ClockLine[]; more: number; open: number; overdue: number } {
  if (!state || state.meta.error !== undefined) return { lines: [], more: 0, open: 0, overdue: 0 };
  const lines = state.order
    .map((key) => lineOf(key, state.rows[key] as OccurrenceRow, options, types, lang, now))
    .sort((a, b) => Number(a.over) - Number(b.over) || b.begin - a.begin || (a.key < b.key ? -1 : 1));
  const shown = lines.slice(0, options.maxRows ?? lines.length);
  return {
    lines: shown,
    more: Math.max(state.meta.count ?? 0, lines.length) - shown.length,
    open: lines.filter(({ over }) => !over).length,
    overdue: lines.filter(({ steps }) => steps.some((step) => step.state === 'overdue')).length,
  };
}

function lineOf(
  key: string,
  row: OccurrenceRow,
  options: ClocksOptions,
  types: OccurrenceTypes,
  lang: 'zh' | 'en',
  now: number,
): ClockLine {
  const begin = (options.begin === undefined ? null : timeOf(row.fields[options.begin])) ?? row.at;
  const over = options.over?.includes(row.status) ?? false;
  const told = (field: string): string => {
    if (field === 'level') return levelText(types, row, lang);
    if (field === 'status') return statusText(types, row, options.statuses, lang);
    const value = row.fields[field];
    if (value === undefined || value === null) return '';
    return options.words?.[String(value)]?.[lang] ?? String(value);
  };
  // a step that came without its time is passed once a later one is reached: nobody waits for it any more
  const reached = options.steps.map(({ field }) => timeOf(row.fields[field]));
  const passed = reached.findLastIndex((at) => at !== null);
  const waited = over ? -1 : reached.findIndex((at, index) => at === null && index > passed);
  return {
    key,
    begin,
    time: hourMinute(begin),
    text: options.text.map(told).filter(Boolean).join(' '),
    over,
    steps: options.steps.map(({ field, within }, index) => {
      const at = reached[index] ?? null;
      const limit = within * 1000;
      const running = at === null && index === waited;
      if (at === null && !running) return { key: field, text: '—', share: 0, state: 'blank' };
      // clocks of two computers: what was reached before it began took no time
      const took = Math.max(0, (at ?? now) - begin);
      const inTime = took <= limit;
      return {
        key: field,
        text: durationText(took),
        share: Math.min(1, took / (limit * TRACK)),
        state: running ? (inTime ? 'running' : 'overdue') : inTime ? 'done' : 'late',
      };
    }),
    status: statusText(types, row, options.statuses, lang),
    origin: row.origin,
  };
}

function timeOf(value: ReadingValue | null | undefined): number | null {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}

/** `0:31`, `14:05`, `1:02:00`: whole seconds that have passed. */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
