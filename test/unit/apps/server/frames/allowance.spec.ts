import { describe, expect, it } from '@jest/globals';
import { Allowance } from '../../../../../apps/server/src/frames/allowance.js';

/** Times at which something that always wants to happen does, from a moment on. */
function times(allowance: Allowance, from: number, count: number): number[] {
  return Array.from({ length: count }, () => {
    const at = Math.max(from, allowance.next);
    allowance.use(at);
    return at - from;
  });
}

describe('an allowance', () => {
  it('allows the first at once, the saved ones a gap apart, then one in its time', () => {
    const allowance = new Allowance(100, 2, 25);
    expect(times(allowance, 5_000, 6)).toEqual([0, 25, 50, 100, 200, 300]);
  });

  it('without anything saved it is a plain interval', () => {
    expect(times(new Allowance(100, 0, 25), 5_000, 4)).toEqual([0, 100, 200, 300]);
  });

  it('saves while it is quiet, and no more than it may', () => {
    const allowance = new Allowance(100, 3, 25);
    times(allowance, 0, 20);
    const busy = allowance.next;
    expect(times(allowance, busy + 100, 3)).toEqual([0, 25, 100]);
    expect(times(allowance, busy + 60_000, 6)).toEqual([0, 25, 50, 75, 100, 200]);
  });

  it('what happens late does not delay what follows', () => {
    const allowance = new Allowance(100, 0, 25);
    allowance.use(0);
    allowance.use(130);
    expect(allowance.next).toBe(230);
    const saving = new Allowance(100, 1, 25);
    times(saving, 0, 5);
    const { next } = saving;
    saving.use(next + 30);
    expect(saving.next).toBe(next + 100);
  });
});
