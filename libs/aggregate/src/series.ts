import { startOfDay } from './day.js';

/** Measured values of one slot of time. `at` is the slot's start, Unix ms. */
export interface Window {
  at: number;
  min: number;
  max: number;
  sum: number;
  count: number;
  /** newest value in the slot */
  last: number;
}

export interface SeriesPoint {
  at: number;
  min: number;
  max: number;
  avg: number;
  last: number;
  count: number;
}

/** Most points of one series view: a day of minutes. */
export const MAX_POINTS = 1_440;

/** First slot of a series that shows the last `window` ms, Unix ms. Slots begin at multiples of `step`. */
export function firstSlot(now: number, window: number, step: number): number {
  const slots = Math.min(MAX_POINTS, Math.max(1, Math.ceil(window / step)));
  return Math.floor(now / step) * step - (slots - 1) * step;
}

export interface SeriesRange {
  /** ms back from now */
  window: number;
  step: number;
  /** from local midnight on, whatever the window */
  since?: 'today' | undefined;
  /** ms earlier */
  shift?: number | undefined;
  /** ms beyond now, where `shift` makes that known */
  ahead?: number | undefined;
}

const DAY_MS = 86_400_000;

/** Slots of a series: the first one's start, and where the last one ends (Unix ms). */
export function slotsOf(range: SeriesRange, now: number): { from: number; to: number } {
  const { window, step, since, shift = 0, ahead = 0 } = range;
  const moment = now - shift;
  const running = Math.floor(moment / step) * step + step;
  if (since === 'today') {
    const midnight = startOfDay(moment);
    return {
      from: Math.max(midnight, midnight + DAY_MS - MAX_POINTS * step),
      to: shift > 0 ? midnight + DAY_MS : running,
    };
  }
  // what is ahead was measured only as far as it lies in the past
  const further = Math.floor(Math.min(ahead, shift) / step) * step;
  return { from: firstSlot(moment, window, step), to: running + further };
}

/**
 * Points of a series, oldest first, from windows in any order and of any width up to `step`. Windows of the same slot
 * are merged; a slot without measurements is **absent**, not zero and not interpolated: a gap stays a gap.
 */
export function assembleSeries(windows: Iterable<Window>, range: SeriesRange, now: number): [string, SeriesPoint][] {
  const { from, to } = slotsOf(range, now);
  const merged = new Map<number, Window & { lastAt: number }>();
  for (const window of windows) {
    if (window.count <= 0 || window.at < from || window.at >= to) continue;
    const at = Math.floor(window.at / range.step) * range.step;
    const slot = merged.get(at);
    if (slot === undefined) {
      merged.set(at, { ...window, at, lastAt: window.at });
      continue;
    }
    slot.min = Math.min(slot.min, window.min);
    slot.max = Math.max(slot.max, window.max);
    slot.sum += window.sum;
    slot.count += window.count;
    if (window.at >= slot.lastAt) {
      slot.last = window.last;
      slot.lastAt = window.at;
    }
  }
  return [...merged.values()]
    .sort((a, b) => a.at - b.at)
    .map(({ at, min, max, sum, count, last }) => [String(at), { at, min, max, avg: sum / count, last, count }]);
}
