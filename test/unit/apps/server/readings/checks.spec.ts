import type { Metric } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { check, RateCheck } from '../../../../../apps/server/src/readings/checks.js';

const MINUTE = 60_000;
const metric = (parts: Partial<Metric>): Metric => ({
  type: 'reservoir',
  name: 'level',
  label: { zh: '水位', en: 'Level' },
  kind: 'gauge',
  history: 'day',
  ...parts,
});
const reading = (value: number, at = 0) => ({ value, at, quality: 'good' as const, flags: [] });

describe('check', () => {
  it('marks what is outside the range as bad, keeps what is on it', () => {
    const ranged = metric({ range: { min: 435, max: 470 } });
    const rates = new RateCheck();
    expect(check(ranged, 's', reading(470), rates)).toEqual({ quality: 'good', flags: [] });
    expect(check(ranged, 's', reading(470.01), rates)).toEqual({ quality: 'bad', flags: ['range'] });
    expect(check(ranged, 's', reading(434), rates)).toEqual({ quality: 'bad', flags: ['range'] });
    expect(check(metric({ range: { min: 0 } }), 's', reading(1e9), rates).quality).toBe('good');
  });

  it('never makes a reading better than it came', () => {
    const came = { value: 5, at: 0, quality: 'bad' as const, flags: ['vendor' as const] };
    expect(check(metric({ maxRatePerMinute: 1 }), 's', came, new RateCheck())).toEqual({
      quality: 'bad',
      flags: ['vendor'],
    });
  });

  it('leaves the flags of a reading as they came, and makes no other list where it adds none', () => {
    const flags = Object.freeze(['vendor' as const]);
    const came = { value: 5, at: 0, quality: 'good' as const, flags };
    const rates = new RateCheck();
    expect(check(metric({ range: { max: 9 } }), 's', came, rates).flags).toBe(flags);
    expect(check(metric({ range: { max: 1 } }), 's', came, rates).flags).toEqual(['vendor', 'range']);
    const marked = Object.freeze(['range' as const]);
    expect(check(metric({ range: { max: 1 } }), 's', { ...came, flags: marked }, rates).flags).toBe(marked);
  });

  it('leaves texts, positions and metrics that nobody declared alone', () => {
    const rates = new RateCheck();
    const text = { value: 'on', at: 0, quality: 'good' as const, flags: [] };
    expect(check(metric({ range: { min: 1 } }), 's', text, rates).quality).toBe('good');
    expect(check(undefined, 's', reading(Number.MAX_VALUE), rates).quality).toBe('good');
  });

  it('marks a jump as uncertain', () => {
    const rated = metric({ maxRatePerMinute: 1 });
    const rates = new RateCheck();
    check(rated, 's', reading(10, 0), rates);
    expect(check(rated, 's', reading(20, MINUTE), rates)).toEqual({ quality: 'uncertain', flags: ['rate'] });
  });
});

describe('a position', () => {
  const bus = metric({
    type: 'bus',
    name: 'position',
    kind: 'position',
    maxSpeed: 30,
    box: [107.13, 29.63, 107.67, 30.52],
  });
  const HOME: [number, number] = [107.34, 30.33];
  /** so many metres east of home */
  const east = (metres: number): [number, number] => [
    HOME[0] + metres / (111_195 * Math.cos((HOME[1] * Math.PI) / 180)),
    HOME[1],
  ];
  const at = (value: [number, number], seconds: number) => ({
    value,
    at: seconds * 1_000,
    quality: 'good' as const,
    flags: [],
  });

  it('outside its box is bad', () => {
    expect(check(bus, 's', at([106.5, 29.5], 0), new RateCheck())).toEqual({ quality: 'bad', flags: ['range'] });
    expect(check(bus, 's', at([0, 0], 0), new RateCheck()).quality).toBe('bad');
    expect(check(bus, 's', at(HOME, 0), new RateCheck())).toEqual({ quality: 'good', flags: [] });
  });

  it('more than 300 m away after ten seconds is bad, and the way back is not', () => {
    const rates = new RateCheck();
    const seen = [at(HOME, 0), at(east(295), 10), at(east(900), 20), at(east(310), 30), at(east(330), 31)];
    expect(seen.map((reading) => check(bus, 's', reading, rates).quality)).toEqual([
      'good',
      'good',
      'bad',
      'good',
      'good',
    ]);
  });

  it('may be as far away within ten seconds as after ten, and farther after a pause', () => {
    const rates = new RateCheck();
    expect(check(bus, 's', at(HOME, 0), rates).quality).toBe('good');
    expect(check(bus, 's', at(east(250), 2), rates).quality).toBe('good');
    expect(check(bus, 's', at(east(8_000), 302), rates).quality).toBe('good');
  });

  it('that was put elsewhere is doubted once', () => {
    const rates = new RateCheck();
    const seen = [at(HOME, 0), at(east(5_000), 10), at(east(5_100), 20), at(east(5_200), 30)];
    expect(seen.map((reading) => check(bus, 's', reading, rates).quality)).toEqual(['good', 'bad', 'good', 'good']);
  });
});

describe('RateCheck', () => {
  const run = (values: [at: number, value: number][]) => {
    const rates = new RateCheck();
    return values.map(([at, value]) => rates.tooFast('s', value, at, 1));
  };

  it('marks a spike, not the return from it', () => {
    expect(
      run([
        [0, 10],
        [MINUTE, 99],
        [2 * MINUTE, 10],
      ]),
    ).toEqual([false, true, false]);
  });

  it('marks a step once', () => {
    expect(
      run([
        [0, 10],
        [MINUTE, 50],
        [2 * MINUTE, 50.5],
        [3 * MINUTE, 51],
      ]),
    ).toEqual([false, true, false, false]);
  });

  it('allows the change of a minute however short the interval, and more after a pause', () => {
    expect(
      run([
        [0, 10],
        [100, 10.9],
        [10 * MINUTE, 20],
      ]),
    ).toEqual([false, false, false]);
  });

  it('compares nothing with an older reading', () => {
    expect(
      run([
        [10 * MINUTE, 10],
        [0, 500],
        [11 * MINUTE, 10.5],
      ]),
    ).toEqual([false, false, false]);
  });

  it('forgets the series longest unseen', () => {
    const rates = new RateCheck(3);
    for (const series of ['a', 'b', 'c']) rates.tooFast(series, 0, 0, 1);
    rates.tooFast('a', 0, 1, 1);
    rates.tooFast('d', 0, 1, 1);
    expect(rates.size).toBe(3);
    expect(rates.tooFast('a', 100, 2, 1)).toBe(true);
    expect(rates.tooFast('b', 100, 2, 1)).toBe(false);
  });
});
