import { describe, expect, it } from '@jest/globals';
import { IdleWatch, TELL_EVERY_MS, WARN_MS } from '../../../../../apps/wall/src/console/idle.js';

const HOUR = 3_600_000;

describe('whether anybody is at the desk', () => {
  it('is told at the first key, then once a minute', () => {
    const idle = new IdleWatch(2 * HOUR);
    expect([0, 1, TELL_EVERY_MS - 1, TELL_EVERY_MS].map((at) => idle.input(at))).toEqual([true, false, false, true]);
  });

  it('is warned of before the end, and the key that answers is told at once', () => {
    const idle = new IdleWatch(2 * HOUR);
    expect(idle.left(2 * HOUR - WARN_MS - 1)).toBeNull();
    idle.input(2 * HOUR - WARN_MS - 1);
    expect(idle.left(2 * HOUR - WARN_MS)).toBe(WARN_MS);
    expect(idle.input(2 * HOUR - WARN_MS)).toBe(true);
    idle.heard(4 * HOUR);
    expect(idle.left(2 * HOUR - WARN_MS)).toBeNull();
  });

  it('is over when the time is, and no key brings it back', () => {
    const idle = new IdleWatch(HOUR);
    expect(idle.left(HOUR + 1)).toBe(0);
    expect(idle.input(HOUR)).toBe(false);
  });

  it('what did not arrive is told by the next key', () => {
    const idle = new IdleWatch(2 * HOUR);
    idle.input(0);
    idle.missed();
    expect(idle.input(1)).toBe(true);
  });

  it('means nothing where the session does not end by it', () => {
    const idle = new IdleWatch();
    expect([idle.input(0), idle.left(Number.MAX_SAFE_INTEGER)]).toEqual([false, null]);
  });
});
