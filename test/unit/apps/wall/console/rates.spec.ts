import { describe, expect, it } from '@jest/globals';
import { Rates, rateText } from '../../../../../apps/wall/src/console/rates.js';

describe('Rates', () => {
  it('are unknown until heard twice, then of the last fifteen seconds', () => {
    const rates = new Rates();
    rates.hear('a', 100, 0);
    expect(rates.of('a')).toBeNull();
    rates.hear('a', 110, 2_000);
    expect(rates.of('a')).toBe(5);
    for (let at = 4_000; at <= 60_000; at += 2_000) rates.hear('a', 110, at);
    expect(rates.of('a')).toBe(0);
    expect(rates.of('b')).toBeNull();
  });
  it('begin anew where a counter falls', () => {
    const rates = new Rates();
    rates.hear('a', 100, 0);
    rates.hear('a', 5, 1_000);
    expect(rates.of('a')).toBeNull();
  });
  it('are told in as many digits as they deserve', () => {
    expect([null, 0, 0.44, 12.4, 1240].map(rateText)).toEqual(['–', '0', '0.4', '12', '1,240']);
  });
});
