import { startOfDay } from './day.js';
import type { Window } from './series.js';

const DAY_MS = 86_400_000;
/** Days with a value at that time below which nothing is called usual. */
export const LEAST_DAYS = 3;

export interface NormalPoint {
  at: number;
  p10: number;
  p50: number;
  p90: number;
  count: number;
}

/** Quantile of sorted figures, linear between neighbours (Hyndman & Fan 1996, definition 7). */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const below = sorted[low] ?? Number.NaN;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] ?? Number.NaN;
  return below + (above - below) * (place - low);
}

export interface NormalRange {
  window: number;
  step: number;
  days: number;
  ahead?: number | undefined;
  since?: 'today' | undefined;
}

/** Slots that are shown, from the first one's start to the end of the last (Unix ms). */
export function normalSlots(range: NormalRange, now: number): { from: number; to: number } {
  if (range.since === 'today') return { from: startOfDay(now), to: startOfDay(now) + DAY_MS };
  return {
    from: Math.floor((now - range.window) / range.step) * range.step,
    to: Math.ceil((now + (range.ahead ?? 0)) / range.step) * range.step,
  };
}

/**
 * What a series usually is at the times of `slots`: quantiles of its slot averages at the same time of day over the last
 * `days` whole days before today. A slot known on fewer than LEAST_DAYS days is absent: three days are no habit.
 */
export function normalPoints(windows: Iterable<Window>, range: NormalRange, now: number): [string, NormalPoint][] {
  const today = startOfDay(now);
  const byTime = new Map<number, Map<number, { sum: number; count: number }>>();
  for (const { at, sum, count } of windows) {
    const day = Math.floor((at - today) / DAY_MS);
    if (count <= 0 || day >= 0 || day < -range.days) continue;
    const time = Math.floor((at - today - day * DAY_MS) / range.step) * range.step;
    const days = byTime.get(time) ?? new Map<number, { sum: number; count: number }>();
    const before = days.get(day);
    days.set(day, { sum: (before?.sum ?? 0) + sum, count: (before?.count ?? 0) + count });
    byTime.set(time, days);
  }
  const { from, to } = normalSlots(range, now);
  const points: [string, NormalPoint][] = [];
  for (let at = from; at < to; at += range.step) {
    const time = (((at - today) % DAY_MS) + DAY_MS) % DAY_MS;
    const found = byTime.get(Math.floor(time / range.step) * range.step);
    if (!found || found.size < LEAST_DAYS) continue;
    const sorted = [...found.values()].map(({ sum, count }) => sum / count).sort((a, b) => a - b);
    points.push([
      String(at),
      { at, p10: quantile(sorted, 0.1), p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9), count: sorted.length },
    ]);
  }
  return points;
}
