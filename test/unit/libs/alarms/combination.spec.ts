import type { AlarmReading } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';
import { combine, type PartState, type Tree } from '../../../../libs/alarms/src/combination.js';
import { Bench, level, rule } from './support.js';

/** What parts say together, one beside the other. */
const whole = (mode: Tree['mode'], parts: (PartState | undefined)[], now: number) =>
  combine({ mode, terms: parts.map((_, index) => index) }, parts, now);

const flooded = () =>
  rule('flooded', {
    metric: 'pump/state',
    priority: 1,
    when: {
      all: [
        { metric: 'state', is: 'fault' },
        { of: 'site', metric: 'river/level', atLeast: 10, clearBelow: 8 },
      ],
    },
  });
const pump = (bench: Bench, minute: number, value: AlarmReading['value'], more: Partial<AlarmReading> = {}) =>
  bench.read(minute, value, { asset: 'water/pump/p1', metric: 'state', feed: 'pumps', ...more });
const ID = 'water/flooded/pump/p1';
const of = (bench: Bench) => [bench.get(ID)?.standing ?? 'none', bench.get(ID)?.unknown ?? false];

describe('several conditions', () => {
  it('[AL34] all must hold, of the asset and of the one that an attribute names', () => {
    const bench = new Bench([flooded()]);
    pump(bench, 0, 'fault');
    expect(of(bench)).toEqual(['none', false]);
    bench.read(1, 11);
    expect([bench.get(ID)?.standing, bench.get(ID)?.value]).toEqual(['active', 'fault']);
    // the other pump of the place runs
    expect(bench.get('water/flooded/pump/p2')).toBeUndefined();
    bench.read(2, 9);
    expect(of(bench)).toEqual(['active', false]);
    expect(bench.read(3, 7).get(ID)?.standing).toBe('cleared');
  });

  it('[AL11] [AL34] one that is stale or bad leaves it unknown, unless the other decides', () => {
    const bench = new Bench([flooded()]);
    bench.read(0, 11);
    pump(bench, 1, 'fault').pass(16);
    expect(of(bench)).toEqual(['active', true]);
    bench.read(17, 12);
    expect(of(bench)).toEqual(['active', false]);
    bench.read(18, 12, { quality: 'bad' });
    expect(of(bench)).toEqual(['active', true]);
    // nobody knows how deep it is, but the pump runs
    pump(bench, 19, 'running');
    expect(of(bench)).toEqual(['cleared', false]);
  });

  it('[AL34] any: one is enough, and none is only known where all are', () => {
    const bench = new Bench([
      level({
        when: {
          any: [
            { metric: 'level', atLeast: 10 },
            { metric: 'gate', is: 'open' },
          ],
        },
        priority: 3,
      }),
    ]);
    bench.read(0, 1);
    bench.read(1, 'open', { metric: 'gate' });
    expect([bench.state(), bench.get()?.value]).toEqual(['active-unacknowledged', 1]);
    bench.pass(60);
    // the gate reports only changes
    expect(bench.unknown()).toBe(false);
    bench.read(61, 'shut', { metric: 'gate' });
    expect([bench.state(), bench.unknown()]).toEqual(['active-unacknowledged', true]);
    expect(bench.read(62, 2).state()).toBe('normal');
  });

  it('[AL22] [AL23] the same again changes nothing; a restart stays as it was until all were heard', () => {
    const bench = new Bench([flooded()]).read(0, 11);
    pump(bench, 1, 'fault');
    const before = JSON.stringify(bench.get(ID));
    pump(bench, 1, 'fault');
    expect(JSON.stringify(bench.get(ID))).toBe(before);
    bench.events();
    bench.restart(2).read(2, 11, { at: bench.at(0) });
    expect(of(bench)).toEqual(['active', false]);
    pump(bench, 3, 'fault', { at: bench.at(1) });
    expect(of(bench)).toEqual(['active', false]);
    expect(bench.events()).toEqual([]);
    bench.pass(16);
    expect(of(bench)).toEqual(['active', true]);
  });

  it('[AL34] is known until the first part it rests on is stale', () => {
    const part = (verdict: PartState['verdict'], until: number): PartState => ({
      verdict,
      at: 0,
      until,
      feed: 'f',
      silent: false,
    });
    expect(whole('all', [part('holds', 50), part('holds', 20)], 10)).toEqual({
      verdict: 'holds',
      knownUntil: 20,
    });
    expect(whole('all', [part('over', 50), part('holds', 20)], 10)).toEqual({
      verdict: 'over',
      knownUntil: 50,
    });
    expect(whole('any', [part('holds', 50), part('over', 20)], 10)).toEqual({
      verdict: 'holds',
      knownUntil: 50,
    });
    expect(whole('any', [part('over', 50), undefined], 10).verdict).toBeNull();
    expect(whole('all', [part('holds', 5), part('over', 50)], 10).verdict).toBe('over');
    expect(whole('all', [part('holds', 5), part('between', 50)], 10).verdict).toBe('unknown');
  });
});

