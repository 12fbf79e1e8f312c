import type { OccurrenceRow, ValueRow, ViewState } from '@citywall/protocol';
import { hourMinute } from '../../readings/age.js';
import { figure } from '../../readings/format.js';
import { type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import type { Sky, WeatherOptions } from './panel.js';

export type WeatherPart = keyof WeatherOptions['metrics'];

export interface WeatherValue {
  value: ValueRow['value'];
  text: string;
  attributes: ReadingAttributes;
}

export interface WeatherHour {
  key: string;
  at: number;
  time: string;
  sky: Sky | null;
  word: string;
  temperature: string;
  rain: number | null;
}

const DECIMALS: Record<WeatherPart, number> = {
  condition: 0,
  temperature: 0,
  wind: 1,
  direction: 0,
  rain: 1,
  humidity: 0,
};

/** Values of the station by what they tell. What the view has no row for is absent, what never came is —. */
export function weatherNow(
  state: ViewState | null | undefined,
  options: WeatherOptions,
  now: number,
): Partial<Record<WeatherPart, WeatherValue>> {
  if (!state || state.meta.error !== undefined) return {};
  const rows = state.order.map((key) => state.rows[key] as ValueRow);
  const station = rows[0]?.asset;
  const parts = Object.entries(options.metrics) as [WeatherPart, string][];
  return Object.fromEntries(
    parts.flatMap(([part, metric]) => {
      const row = rows.find((each) => each.asset === station && each.metric === metric);
      if (!row) return [];
      const value: WeatherValue = {
        value: row.value,
        text: figure(typeof row.value === 'number' ? row.value : null, DECIMALS[part]),
        attributes: readingAttributes({ ...row, staleAfter: row.staleAfter ?? state.meta.staleAfter }, now),
      };
      return [[part, value]];
    }),
  );
}

/** How a source's word for the sky is drawn and called; without an entry it is called as it is and drawn as nothing. */
export function skyOf(value: unknown, options: WeatherOptions, lang: 'zh' | 'en'): { sky: Sky | null; word: string } {
  if (value === null || value === undefined || value === '') return { sky: null, word: '—' };
  const key = String(value);
  const named = Object.hasOwn(options.conditions ?? {}, key) ? options.conditions?.[key] : undefined;
  return { sky: named?.sky ?? null, word: named?.[lang] ?? key };
}

/** Hours still to come, the next first. A forecast that only tells of the past has nothing to show. */
export function weatherHours(
  state: ViewState | null | undefined,
  options: WeatherOptions,
  now: number,
  lang: 'zh' | 'en',
  most: number,
): WeatherHour[] {
  const { hours } = options;
  if (!state || state.meta.error !== undefined || !hours) return [];
  const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
  return (Object.entries(state.rows) as [string, OccurrenceRow][])
    .flatMap(([key, { fields }]): WeatherHour[] => {
      const told = fields[hours.time];
      const at = typeof told === 'number' ? told : Date.parse(String(told));
      if (!Number.isFinite(at) || at < now - 30 * 60_000) return [];
      return [
        {
          key,
          at,
          time: hourMinute(at),
          ...skyOf(hours.condition && fields[hours.condition], options, lang),
          temperature: figure(number(hours.temperature && fields[hours.temperature])),
          rain: number(hours.rain && fields[hours.rain]),
        },
      ];
    })
    .sort((a, b) => a.at - b.at)
    .slice(0, Math.max(0, most));
}

/** Upper ends of the Beaufort forces 0–11 in m/s, as GB/T 28591-2012 gives them; above the last it is 12 or more. */
const BEAUFORT = [0.2, 1.5, 3.3, 5.4, 7.9, 10.7, 13.8, 17.1, 20.7, 24.4, 28.4, 32.6];

export function beaufort(metresPerSecond: number): number {
  const rounded = Math.round(metresPerSecond * 10) / 10;
  const force = BEAUFORT.findIndex((end) => rounded <= end);
  return force < 0 ? 12 : force;
}

/** One of eight winds by the degrees they come from: 0 n, 1 ne … 7 nw. */
export function windFrom(degrees: number): number {
  return (Math.round((((degrees % 360) + 360) % 360) / 45) + 8) % 8;
}
