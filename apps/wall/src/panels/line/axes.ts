import { startOfDay } from '@citywall/aggregate';
import type { NormalViewSpec, SeriesViewSpec } from '@citywall/protocol';
import { niceStep } from '../../charts/axis.js';
import { dateText, hourMinute } from '../../readings/age.js';
import { figure } from '../../readings/format.js';
import type { LineOptions } from './panel.js';

const DAY_MS = 86_400_000;

/** Time from the left to the right end of the chart, Unix ms. */
export interface TimeSpan {
  from: number;
  to: number;
}

/** The line's own time, and beyond now as far as a comparison or what is usual is known. */
export function timeSpan(
  spec: SeriesViewSpec,
  others: readonly (SeriesViewSpec | NormalViewSpec | undefined)[],
  now: number,
): TimeSpan {
  if (spec.since === 'today') return { from: startOfDay(now), to: startOfDay(now) + DAY_MS };
  const ahead = others.map((other) =>
    // what came after the same time of another day was measured only as far as it lies in the past
    other?.kind === 'series' ? Math.min(other.ahead ?? 0, other.shift ?? 0) : (other?.ahead ?? 0),
  );
  return { from: now - spec.window, to: now + Math.max(0, ...ahead) };
}

/** What a metric can physically be; undefined where nothing is declared. */
export interface Possible {
  min?: number | undefined;
  max?: number | undefined;
}

/**
 * Axis from values and limits: round ends, the span a multiple of the interval (else two end labels collide). It grows to its
 * smallest height where the metric can be, never below zero where that can't.
 * @param lines how many intervals there is room for
 * @param possible what the metric can physically be
 */
export function axisOf(
  values: number[],
  options: Pick<LineOptions, 'range' | 'minSpan'>,
  lines = 3,
  possible: Possible = {},
): { min: number; max: number; interval: number } {
  if (options.range) {
    const [min, max] = options.range;
    // round lines where the range has them: 0 to 10 by 2, not by 2.5
    const parts = (lines >= 4 ? [4, 5, 3, 2] : [2, 3]).find((count) => Number.isInteger((max - min) / count));
    return { min, max, interval: (max - min) / (parts ?? (lines >= 4 ? 4 : 2)) };
  }
  let low = Math.min(...values);
  let high = Math.max(...values);
  if (!Number.isFinite(low) || !Number.isFinite(high))
    return { min: 0, max: options.minSpan ?? 4, interval: (options.minSpan ?? 4) / 4 };
  // a value that is out of range is marked bad, but it is drawn where it lies
  const floor = Math.min(low, possible.min ?? Number.NEGATIVE_INFINITY);
  const ceiling = Math.max(high, possible.max ?? Number.POSITIVE_INFINITY);
  const margin = Math.max((high - low) * 0.08, 1e-6);
  low = Math.max(low - margin, floor);
  high = Math.min(high + margin, ceiling);
  // a flat line of a large figure still needs an axis that floating point can divide
  const least = Math.max(options.minSpan ?? 0, 1e-3, Math.max(Math.abs(low), Math.abs(high)) * 1e-6);
  const lack = least - (high - low);
  if (lack > 0) {
    low = Math.max(Math.min(low - lack / 2, ceiling - least), floor);
    high = low + least;
  }
  const interval = niceStep((high - low) / lines);
  const min = Math.max(Math.floor(rounded(low / interval)) * interval, floor);
  return {
    min: rounded(min),
    max: rounded(min + Math.ceil(rounded((high - min) / interval)) * interval),
    interval,
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

export function axisText(value: number, interval: number): string {
  const decimals = interval >= 1 && Number.isInteger(interval) ? 0 : interval >= 0.1 ? 1 : 2;
  return figure(value, decimals);
}

/**
 * Times to name under the axis: whole multiples of 10 min to 30 days in the county's zone (UTC+8, no summer time).
 * @param most how many intervals there is room for
 */
export function timeTicks(from: number, to: number, most = 5): number[] {
  const hours = [1 / 6, 1 / 3, 1 / 2, 1, 2, 3, 4, 6, 12, 24, 48, 120, 240, 360, 720];
  const steps = hours.map((each) => each * 3_600_000);
  const step = steps.find((candidate) => (to - from) / candidate <= most) ?? 30 * DAY_MS;
  const zone = 8 * 3_600_000;
  const ticks: number[] = [];
  for (let at = Math.ceil((from + zone) / step) * step - zone; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** The end of a day is its 24:00, not the next one's 00:00; of many days each is named by its date. */
export function tickText(at: number, { from, to }: TimeSpan): string {
  if (to - from > 2 * DAY_MS) return dateText(at).slice(5);
  return at === to && to - from === DAY_MS && startOfDay(from) === from ? '24:00' : hourMinute(at);
}
