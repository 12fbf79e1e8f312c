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

/**
 * Points of a series, oldest first, from windows in any order and of any width up to `step`. Windows of the same slot
 * are merged; a slot without measurements is **absent**, not zero and not interpolated: a gap stays a gap.
 */
export function assembleSeries(
  windows: Iterable<Window>,
  range: { window: number; step: number },
  now: number,
): [string, SeriesPoint][] {
  const from = firstSlot(now, range.window, range.step);
  const merged = new Map<number, Window & { lastAt: number }>();
  for (const window of windows) {
    if (window.count <= 0 || window.at < from) continue;
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