describe('several conditions of several feeds', () => {
  it('[AL58] a part whose own feed is silent is not known, though the other one speaks', () => {
    const bench = new Bench([flooded()]);
    pump(bench, 0, 'fault').read(1, 11);
    bench.events();
    bench.machine.silent('pumps', bench.at(2));
    expect(of(bench)).toEqual(['active', true]);
    bench.read(3, 12);
    expect(of(bench)).toEqual(['active', true]);
    // the depth alone says that it is over
    bench.read(4, 5);
    expect(of(bench)).toEqual(['cleared', false]);
    bench.read(5, 11);
    expect(of(bench)).toEqual(['cleared', false]);
    bench.machine.heard('pumps', bench.at(6));
    expect(bench.pass(6).get(ID)?.standing).toBe('active');
    expect(bench.events()).toEqual(['unknown flooded 2', 'known flooded 4', 'cleared flooded 4', 'raised flooded 6']);
  });

  it('[AL15] [AL58] what grows stale is known with its next value alone', () => {
    const bench = new Bench([flooded()]);
    pump(bench, 0, 'fault').read(1, 11);
    bench.machine.silent('stage', bench.at(2));
    bench.machine.heard('stage', bench.at(3));
    expect(of(bench)).toEqual(['active', true]);
    expect(of(bench.read(4, 11))).toEqual(['active', false]);
    // of a feed that has no part in it nothing changes
    bench.machine.silent('other', bench.at(5));
    expect(of(bench)).toEqual(['active', false]);
  });

  it('[AL58] terms nest: any of several, all of which hold', () => {
    const when = {
      any: [
        { metric: 'level', atLeast: 20 },
        {
          all: [
            { metric: 'level', atLeast: 10, clearBelow: 8 },
            { metric: 'gate', is: 'open' },
          ],
        },
      ],
    };
    const bench = new Bench([level({ when, priority: 3 })]);
    const gate = (minute: number, value: string) => bench.read(minute, value, { metric: 'gate' });
    gate(0, 'shut').read(1, 12);
    expect(bench.state()).toBe('normal');
    gate(2, 'open');
    expect([bench.state(), bench.get()?.value]).toEqual(['active-unacknowledged', 12]);
    gate(3, 'shut');
    expect(bench.state()).toBe('normal');
    bench.read(4, 21);
    expect(bench.state()).toBe('active-unacknowledged');
    expect(bench.pass(20).unknown()).toBe(true);
  });
});

describe('bands', () => {
  const at = (when: object, ...values: number[]) => {
    const bench = new Bench([level({ when, priority: 3 })]);
    return values.map((value, i) => bench.read(i, value).state().startsWith('active'));
  };

  it('[AL33] between includes its limits, outside does not, and both clear a margin past them', () => {
    expect(at({ between: { low: 5, high: 9 } }, 4.9, 5, 9, 9.1)).toEqual([false, true, true, false]);
    expect(at({ outside: { low: 19.5, high: 23.5 } }, 19.5, 19.4, 23.6, 23.5)).toEqual([false, true, true, false]);
    expect(at({ outside: { low: 5, high: 9, margin: 1 } }, 4, 5.5, 6, 6.1, 9.2, 8, 7.9)).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(at({ between: { low: 5, high: 9, margin: 1 } }, 9, 10, 10.1)).toEqual([true, true, false]);
  });

  it('[AL33] a limit may be a share of an attribute', () => {
    expect(at({ atLeast: { attribute: 'warning', factor: 0.9, plus: -0.35 } }, 378.9, 379)).toEqual([false, true]);
  });
});

describe('occurrences', () => {
  it('[AL35] an exercise raises nothing', () => {
    const drill = rule('red', { occurrence: { type: 'warning', unless: { headline: ['暴雨', '演练'] } } });
    expect(new Bench([drill]).occur(0, 'issued').get('water/red/occurrence:w1')).toBeUndefined();
    const other = rule('red', { occurrence: { type: 'warning', unless: { exercise: true } } });
    expect(new Bench([other]).occur(0, 'issued').get('water/red/occurrence:w1')?.standing).toBe('active');
  });
});

describe('what parts say together', () => {
  const part = (verdict: PartState['verdict'], until = Number.MAX_SAFE_INTEGER): PartState => ({
    verdict,
    at: 0,
    until,
    feed: 'f',
    silent: false,
  });

  it('[AL34] a part is known up to its last moment, that moment included', () => {
    expect(whole('all', [part('holds', 100), part('holds')], 100)).toEqual({
      verdict: 'holds',
      knownUntil: 100,
    });
    expect(whole('all', [part('holds', 100), part('holds')], 101).verdict).toBe('unknown');
  });

  it('[AL34] one that is stale makes the whole unknown, whether or not another was never heard', () => {
    expect(whole('all', [part('unknown'), undefined, part('holds')], 0).verdict).toBe('unknown');
    expect(whole('all', [undefined, part('unknown'), part('holds')], 0).verdict).toBe('unknown');
    expect(whole('all', [undefined, part('holds')], 0)).toEqual({
      verdict: null,
      knownUntil: Number.MAX_SAFE_INTEGER,
    });
  });

  it('[AL2] [AL34] between the limits of one part the whole stays as it is', () => {
    expect(whole('all', [part('between'), part('holds')], 0).verdict).toBe('between');
    expect(whole('all', [part('holds'), part('between')], 0).verdict).toBe('between');
    expect(whole('any', [part('between'), part('over')], 0).verdict).toBe('between');
    expect(whole('all', [part('between'), part('over')], 0).verdict).toBe('over');
    expect(whole('any', [part('between'), part('holds')], 0).verdict).toBe('holds');
    expect(whole('all', [part('between'), part('unknown')], 0).verdict).toBe('unknown');
  });
});
