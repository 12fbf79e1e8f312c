import { describe, expect, it } from '@jest/globals';
import { stepsOf } from '../../../../../apps/wall/src/desk/steps.js';

const entry = (kind: string, at: number) => ({ kind, at, by: null, note: null, priority: 2 as const });

describe('when an alarm’s condition held', () => {
  it('follows from its history, up to now', () => {
    const history = [entry('raised', 10), entry('acknowledged', 12), entry('cleared', 20), entry('raised', 30)];
    expect(stepsOf(history, 0, 40)).toEqual([
      { from: 10, to: 20, is: 'holds' },
      { from: 20, to: 30, is: 'not' },
      { from: 30, to: 40, is: 'holds' },
    ]);
  });

  it('begins where the window does, and what was before the first entry is not known', () => {
    expect(stepsOf([entry('raised', 10), entry('cleared', 20)], 15, 40)).toEqual([
      { from: 15, to: 20, is: 'holds' },
      { from: 20, to: 40, is: 'not' },
    ]);
    expect(stepsOf([], 0, 40)).toEqual([]);
    expect(stepsOf([entry('commented', 5)], 0, 40)).toEqual([]);
  });

  it('is unknown while its input is silent, and then what it was', () => {
    expect(stepsOf([entry('raised', 10), entry('unknown', 20), entry('known', 30)], 0, 40)).toEqual([
      { from: 10, to: 20, is: 'holds' },
      { from: 20, to: 30, is: 'unknown' },
      { from: 30, to: 40, is: 'holds' },
    ]);
  });

  it('what worsened goes on to hold', () => {
    expect(stepsOf([entry('raised', 10), entry('worsened', 20)], 0, 40)).toEqual([{ from: 10, to: 40, is: 'holds' }]);
  });
});
