import type { SimulatorValue } from '@citywall/pack-schema';
import { TERM_MODELS } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { compileValues, dailyCurve, TERMS } from '../../../../libs/simulator/src/values.js';
import { assetOf, cityOf, NOON, subjectOf } from './city.js';

const HOUR = 3_600_000;
const asset = assetOf('A', { floodLimit: 462.5, capacity: 200 });

/** The value `v` of the asset at a moment. */
function seenOf(spec: SimulatorValue, at = NOON, of = asset, city = cityOf()) {
  return compileValues({ v: spec }, city, 'test')(subjectOf(of), at).v;
}
function numberOf(spec: SimulatorValue, at = NOON, of = asset, city = cityOf()): number {
  const value = seenOf(spec, at, of, city);
  if (value === undefined || !('number' in value)) throw new Error('not a number');
  return value.number;
}
const sum = (...terms: Extract<SimulatorValue, { sum: unknown }>['sum']): SimulatorValue => ({
  sum: terms,
  decimals: 2,
});

describe('terms', () => {
  it('has an entry for every model of the schema, and no other', () => {
    expect(Object.keys(TERMS).sort()).toEqual([...TERM_MODELS].sort());
    for (const entry of Object.values(TERMS)) expect(entry.doc).not.toBe('');
  });

  it('constant, attribute, byAsset, scale, plus, per', () => {
    expect(numberOf(sum({ constant: 4 }))).toBe(4);
    expect(numberOf(sum({ attribute: 'floodLimit', plus: -0.5 }))).toBe(462);
    expect(numberOf(sum({ attribute: 'nothing' }))).toBe(0);
    expect(numberOf(sum({ byAsset: { A: 0.5, B: 9 } }))).toBe(0.5);
    expect(numberOf(sum({ byAsset: { B: 9 } }))).toBe(0);
    expect(numberOf(sum({ constant: 50, scale: 100, per: 'capacity', plus: 1 }))).toBe(26);
    expect(numberOf(sum({ constant: 1 }, { constant: 2 }))).toBe(3);
  });

  it('spread is fixed for an asset and differs between assets', () => {
    const spec = sum({ spread: 2 });
    expect(numberOf(spec, NOON)).toBe(numberOf(spec, NOON + HOUR));
    const all = Array.from({ length: 200 }, (_, i) => numberOf(spec, NOON, assetOf(`K${i}`)));
    expect(new Set(all).size).toBeGreaterThan(190);
    expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(2);
    expect(Math.max(...all)).toBeGreaterThan(1.5);
    expect(Math.min(...all)).toBeLessThan(-1.5);
  });

  it('counters start again each day, shift, week, month, quarter or year', () => {
    const since = (reset: 'day' | 'shift' | 'week' | 'month' | 'quarter' | 'year') =>
      numberOf(sum({ counter: 1, reset }), Date.parse('2026-08-13T18:30:00+08:00'));
    expect(numberOf(sum({ counter: 2 }), NOON)).toBe(24);
    expect(since('day')).toBe(18);
    expect(since('shift')).toBe(2);
    expect(since('week')).toBe(3 * 24 + 18);
    expect(since('month')).toBe(12 * 24 + 18);
    expect(since('quarter')).toBe((31 + 12) * 24 + 18);
    expect(since('year')).toBe((31 + 28 + 31 + 30 + 31 + 30 + 31 + 12) * 24 + 18);
  });

  it('total counts what a curve over the day lets come', () => {
    const spec = (weekend?: number) =>
      sum({
        total: [
          ['08:00', 0],
          ['10:00', 60],
          ['12:00', 0],
        ],
        ...(weekend === undefined ? {} : { weekend }),
      });
    const at = (clock: string, day = '2026-07-09') => Date.parse(`${day}T${clock}:00+08:00`);
    expect(numberOf(spec(), at('08:00'))).toBe(0);
    expect(numberOf(spec(), at('09:00'))).toBe(15);
    expect(numberOf(spec(), at('10:00'))).toBe(60);
    expect(numberOf(spec(), at('23:59'))).toBe(120);
    expect(numberOf(spec(0.5), at('23:59', '2026-07-11'))).toBe(60);
  });

  it('byCode takes a number by the code of a value before it', () => {
    const values = compileValues(
      {
        state: { sum: [{ attribute: 'capacity' }], steps: [[100, 'run']], otherwise: 'off' },
        power: { sum: [{ byCode: { run: 40, idle: 3 }, of: 'state' }], decimals: 0 },
      },
      cityOf(),
      'test',
    );
    expect(values(subjectOf(asset), NOON).power).toEqual({ number: 40, decimals: 0 });
    expect(values(subjectOf(assetOf('B', { capacity: 1 })), NOON).power).toEqual({ number: 0, decimals: 0 });
  });

  it('daily follows the local clock, linear, around midnight, less on weekends', () => {
    const spec = sum({
      daily: [
        ['06:00', 0],
        ['18:00', 12],
      ],
      weekend: 0.5,
    });
    expect(numberOf(spec, NOON)).toBe(6);
    expect(numberOf(spec, NOON + 12 * HOUR)).toBe(6);
    const saturday = Date.parse('2026-07-11T12:00:00+08:00');
    expect(numberOf(spec, saturday)).toBe(3);
    expect(dailyCurve([])(5)).toBe(0);
    expect(dailyCurve([['12:00', 7]])(1)).toBe(7);
  });

  it('noise wanders within its bound, differently for each value', () => {
    const a = sum({ noise: 0.4, over: 600_000 });
    const seen = Array.from({ length: 500 }, (_, i) => numberOf(a, NOON + i * 60_000));
    expect(Math.max(...seen.map(Math.abs))).toBeLessThanOrEqual(0.4);
    expect(Math.max(...seen) - Math.min(...seen)).toBeGreaterThan(0.3);
    const two = compileValues({ x: a, y: a }, cityOf(), 'test')(subjectOf(asset), NOON);
    expect(two.x).not.toEqual(two.y);
  });

  it('shower asks the weather for the window, later by the lag; without a place it is dry', () => {
    const asked: [number, number][] = [];
    const city = cityOf((from, to) => {
      asked.push([from, to]);
      return 5;
    });
    expect(numberOf(sum({ shower: true, over: HOUR, lag: 600_000, scale: 2 }), NOON, asset, city)).toBe(10);
    expect(asked).toEqual([[NOON - 600_000 - HOUR, NOON - 600_000]]);
    expect(numberOf(sum({ shower: true }), NOON, { ...asset, place: null }, city)).toBe(0);
  });

  it('counter grows within a day and begins again at local midnight', () => {
    const spec = sum({ counter: 12 });
    expect(numberOf(spec, NOON)).toBe(144);
    expect(numberOf(spec, Date.parse('2026-07-10T00:04:00+08:00'))).toBe(0);
    let before = 0;
    for (let minute = 0; minute < 24 * 60; minute += 7) {
      const now = numberOf(spec, Date.parse('2026-07-09T00:00:00+08:00') + minute * 60_000);
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });

  it('from takes another value before its rounding', () => {
    const values = compileValues(
      {
        used: { sum: [{ constant: 33.333 }], decimals: 0 },
        free: {
          sum: [{ attribute: 'capacity' }],
          times: [{ constant: 1 }, { from: 'used', scale: -0.01 }],
          decimals: 2,
        },
      },
      cityOf(),
      'test',
    )(subjectOf(asset), NOON);
    expect(values.free).toEqual({ number: expect.closeTo(133.334, 6), decimals: 2 });
  });
});

describe('values', () => {
  it('stay between min and max, also an attribute', () => {
    expect(numberOf({ sum: [{ constant: -4 }], min: 0, decimals: 0 })).toBe(0);
    expect(numberOf({ sum: [{ constant: 400 }], max: 100, decimals: 0 })).toBe(100);
    expect(numberOf({ sum: [{ constant: 400 }], max: { attribute: 'capacity' }, decimals: 0 })).toBe(200);
  });

  it('are missing as often as said, with what the platform sends instead', () => {
    const spec: SimulatorValue = { sum: [{ constant: 1 }], decimals: 0, missing: { chance: 0.2, as: '-9999' } };
    const seen = Array.from({ length: 2000 }, (_, i) => seenOf(spec, NOON + i * 1000));
    const gaps = seen.filter((value) => value !== undefined && 'missing' in value);
    expect(gaps[0]).toEqual({ missing: '-9999' });
    expect(gaps.length / seen.length).toBeCloseTo(0.2, 1);
  });

  it('are missing while another value is below a limit', () => {
    const model = compileValues(
      {
        open: {
          sum: [
            {
              daily: [
                ['08:59', 0],
                ['09:00', 1],
                ['17:30', 1],
                ['17:31', 0],
              ],
            },
          ],
          decimals: 0,
        },
        queue: { sum: [{ constant: 7 }], decimals: 0, missing: { while: { value: 'open', below: 0.5 }, as: null } },
      },
      cityOf(),
      'test',
    );
    expect(model(subjectOf(asset), NOON).queue).toEqual({ number: 7, decimals: 0 });
    expect(model(subjectOf(asset), NOON + 9 * HOUR).queue).toEqual({ missing: null });
  });

  it('choice holds a code for about its dwell and keeps the weights', () => {
    const spec: SimulatorValue = { choice: { a: 3, b: 1 }, dwell: 600_000 };
    const codes = Array.from({ length: 6000 }, (_, i) => {
      const value = seenOf(spec, NOON + i * 60_000);
      return value !== undefined && 'code' in value ? value.code : null;
    });
    const changes = codes.filter((code, i) => i > 0 && code !== codes[i - 1]).length;
    expect(changes).toBeLessThan(600);
    expect(changes).toBeGreaterThan(100);
    expect(codes.filter((code) => code === 'a').length / codes.length).toBeCloseTo(0.75, 1);
  });

  it('switch gives the code of the highest threshold reached', () => {
    const spec = (value: number): SimulatorValue => ({
      sum: [{ constant: value }],
      steps: [
        [5, 'on'],
        [9, 'full'],
      ],
      otherwise: 'off',
    });
    expect(seenOf(spec(4.9))).toEqual({ code: 'off' });
    expect(seenOf(spec(5))).toEqual({ code: 'on' });
    expect(seenOf(spec(20))).toEqual({ code: 'full' });
  });
});
