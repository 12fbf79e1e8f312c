import { describe, expect, it } from '@jest/globals';
import { TwoGenerations } from '../../../../../apps/server/src/readings/two-generations.js';

describe('TwoGenerations', () => {
  it('remembers the newest of one generation at least, and never more than two', () => {
    const memory = new TwoGenerations<number>(10);
    for (let i = 0; i < 1000; i++) {
      memory.set(`k${i}`, i);
      for (let back = 0; back < 10 && back <= i; back++) expect(memory.get(`k${i - back}`)).toBe(i - back);
      expect(memory.size).toBeLessThanOrEqual(20);
    }
    expect(memory.get('k0')).toBeUndefined();
  });

  it('gives what was set last', () => {
    const memory = new TwoGenerations<number>(2);
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['a', 4],
    ] as const)
      memory.set(key, value);
    expect(memory.get('a')).toBe(4);
  });
});
