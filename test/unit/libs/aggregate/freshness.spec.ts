import { isStale, shownQuality, turnsStaleAt } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';
import { MINUTE, NOW } from './members.js';

describe('freshness', () => {
  it('a value is stale after its time, not at it', () => {
    expect(isStale(NOW - 5 * MINUTE, 5 * MINUTE, NOW)).toBe(false);
    expect(isStale(NOW - 5 * MINUTE - 1, 5 * MINUTE, NOW)).toBe(true);
  });

  it('without a limit a value never is', () => {
    expect(isStale(0, undefined, NOW)).toBe(false);
    expect(turnsStaleAt(0, undefined, NOW)).toBe(Number.POSITIVE_INFINITY);
  });

  it('a clock a little ahead is fresh', () => {
    expect(isStale(NOW + 5 * MINUTE, MINUTE, NOW)).toBe(false);
  });

  it('stale wins over the stored quality', () => {
    expect(shownQuality(NOW - MINUTE, 2 * MINUTE, 'uncertain', NOW)).toBe('uncertain');
    expect(shownQuality(NOW - MINUTE, 30_000, 'bad', NOW)).toBe('stale');
  });

  it('says the very moment a value turns stale', () => {
    const turns = turnsStaleAt(NOW, 5 * MINUTE, NOW);
    expect(isStale(NOW, 5 * MINUTE, turns - 1)).toBe(false);
    expect(isStale(NOW, 5 * MINUTE, turns)).toBe(true);
    expect(turnsStaleAt(NOW, 5 * MINUTE, turns)).toBe(Number.POSITIVE_INFINITY);
  });
});
