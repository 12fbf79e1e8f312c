import { describe, expect, it } from '@jest/globals';
import { addressKey, RateLimit } from '../../../../../apps/server/src/auth/rate-limit.js';

describe('rate limit', () => {
  it('gives so many at once, and the rest evenly', () => {
    let now = 0;
    const limit = new RateLimit(10, 60_000, () => now);
    expect(Array.from({ length: 10 }, () => limit.take('a'))).toEqual(Array(10).fill(0));
    expect(limit.take('a')).toBe(6_000);
    now = 5_999;
    expect(limit.take('a')).toBeCloseTo(1);
    now = 6_000;
    expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(6_000);
    expect(limit.take('b')).toBe(0);
  });

  it('never saves up more than the limit, and survives a clock that goes back', () => {
    let now = 10_000_000;
    const limit = new RateLimit(2, 1_000, () => now);
    limit.take('a');
    now += 1_000_000;
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 500]);
    now -= 5_000_000;
    expect(limit.take('a')).toBe(500);
  });

  it('remembers a bounded number of addresses, the recent ones', () => {
    const limit = new RateLimit(1, 1_000, () => 0, 3);
    for (const key of ['a', 'b', 'c']) limit.take(key);
    expect(limit.take('a')).toBeGreaterThan(0);
    limit.take('d');
    expect(limit.take('a')).toBeGreaterThan(0);
    expect(limit.take('b')).toBe(0);
  });
});

describe('address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:12:aaaa:bbbb:cccc:dddd', '2001:db8:0:12'],
    ['2001:db8:0:12::1', '2001:db8:0:12'],
    ['2001:0db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['', ''],
  ])('%s counts as %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
