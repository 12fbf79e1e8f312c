import { feedLive, systemState } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';
import { MINUTE, NOW } from './members.js';

describe('systemState', () => {
  const facts = { fresh: 0, total: 0, feedsLive: 0, feedsTotal: 2, ever: true };
  it.each([
    ['live', { fresh: 3, total: 3 }],
    ['partial', { fresh: 2, total: 3 }],
    ['silent', { fresh: 0, total: 3, feedsLive: 2 }],
    ['waiting', { fresh: 0, total: 3, ever: false }],
    ['live', { total: 0, feedsLive: 2 }],
    ['partial', { total: 0, feedsLive: 1 }],
    ['silent', { total: 0 }],
    ['waiting', { total: 0, feedsTotal: 0, ever: false }],
  ] as const)('is %s with %j', (state, more) => {
    expect(systemState({ ...facts, ...more })).toBe(state);
  });
});

describe('feedLive', () => {
  it('forgives two lost messages', () => {
    expect(feedLive(NOW - 15 * MINUTE, 5 * MINUTE, NOW)).toBe(true);
    expect(feedLive(NOW - 15 * MINUTE - 1, 5 * MINUTE, NOW)).toBe(false);
  });

  it('is dead before its first message, and alive for ever where nothing is promised', () => {
    expect(feedLive(null, undefined, NOW)).toBe(false);
    expect(feedLive(0, undefined, NOW)).toBe(true);
  });
});
