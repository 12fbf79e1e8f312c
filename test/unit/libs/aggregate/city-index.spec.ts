import { type Measured, measureScore, pointsOf, type Scored, shares, weighted } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';

const LINE = [
  [0, 100],
  [2, 70],
  [6, 30],
  [12, 0],
] as const;
const measured = (value: number | null, more: Partial<Measured> = {}): Measured => ({
  value,
  fresh: 10,
  total: 10,
  connected: true,
  ever: true,
  ...more,
});
const scored = (score: number | null, coverage = 1, state: Scored['state'] = score === null ? 'thin' : 'shown') => ({
  state,
  score,
  coverage,
});

describe('points of a measured value', () => {
  it.each([
    [-1, 100],
    [0, 100],
    [1, 85],
    [2, 70],
    [4, 50],
    [9, 15],
    [12, 0],
    [99, 0],
  ])('%d → %d: straight between the corners, level beyond the ends', (value, points) => {
    expect(pointsOf(LINE, value)).toBeCloseTo(points, 9);
  });
});

describe('score of a measure', () => {
  it('is there while enough of its data is', () => {
    expect(measureScore(measured(1, { fresh: 8 }), LINE, 0.8)).toEqual({ state: 'shown', score: 85, coverage: 0.8 });
    expect(measureScore(measured(1, { fresh: 7 }), LINE, 0.8)).toEqual({ state: 'thin', score: null, coverage: 0.7 });
  });

  it('nothing measured is no zero, and no hundred either', () => {
    expect(measureScore(measured(null), LINE, 0.8).state).toBe('thin');
    expect(measureScore(measured(null, { ever: false, fresh: 0 }), LINE, 0.8).state).toBe('waiting');
    expect(measureScore(measured(0, { connected: false }), LINE, 0.8)).toEqual({
      state: 'unconnected',
      score: null,
      coverage: 0,
    });
    expect(measureScore(measured(0, { fresh: 0, total: 0 }), LINE, 0.8).state).toBe('thin');
  });
});

describe('an index', () => {
  it('is the weighted mean of its parts', () => {
    const parts = [
      { weight: 25, scored: scored(60) },
      { weight: 75, scored: scored(80) },
    ];
    expect(weighted(parts, 0.8)).toEqual({ state: 'shown', score: 75, coverage: 1 });
    expect(shares(parts)).toEqual([25, 75]);
  });

  it('what is not connected gives its weight to the others', () => {
    const parts = [
      { weight: 25, scored: scored(60) },
      { weight: 15, scored: scored(null, 0, 'unconnected') },
      { weight: 60, scored: scored(90) },
    ];
    expect(weighted(parts, 0.8)).toMatchObject({ state: 'shown', score: 81.2, coverage: 1 });
    expect(shares(parts)).toEqual([29.4, 0, 70.6]);
  });

  it('has no score where too little of its data is there, by weight', () => {
    const parts = (missing: number) => [
      { weight: missing, scored: scored(null, 0) },
      { weight: 100 - missing, scored: scored(90) },
    ];
    expect(weighted(parts(20), 0.8)).toEqual({ state: 'shown', score: 90, coverage: 0.8 });
    expect(weighted(parts(21), 0.8)).toMatchObject({ state: 'thin', score: null, coverage: 0.79 });
  });

  it('waits while nothing ever came, and is not there where no system is', () => {
    const waiting = { weight: 1, scored: scored(null, 0, 'waiting') };
    const unconnected = { weight: 1, scored: scored(null, 0, 'unconnected') };
    expect(weighted([waiting, unconnected], 0.8).state).toBe('waiting');
    expect(weighted([unconnected], 0.8)).toEqual({ state: 'unconnected', score: null, coverage: 0 });
    expect(weighted([], 0.8).state).toBe('unconnected');
    expect(shares([unconnected])).toEqual([0]);
  });
});
