import { describe, expect, it } from '@jest/globals';
import { slopeOf, sparkline } from '../../../../../apps/wall/src/console/useDisplays.js';

describe('trend of a display', () => {
  it('has the slope of its samples, gaps left out', () => {
    expect(slopeOf([1, 2, 3, 4])).toBe(1);
    expect(slopeOf([10, null, 10, null, 10])).toBe(0);
    expect(slopeOf([5, null, 9])).toBeNull();
  });

  it('is a line from the floor, broken where there is no sample', () => {
    expect(sparkline([0, 10])).toBe('M0.0 100.0L100.0 0.0');
    expect(sparkline([10, null, 5])).toBe('M0.0 0.0M100.0 50.0');
    expect(sparkline([7])).toBe('');
  });
});
