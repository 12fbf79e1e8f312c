import { describe, expect, it } from '@jest/globals';
import { agePart, clockText, dateText, hourMinute, weekdayText } from '../../../../../apps/wall/src/readings/age.js';

describe('ages', () => {
  it.each([
    [-5_000, 'seconds', 0],
    [59_999, 'seconds', 59],
    [60_000, 'minutes', 1],
    [3_599_999, 'minutes', 59],
    [3_600_000, 'hours', 1],
    [86_399_999, 'hours', 23],
    [86_400_000, 'days', 1],
    [400 * 86_400_000, 'days', 400],
  ])('%d ms are in %s: %d', (ms, unit, n) => {
    expect(agePart(ms)).toEqual({ unit, n });
  });
});

describe('times are those of the county, wherever the screen is', () => {
  const midnight = Date.UTC(2026, 6, 11, 16, 0, 0);
  it('midnight in the county', () => {
    expect(clockText(midnight)).toBe('00:00:00');
    expect(hourMinute(midnight)).toBe('00:00');
    expect(dateText(midnight)).toBe('2026-07-12');
    expect(dateText(midnight - 1)).toBe('2026-07-11');
    expect(weekdayText(midnight, 'zh-CN')).toBe('周日');
    expect(weekdayText(midnight, 'en')).toBe('Sunday');
    expect(weekdayText(midnight, 'fr')).toBe('Sunday');
  });
});
