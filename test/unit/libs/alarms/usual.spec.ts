import type { AlarmRule } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';
import { Bench, level } from './support.js';

const HOUR = 60;
const deviates = (deviation: NonNullable<AlarmRule['when']>['deviation'], more: Partial<AlarmRule> = {}) =>
  level({ when: { deviation: deviation! }, priority: 3, ...more });
const above = (percent: number) => deviates({ above: { percent }, of: 'week' });

/** Answers all that is asked with what `past` says of the hour after the start. */
function answer(bench: Bench, minute: number, past: (hour: number) => number | null): number {
  const asked = bench.machine.takeAsked();
  for (const one of asked) bench.machine.learnUsual(one, past((one.hour - bench.at(0)) / 3_600_000), bench.at(minute));
  return asked.length;
}

describe('unlike a week ago', () => {
  it('[AL57] compares with the mean of the same hour a week ago, as a share or in its unit', () => {
    const of = (deviation: NonNullable<AlarmRule['when']>['deviation'], value: number, usual: number | null) => {
      const bench = new Bench([deviates(deviation)]).read(0, value);
      answer(bench, 0, () => usual);
      return bench.state().startsWith('active');
    };
    expect(of({ above: { percent: 30 }, of: 'week' }, 130, 100)).toBe(false);
    expect(of({ above: { percent: 30 }, of: 'week' }, 130.1, 100)).toBe(true);
    expect(of({ above: 5, of: 'week' }, 15.1, 10)).toBe(true);
    expect(of({ below: { percent: 50 }, of: 'week' }, 4.9, 10)).toBe(true);
    expect(of({ below: { percent: 50 }, of: 'week' }, 20, 10)).toBe(false);
    expect(of({ above: 5, below: 5, of: 'week' }, -6, 0)).toBe(true);
    // of nothing there is no share
    expect(of({ above: { percent: 30 }, of: 'week' }, 1, 0)).toBe(false);
    expect(of({ above: { percent: 30 }, of: 'week' }, 1000, null)).toBe(false);
  });

  it('[AL57] asks once an hour and series, for the same hour of last week, and a little ahead', () => {
    const bench = new Bench([above(30)]);
    for (let minute = 0; minute < 50; minute++) bench.read(minute, 100);
    const [asked, ...others] = bench.machine.takeAsked();
    expect(others).toEqual([]);
    expect(asked).toEqual({ asset: 'water/river/a', metric: 'level', hour: bench.at(0), of: bench.at(-7 * 24 * HOUR) });
    bench.read(54, 100);
    expect(bench.machine.takeAsked()).toEqual([]);
    bench.read(55, 100).read(61, 100);
    expect(bench.machine.takeAsked().map(({ hour }) => hour)).toEqual([bench.at(HOUR)]);
  });

  it('[AL57] is unknown where there is no history, and says nothing while it is looked up', () => {
    const bench = new Bench([above(30)]).read(0, 140);
    expect(bench.state()).toBe('normal');
    answer(bench, 0, () => 100);
    expect(bench.state()).toBe('active-unacknowledged');
    bench.read(55, 141).read(61, 90);
    expect([bench.state(), bench.unknown()]).toEqual(['active-unacknowledged', false]);
    answer(bench, 61, () => null);
    expect([bench.state(), bench.unknown()]).toEqual(['active-unacknowledged', true]);
    bench.read(115, 90).read(121, 90);
    answer(bench, 121, () => 100);
    expect(bench.state()).toBe('normal');
    expect(
      bench
        .pass(121)
        .events()
        .map((event) => event.replace(/\..*/, '')),
    ).toEqual([
      'raised high 0',
      'unknown high 15',
      'known high 55',
      'unknown high 61',
      'known high 121',
      'cleared high 121',
    ]);
  });

  it('[AL57] what could not be looked up is asked for again, and a restart asks anew and tells nothing', () => {
    const bench = new Bench([above(30)]).read(0, 140);
    for (const asked of bench.machine.takeAsked()) bench.machine.forgetAsked(asked);
    bench.read(1, 140);
    expect(answer(bench, 1, () => 100)).toBe(1);
    expect(bench.state()).toBe('active-unacknowledged');
    bench.events();
    bench.restart(2).read(2, 140, { at: bench.at(1) });
    expect(answer(bench, 2, () => 100)).toBe(1);
    expect([bench.state(), bench.unknown()]).toEqual(['active-unacknowledged', false]);
    expect(bench.events()).toEqual([]);
  });

  it('[AL1] [AL57] other parts of the condition must hold as well', () => {
    const bench = new Bench([
      deviates(
        { above: { percent: 30 }, of: 'week' },
        { when: { atLeast: 50, deviation: { above: { percent: 30 }, of: 'week' } } },
      ),
    ]);
    bench.read(0, 40);
    answer(bench, 0, () => 10);
    expect(bench.state()).toBe('normal');
    expect(bench.read(1, 50).state()).toBe('active-unacknowledged');
  });
});
