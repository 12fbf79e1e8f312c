import { describe, expect, it } from '@jest/globals';
import { between, seedOf, smoothNoise, unit, weighted, within } from '../../../../libs/simulator/src/random.js';

describe('chance without state', () => {
  const seed = seedOf('test');

  it('gives the same number for the same thing, and another for another', () => {
    expect(unit(seed, 7)).toBe(unit(seed, 7));
    expect(unit(seed, 7)).not.toBe(unit(seed, 8));
    expect(unit(within(seed, 'a'), 7)).not.toBe(unit(within(seed, 'b'), 7));
  });

  it('is even enough: mean, spread and every tenth', () => {
    const draws = Array.from({ length: 20_000 }, (_, n) => unit(seed, n));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    expect(mean).toBeCloseTo(0.5, 2);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = draws.filter((draw) => Math.floor(draw * 10) === tenth).length / draws.length;
      expect(share).toBeGreaterThan(0.09);
      expect(share).toBeLessThan(0.11);
    }
  });

  it('tells moments apart beyond 32 bits', () => {
    expect(unit(seed, 5)).not.toBe(unit(seed, 5 + 2 ** 32));
  });

  it('draws by weight', () => {
    const entries = [
      { weight: 3, value: 'a' },
      { weight: 1, value: 'b' },
      { weight: 0, value: 'never' },
    ];
    const counts: Record<string, number> = {};
    for (let n = 0; n < 8000; n += 1) {
      const value = weighted(seed, n, entries) ?? '';
      counts[value] = (counts[value] ?? 0) + 1;
    }
    expect(counts.never).toBeUndefined();
    expect((counts.a ?? 0) / 8000).toBeCloseTo(0.75, 1);
    expect(weighted(seed, 0, [])).toBeUndefined();
  });

  it('keeps smooth noise within its bounds and without jumps', () => {
    let before = smoothNoise(seed, 0, 600_000);
    let low = 0;
    let high = 0;
    for (let at = 1000; at < 36_000_000; at += 1000) {
      const now = smoothNoise(seed, at, 600_000);
      expect(Math.abs(now)).toBeLessThanOrEqual(1);
      expect(Math.abs(now - before)).toBeLessThan(0.02);
      low = Math.min(low, now);
      high = Math.max(high, now);
      before = now;
    }
    expect(low).toBeLessThan(-0.3);
    expect(high).toBeGreaterThan(0.3);
  });

  it('stays in its interval', () => {
    for (let n = 0; n < 1000; n += 1) {
      const draw = between(seed, n, -3, 5);
      expect(draw).toBeGreaterThanOrEqual(-3);
      expect(draw).toBeLessThan(5);
    }
  });
});
