import { ratesOf } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';
import { MINUTE, NOW } from './members.js';

const windows = (...lasts: (number | null)[]) =>
  lasts.flatMap((last, index) => (last === null ? [] : [{ at: NOW + index * MINUTE, last }]));
const rates = (...lasts: (number | null)[]) =>
  [...ratesOf(windows(...lasts), MINUTE)].map(([at, rate]) => [(at - NOW) / MINUTE, rate]);

describe('rates of a counter', () => {
  it('are the growth of the last value, a second', () => {
    expect(rates(100, 160, 160, 280)).toEqual([
      [1, 1],
      [2, 0],
      [3, 2],
    ]);
    const seconds = [0, 10_000].map((ms) => ({ at: NOW + ms, last: ms / 100 }));
    expect([...ratesOf(seconds, 10_000).values()]).toEqual([10]);
  });

  it('count from zero where the counter began anew', () => {
    expect(rates(4_294_967_290, 30, 90)).toEqual([
      [1, 0.5],
      [2, 1],
    ]);
    expect(rates(7, 0)).toEqual([[1, 0]]);
  });

  it('are absent at the start and after a gap', () => {
    expect(rates(1, null, 601, 661)).toEqual([[3, 1]]);
    expect(rates(5)).toEqual([]);
    expect(rates()).toEqual([]);
  });

  it('are absent where the values are none of a counter', () => {
    expect(rates(5, -5, -4)).toEqual([[2, 1 / 60]]);
    expect(rates(0, Number.NaN, 1, Number.POSITIVE_INFINITY)).toEqual([]);
  });
});
