import { assembleSeries, firstSlot, MAX_POINTS, slotsOf, startOfDay, type Window } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';
import { MINUTE, NOW } from './members.js';

const at = (minutesAgo: number) => NOW - minutesAgo * MINUTE;
const window = (minutesAgo: number, last: number, more: Partial<Window> = {}): Window => ({
  at: at(minutesAgo),
  min: last - 1,
  max: last + 1,
  sum: last * 2,
  count: 2,
  last,
  ...more,
});

describe('series', () => {
  it('leaves gaps out and sorts by time', () => {
    const points = assembleSeries([window(0, 5), window(3, 2)], { window: 10 * MINUTE, step: MINUTE }, NOW);
    expect(points).toEqual([
      [String(at(3)), { at: at(3), min: 1, max: 3, avg: 2, last: 2, count: 2 }],
      [String(at(0)), { at: at(0), min: 4, max: 6, avg: 5, last: 5, count: 2 }],
    ]);
  });

  it('merges windows of one slot: extremes, weighted mean, newest last', () => {
    const windows = [window(1, 8, { count: 1, sum: 8 }), window(2, 2, { count: 3, sum: 6 })];
    const [point] = assembleSeries(windows, { window: 60 * MINUTE, step: 5 * MINUTE }, NOW - 1);
    expect(point?.[1]).toEqual({ at: at(5), min: 1, max: 9, avg: 3.5, last: 8, count: 4 });
  });

  it('ends in the running slot and begins a window back', () => {
    const range = { window: 3 * MINUTE, step: MINUTE };
    const points = assembleSeries([window(3, 1), window(2, 2), window(0, 3)], range, NOW + 30_000);
    expect(points.map(([, point]) => point.last)).toEqual([2, 3]);
    expect(firstSlot(NOW + 30_000, range.window, range.step)).toBe(at(2));
  });

  it('has no empty slots and is bounded', () => {
    expect(assembleSeries([window(1, 1, { count: 0 })], { window: 10 * MINUTE, step: MINUTE }, NOW)).toEqual([]);
    expect(firstSlot(NOW, 365 * 86_400_000, MINUTE)).toBe(NOW - (MAX_POINTS - 1) * MINUTE);
  });

  it('of another time: the same window earlier, and what came then after now', () => {
    const range = { window: 3 * MINUTE, step: MINUTE, shift: 60 * MINUTE, ahead: 2 * MINUTE };
    expect(slotsOf(range, NOW + 30_000)).toEqual({ from: at(62), to: at(57) });
    const windows = [63, 62, 60, 58, 57].map((ago) => window(ago, ago));
    expect(assembleSeries(windows, range, NOW).map(([, point]) => point.last)).toEqual([62, 60, 58]);
  });

  it('never looks further ahead than it went back', () => {
    const range = { window: 3 * MINUTE, step: MINUTE, shift: MINUTE, ahead: 10 * MINUTE };
    expect(slotsOf(range, NOW).to).toBe(NOW + MINUTE);
  });

  it('of today begins at midnight; of another day it is whole', () => {
    const midnight = startOfDay(NOW);
    const range = { window: MINUTE, step: 5 * MINUTE, since: 'today' as const };
    expect(slotsOf(range, NOW)).toEqual({ from: midnight, to: Math.floor(NOW / range.step) * range.step + range.step });
    const day = 86_400_000;
    expect(slotsOf({ ...range, shift: 7 * day }, NOW)).toEqual({ from: midnight - 7 * day, to: midnight - 6 * day });
  });
});
