import type { AlarmCondition } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';
import { compileCondition } from '../../../../libs/alarms/src/condition.js';

const verdict = (
  when: AlarmCondition,
  value: number,
  attributes: Record<string, number> = {},
  change: number | null = null,
) => compileCondition(when)({ value, attributes, change, usual: null });

describe('at its very limits', () => {
  it.each<[AlarmCondition, [number, string][]]>([
    [
      { above: 10, clearBelow: 8 },
      [
        [10, 'between'],
        [10.001, 'holds'],
        [8, 'between'],
        [7.999, 'over'],
      ],
    ],
    [
      { atMost: 2, clearAbove: 4 },
      [
        [2, 'holds'],
        [2.001, 'between'],
        [4, 'between'],
        [4.001, 'over'],
      ],
    ],
    [
      { between: { low: 3, high: 7, margin: 1 } },
      [
        [3, 'holds'],
        [7, 'holds'],
        [2, 'between'],
        [8, 'between'],
        [1.999, 'over'],
        [8.001, 'over'],
      ],
    ],
    [
      { outside: { low: 3, high: 7, margin: 1 } },
      [
        [3, 'between'],
        [7, 'between'],
        [4, 'between'],
        [6, 'between'],
        [4.001, 'over'],
        [5.999, 'over'],
        [2.999, 'holds'],
        [7.001, 'holds'],
      ],
    ],
  ])('[AL1] [AL2] [AL33] %j', (when, expected) => {
    expect(expected.map(([value]) => [value, verdict(when, value)])).toEqual(expected);
  });

  it('[AL1] [AL5] a change as large as the limit is not beyond it', () => {
    const rate = { rate: { above: 2, below: -2, per: 60_000 } };
    expect([2, 2.001, -2, -2.001].map((change) => verdict(rate, 0, {}, change))).toEqual([
      'over',
      'holds',
      'over',
      'holds',
    ]);
    expect(verdict(rate, 0, {}, null)).toBe('over');
  });

  it('[AL3] sums are reckoned to twelve digits', () => {
    // 421.5 - 0.1 is 421.40000000000003 in binary
    expect(verdict({ atLeast: { attribute: 'warning', plus: -0.1 } }, 421.4, { warning: 421.5 })).toBe('holds');
    expect(verdict({ between: { low: 0.3, high: 1, margin: 0.1 } }, 0.2)).toBe('between');
  });

  it('[AL3] without the attribute of the way back nothing keeps it: it clears with the first value below', () => {
    const when = { atLeast: 10, clearBelow: { attribute: 'absent' } };
    expect([verdict(when, 10), verdict(when, 9)]).toEqual(['holds', 'over']);
  });
});
