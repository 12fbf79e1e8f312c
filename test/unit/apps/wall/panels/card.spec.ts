import { type SeriesRow, type SeriesViewSpec, stateOf } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { sparkRuns, sparkSpan, sparkY } from '../../../../../apps/wall/src/charts/sparkline.js';
import { AGO, changeText, isMet, lineOf, valueAt } from '../../../../../apps/wall/src/panels/card/option.js';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const spec: SeriesViewSpec = { kind: 'series', asset: 'a/b/c', metric: 'm', window: 5 * MINUTE, step: MINUTE };
const slot = (minutes: number, avg: number): [string, SeriesRow] => {
  const at = Math.floor(NOW / MINUTE) * MINUTE + minutes * MINUTE;
  return [String(at), { at, min: avg, max: avg, avg, last: avg, count: 1 }];
};

describe('card', () => {
  it('draws slot by slot with gaps; the slot that has just begun is no gap', () => {
    expect(lineOf(stateOf([slot(-4, 1), slot(-2, 3), slot(-1, 4)]), spec, NOW)).toEqual([1, null, 3, 4]);
    expect(lineOf(stateOf([slot(-4, 1), slot(0, 5)]), spec, NOW)).toEqual([1, null, null, null, 5]);
    // silence is seen: the line ends where the data ended
    expect(lineOf(stateOf([slot(-4, 1)]), spec, NOW)).toEqual([1, null, null]);
    expect(lineOf(stateOf([]), spec, NOW)).toEqual([]);
    expect(lineOf(stateOf([slot(0, 1)], { error: 'x' }), spec, NOW)).toEqual([]);
  });

  it('compares with what was measured then, and invents no past', () => {
    const past = { ...spec, window: AGO.week, step: 60 * MINUTE };
    const at = Math.floor((NOW - AGO.yesterday) / past.step) * past.step;
    const state = stateOf([[String(at), { at, avg: 3.5 }]]);
    expect(valueAt(state, past, NOW - AGO.yesterday)).toBe(3.5);
    expect(valueAt(state, past, NOW - AGO.week)).toBeNull();
    expect([changeText(4.6, 3.5, 1), changeText(3, 3.5, 1), changeText(3, null, 1), changeText(null, 3, 1)]).toEqual([
      '+1.1',
      '−0.5',
      '—',
      '—',
    ]);
  });

  it('says whether a target is met, and nothing of an unknown figure', () => {
    const name = { zh: '目标', en: 'target' };
    expect(isMet(4, { value: 4, name, better: 'below' })).toBe(true);
    expect(isMet(4.1, { value: 4, name, better: 'below' })).toBe(false);
    expect(isMet(95, { value: 96, name, better: 'above' })).toBe(false);
    expect(isMet(null, { value: 96, name, better: 'above' })).toBeNull();
    expect(isMet(1, undefined)).toBeNull();
  });
});

describe('sparkline', () => {
  const size = { width: 100, height: 50, inset: 5 };
  it('breaks at gaps and stays inside', () => {
    const values = [1, 2, null, 3];
    const span = sparkSpan(values, 10)!;
    const runs = sparkRuns(values, span, size);
    expect(runs.map((run) => run.length)).toEqual([2, 1]);
    expect(runs.flat().map(([x]) => x)).toEqual([5, 35, 95]);
    for (const [, y] of runs.flat()) expect(y >= 5 && y <= 45).toBe(true);
    expect(sparkY(10, span, size)).toBeLessThan(sparkY(3, span, size));
  });

  it('puts a still line in the middle, and draws nothing of nothing', () => {
    const span = sparkSpan([7, 7])!;
    expect(sparkY(7, span, size)).toBeGreaterThan(5);
    expect(sparkY(7, span, size)).toBeLessThan(45);
    expect(sparkSpan([null, null])).toBeNull();
    expect(sparkRuns([4], sparkSpan([4])!, size)).toHaveLength(1);
  });
});
