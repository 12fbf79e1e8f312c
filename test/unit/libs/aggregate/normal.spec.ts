import { LEAST_DAYS, normalPoints, normalSlots, quantile, startOfDay, type Window } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';
import { MINUTE, NOW } from './members.js';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TODAY = startOfDay(NOW);
const window = (daysAgo: number, hour: number, value: number): Window => ({
  at: TODAY - daysAgo * DAY + hour * HOUR,
  min: value,
  max: value,
  sum: value * 4,
  count: 4,
  last: value,
});
const range = { window: 2 * HOUR, step: HOUR, days: 28, ahead: HOUR };

describe('what is usual', () => {
  it('quantiles are linear between neighbours', () => {
    expect(quantile([1, 2, 3, 4, 5], 0.5)).toBe(3);
    expect(quantile([10, 20], 0.25)).toBe(12.5);
    expect(quantile([7], 0.9)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('is taken from the same time of other days, and placed in the time that is shown', () => {
    const hour = Math.floor((NOW - TODAY) / HOUR);
    const days = Array.from({ length: 11 }, (_, i) => window(i + 1, hour, i));
    const points = normalPoints([...days, window(0, hour, 1000)], range, NOW);
    expect(points).toEqual([
      [String(TODAY + hour * HOUR), { at: TODAY + hour * HOUR, p10: 1, p50: 5, p90: 9, count: 11 }],
    ]);
  });

  it('crosses midnight in both directions', () => {
    const night = TODAY + 30 * MINUTE;
    const days = [1, 2, 3, 4].flatMap((ago) => [window(ago, 23, 1), window(ago, 1, 2)]);
    expect(normalPoints(days, range, night).map(([, { at, p50 }]) => [(at - TODAY) / HOUR, p50])).toEqual([
      [-1, 1],
      [1, 2],
    ]);
  });

  it('says nothing of a time known on too few days, nor from days beyond', () => {
    const few = Array.from({ length: LEAST_DAYS - 1 }, (_, i) => window(i + 1, 9, 1));
    const whole = { ...range, since: 'today' as const };
    expect(normalPoints(few, whole, NOW)).toEqual([]);
    expect(normalPoints([...few, window(29, 9, 1)], whole, NOW)).toEqual([]);
    expect(normalPoints([...few, window(28, 9, 1)], whole, NOW)).toHaveLength(1);
  });

  it('may show the whole day', () => {
    expect(normalSlots({ ...range, since: 'today' }, NOW)).toEqual({ from: TODAY, to: TODAY + DAY });
  });
});
