import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ServerClock, tickingNow } from '../../../../../apps/wall/src/stores/clock.js';

describe('server clock', () => {
  it('takes the sample that travelled fastest, and forgets old ones', () => {
    const clock = new ServerClock();
    clock.hear(10_000, 5_400);
    expect(clock.at(6_000)).toBe(10_600);
    clock.hear(11_000, 6_005);
    expect(clock.at(6_005)).toBe(11_000);
    clock.hear(12_000, 7_900);
    expect(clock.at(7_900)).toBe(12_895);
    for (let i = 0; i < 60; i++) clock.hear(20_000 + i, 16_000 + i);
    expect(clock.at(0)).toBe(4_000);
  });

  it('is not moved by what is not a time', () => {
    const clock = new ServerClock();
    clock.hear(Number.NaN, 5);
    expect(clock.at(7)).toBe(7);
  });
});

describe('ticking now', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_300 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('ticks on the server’s second, once a second, until it is stopped', () => {
    const clock = new ServerClock();
    clock.hear(5_000_300 + 200, 1_000_300);
    const { now, stop } = tickingNow(clock);
    expect(now.value).toBe(5_000_500);
    jest.advanceTimersByTime(504);
    expect(now.value).toBe(5_000_500);
    jest.advanceTimersByTime(1);
    expect(now.value).toBe(5_001_005);
    jest.advanceTimersByTime(1_000);
    expect(now.value).toBe(5_002_005);
    stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});
