import { simulatedClock } from '@citywall/simulator';
import { describe, expect, it } from '@jest/globals';

describe('simulatedClock', () => {
  it('is the real clock at speed 1', () => {
    const clock = simulatedClock(1000, 1);
    expect(clock.moment(5000)).toBe(5000);
    expect(clock.real(5000)).toBe(5000);
  });

  it('runs faster and never says a time that has not come', () => {
    const clock = simulatedClock(1000, 60);
    expect(clock.moment(2000)).toBe(61_000);
    expect(clock.real(61_000)).toBe(2000);
    expect(clock.real(400)).toBe(400);
  });

  it('refuses speeds nobody asked for', () => {
    for (const speed of [0, -1, 61, Number.NaN]) expect(() => simulatedClock(0, speed)).toThrow(RangeError);
  });
});
