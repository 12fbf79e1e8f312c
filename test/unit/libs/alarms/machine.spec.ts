import { describe, expect, it } from '@jest/globals';
import { Bench, catalogue, level, MINUTE, rule, START } from './support.js';

describe('condition', () => {
  it('[AL1] above and below are strict, atLeast and atMost include the limit, and all parts must hold', () => {
    const states = (when: object, ...values: number[]) =>
      values.map((value, i) => new Bench([level({ when })]).read(i, value).state());
    expect(states({ above: 10 }, 10, 10.1)).toEqual(['normal', 'active-unacknowledged']);
    expect(states({ atLeast: 10 }, 9.9, 10)).toEqual(['normal', 'active-unacknowledged']);
    expect(states({ below: 10 }, 10, 9.9)).toEqual(['normal', 'active-unacknowledged']);
    expect(states({ atMost: 10 }, 10.1, 10)).toEqual(['normal', 'active-unacknowledged']);
    expect(states({ atLeast: 10, below: 12 }, 9, 11, 12)).toEqual(['normal', 'active-unacknowledged', 'normal']);
  });

  it('[AL2] clears strictly past the clear limit; in between nothing begins and what was clearing begins anew', () => {
    const bench = new Bench([level({ clearFor: 10 * MINUTE })]);
    bench.read(0, 9);
    expect(bench.state()).toBe('normal');
    bench.read(1, 10).read(2, 8);
    expect(bench.state()).toBe('active-unacknowledged');
    bench.read(3, 7.9).read(12, 8).read(13, 7.9).read(22, 7.9);
    expect(bench.state()).toBe('active-unacknowledged');
    bench.pass(23);
    expect(bench.state()).toBe('cleared-unacknowledged');
  });

  it('[AL2] without a clear limit it is over as soon as the condition no longer holds; a low limit works alike', () => {
    expect(new Bench([level({ when: { atLeast: 10 }, priority: 3 })]).read(0, 10).read(1, 9.99).state()).toBe('normal');
    const low = new Bench([level({ when: { below: 3, clearAbove: 5 }, priority: 3 })]).read(0, 2).read(1, 5);
    expect(low.state()).toBe('active-unacknowledged');
    expect(low.read(2, 5.1).state()).toBe('normal');
  });

  it('[AL3] a limit may be an attribute with an offset, reckoned in decimals; without the attribute it is never reached', () => {
    const when = {
      atLeast: { attribute: 'warning' },
      clearBelow: { attribute: 'warning', plus: -0.1 },
    };
    const bench = new Bench([level({ when, priority: 3 })]).read(0, 421.5).read(1, 421.4);
    expect(bench.state()).toBe('active-unacknowledged');
    expect(bench.read(2, 421.39).state()).toBe('normal');
    expect(bench.read(3, 500, {}, 'bare').state('high', 'bare')).toBe('normal');
    expect(bench.read(4, 'fault').state()).toBe('normal');
  });

  it('[AL4] is compares exactly with one value or any of a list', () => {
    const bench = new Bench([level({ when: { is: ['fault', 'lost'] }, priority: 3 })]).read(0, 'lost');
    expect(bench.state()).toBe('active-unacknowledged');
    expect(bench.read(1, 'FAULT').state()).toBe('normal');
    expect(new Bench([level({ when: { is: true } })]).read(0, true).state()).toBe('active-unacknowledged');
  });

  it('[AL5] rate compares with the value so long before, or the oldest known within it', () => {
    const bench = new Bench([level({ when: { rate: { above: 5, per: 60 * MINUTE } }, priority: 3 })]);
    bench.read(0, 100).read(30, 104).read(50, 105.1);
    expect(bench.state()).toBe('active-unacknowledged');
    // since minute 30: 4 in the hour before 90
    expect(bench.read(90, 108).state()).toBe('normal');
    // after a long silence nobody knows how fast it was
    expect(bench.read(600, 200).state()).toBe('normal');
    const down = new Bench([level({ when: { rate: { below: -5, per: 60 * MINUTE } } })]).read(0, 10).read(20, 4);
    expect(down.state()).toBe('active-unacknowledged');
  });

  it('[AL5] values from before the start are learnt', () => {
    const bench = new Bench([level({ when: { rate: { above: 5, per: 60 * MINUTE } } })]);
    bench.machine.learn('water/river/a', 'level', bench.at(-50), 100);
    expect(bench.read(0, 106).state()).toBe('active-unacknowledged');
  });

  it('[AL6] absent: raised by silence, also of what never spoke; a bad value is a sign of life', () => {
    const bench = new Bench([level({ when: { absent: 15 * MINUTE }, priority: 4 })]);
    bench.read(0, 1);
    bench.machine.expect('water/river/a', 'river/level', bench.at(0));
    bench.machine.expect('water/river/mute', 'river/level', bench.at(0));
    bench.pass(14);
    expect(bench.state()).toBe('normal');
    bench.pass(15);
    expect([bench.state(), bench.state('high', 'mute')]).toEqual(['active-unacknowledged', 'active-unacknowledged']);
    expect(bench.read(20, 1, { quality: 'bad' }).state()).toBe('normal');
    bench.pass(34);
    expect(bench.state()).toBe('normal');
    expect(bench.pass(35).state()).toBe('active-unacknowledged');
    expect(bench.events()).toEqual(['raised high 15', 'raised high 15', 'cleared high 20', 'raised high 35']);
  });

  it('[AL6] what was before the machine began is no silence', () => {
    const bench = new Bench([level({ when: { absent: 15 * MINUTE }, priority: 4 })]);
    bench
      .read(0, 1)
      .restart(60)
      .read(60, 1, { at: bench.at(0) });
    expect(bench.state()).toBe('normal');
    expect(bench.pass(75).state()).toBe('active-unacknowledged');
  });

  it('[AL6] nor is what nothing could reach it in; what was raised before stays', () => {
    const bench = new Bench([level({ when: { absent: 15 * MINUTE }, priority: 4 })]).read(0, 1);
    bench.machine.expect('water/river/mute', 'river/level', bench.at(0));
    bench.read(10, 1).pass(16);
    expect([bench.state(), bench.state('high', 'mute')]).toEqual(['normal', 'active-unacknowledged']);
    bench.machine.hears(false, bench.at(17));
    bench.pass(60);
    bench.machine.hears(true, bench.at(60));
    bench.machine.hears(true, bench.at(70));
    expect([bench.pass(74).state(), bench.state('high', 'mute')]).toEqual(['normal', 'active-unacknowledged']);
    expect(bench.pass(75).state()).toBe('active-unacknowledged');
  });

  it('[AL7] a season ends its alarms, and may go over the turn of the year', () => {
    const summer = new Bench([level({ season: { from: '05-01', to: '07-09' } })]).read(0, 11);
    expect(summer.state()).toBe('active-unacknowledged');
    summer.read(9 * 60, 11).pass(10 * 60);
    expect(summer.state()).toBe('normal');
    expect(summer.events()).toEqual([
      'raised high 0',
      'unknown high 15.000016666666667',
      'known high 540',
      'unknown high 555.0000166666666',
      'ended high 600',
    ]);
    expect(summer.read(601, 12).state()).toBe('normal');
    const fire = (start: string) =>
      new Bench([level({ season: { from: '11-01', to: '04-30' } })], { start: Date.parse(start) }).read(0, 11).state();
    expect(fire('2026-12-31T23:59:00+08:00')).toBe('active-unacknowledged');
    expect(fire('2027-01-01T00:01:00+08:00')).toBe('active-unacknowledged');
    expect(fire('2026-05-01T00:00:00+08:00')).toBe('normal');
  });
});

describe('time', () => {
  it('[AL8] is raised when it has held without a break, counted from when the first value was measured', () => {
    const bench = new Bench([level({ for: 10 * MINUTE })]);
    bench
      .read(0, 10, { at: bench.at(-2) })
      .read(4, 9)
      .read(5, 10)
      .pass(14.9);
    expect(bench.state()).toBe('pending');
    bench.pass(15);
    expect(bench.state()).toBe('active-unacknowledged');
    const late = new Bench([level({ for: 10 * MINUTE })]);
    late.read(3, 10, { at: late.at(1) }).pass(11);
    expect(late.state()).toBe('active-unacknowledged');
    const ahead = new Bench([level({ for: 10 * MINUTE })]);
    ahead.read(0, 10, { at: ahead.at(4) }).pass(10);
    expect(ahead.state()).toBe('active-unacknowledged');
  });

  it('[AL9] is cleared when it has been over without a break', () => {
    const bench = new Bench([level({ clearFor: 10 * MINUTE, priority: 3 })]);
    bench.read(0, 10).read(1, 5).read(5, 11).read(6, 5).pass(15.9);
    expect(bench.state()).toBe('active-unacknowledged');
    expect(bench.pass(16).state()).toBe('normal');
  });

  it('[AL10] needs no further value, and bears the time at which it was due', () => {
    const bench = new Bench([level({ for: 10 * MINUTE })]).read(0, 10).pass(12);
    expect(bench.get()?.raisedAt).toBe(bench.at(10));
    expect(bench.machine.nextDue()).toBe(bench.at(15) + 1);
    const old = new Bench([level({ for: MINUTE })], { catalogue: catalogue({ staleAfter: () => undefined }) });
    old.read(0, 10, { at: old.at(-60) });
    expect(old.get()?.raisedAt).toBe(old.at(0));
  });
});

describe('what is not known', () => {
  it('[AL11] silence neither raises nor clears: the alarm is unknown', () => {
    const pending = new Bench([level({ for: 20 * MINUTE })]).read(0, 10).pass(600);
    expect([pending.state(), pending.unknown()]).toEqual(['pending', true]);
    const clearing = new Bench([level({ clearFor: 20 * MINUTE })]).read(0, 10).read(1, 5).pass(600);
    expect([clearing.state(), clearing.unknown()]).toEqual(['active-unacknowledged', true]);
    expect(clearing.events()).toEqual(['raised high 0', 'unknown high 16.000016666666667']);
  });

  it('[AL12] a bad value and an implausible change tell nothing; other uncertain values count', () => {
    const bench = new Bench([level()]);
    bench.read(0, 99, { quality: 'bad', flags: ['range'] }).read(1, 99, { quality: 'uncertain', flags: ['rate'] });
    expect(bench.state()).toBe('normal');
    bench.read(2, 99, { quality: 'uncertain', flags: ['no-time'] });
    expect(bench.state()).toBe('active-unacknowledged');
    bench.read(3, 0, { quality: 'bad' });
    expect([bench.state(), bench.unknown(), bench.get()?.value]).toEqual(['active-unacknowledged', true, 99]);
    bench.read(4, 12);
    expect([bench.state(), bench.unknown(), bench.get()?.value]).toEqual(['active-unacknowledged', false, 12]);
  });

  it('[AL13] both delays stand still meanwhile, and go on where they stood', () => {
    const raising = new Bench([level({ for: 10 * MINUTE })]);
    raising.read(0, 10).read(6, 0, { quality: 'bad' }).read(30, 10).pass(33.9);
    expect(raising.state()).toBe('pending');
    expect(raising.pass(34).state()).toBe('active-unacknowledged');
    const clearing = new Bench([level({ clearFor: 20 * MINUTE, priority: 3 })]);
    // five minutes until it is stale, counted up to then; what was measured in between does not count twice
    clearing
      .read(0, 10)
      .read(1, 5)
      .read(100, 5, { at: clearing.at(10) });
    expect(clearing.state()).toBe('active-unacknowledged');
    clearing.read(101, 5).pass(105.9);
    expect(clearing.state()).toBe('active-unacknowledged');
    expect(clearing.pass(106).state()).toBe('normal');
  });

  it('[AL14] a value that is stale when it arrives raises and clears nothing', () => {
    const bench = new Bench([level({ priority: 3 })]);
    bench.read(0, 10, { at: bench.at(-20), flags: ['retained'] });
    expect(bench.state()).toBe('normal');
    bench.read(1, 10).read(60, 0, { at: bench.at(30) });
    expect([bench.state(), bench.unknown()]).toEqual(['active-unacknowledged', true]);
  });

  it('[AL15] a silent feed makes unknown what came from it; changes and occurrences are known again when it speaks', () => {
    const bench = new Bench([level(), rule('mode', { metric: 'river/mode', when: { is: 'off' } }), warning()]);
    bench.read(0, 10).read(0, 'off', { metric: 'mode' }).read(0, 10, { feed: 'other' }, 'b').occur(0, 'issued');
    bench.machine.silent('stage', bench.at(1));
    bench.machine.silent('cap', bench.at(1));
    const unknown = () => [...bench.machine.all()].map((alarm) => [alarm.id, alarm.unknown]);
    expect(unknown()).toEqual([
      ['water/high/river/a', true],
      ['water/mode/river/a', true],
      ['water/high/river/b', false],
      ['water/red/occurrence:w1', true],
    ]);
    bench.machine.heard('stage', bench.at(2));
    bench.machine.heard('cap', bench.at(2));
    expect(unknown().map(([, is]) => is)).toEqual([true, false, false, false]);
    expect(bench.read(3, 10).unknown()).toBe(false);
  });
});

const warning = () =>
  rule('red', { priority: 1, occurrence: { type: 'warning', status: ['issued', 'updated'], level: 'red' } });

describe('states', () => {
  it('[AL16] [AL17] an unacknowledged red or orange alarm stays when it clears, until somebody has seen it', () => {
    const bench = new Bench([level()]).read(0, 10).read(1, 5);
    expect(bench.state()).toBe('cleared-unacknowledged');
    expect(bench.acknowledge(2)).toBe('done');
    expect(bench.state()).toBe('normal');
    const seen = new Bench([level()]).read(0, 10);
    seen.acknowledge(1);
    expect([seen.state(), seen.get()?.acknowledged]).toEqual(['active-acknowledged', { by: 'li', at: seen.at(1) }]);
    expect(seen.read(2, 5).state()).toBe('normal');
    expect(new Bench([level({ priority: 3 })]).read(0, 10).read(1, 5).state()).toBe('normal');
  });

  it('[AL17] what waits to be seen asks nothing of the clock, however old its input', () => {
    const bench = new Bench([level()]).read(0, 10).read(1, 5).pass(600);
    expect([bench.state(), bench.unknown(), bench.machine.nextDue()]).toEqual(['cleared-unacknowledged', false, null]);
  });

  it('[AL18] what was cleared and holds again is raised anew, unacknowledged', () => {
    const bench = new Bench([level({ for: 5 * MINUTE })]).read(0, 10).read(5, 5).read(6, 10);
    expect(bench.state()).toBe('cleared-unacknowledged');
    bench.pass(11);
    expect([bench.state(), bench.get()?.raisedAt, bench.get()?.clearedAt]).toEqual([
      'active-unacknowledged',
      bench.at(11),
      null,
    ]);
    const seen = new Bench([level({ for: 5 * MINUTE })]).read(0, 10).read(5, 5).read(6, 10);
    seen.acknowledge(7);
    expect(seen.state()).toBe('pending');
    expect(seen.pass(11).state()).toBe('active-unacknowledged');
  });

  it('[AL19] only what stands is acknowledged, and only once', () => {
    const bench = new Bench([level({ for: MINUTE })]).read(0, 10);
    expect([bench.acknowledge(0), bench.acknowledge(0, 'water/none/river/a')]).toEqual(['no-alarm', 'no-alarm']);
    expect([bench.acknowledge(2), bench.acknowledge(3)]).toEqual(['done', 'already']);
    expect(bench.events()).toEqual(['raised high 1', 'acknowledged high 2']);
  });
});

describe('occurrences', () => {
  it('[AL20] hold while type, status and level match, follow later stages, and end with the first that does not', () => {
    const bench = new Bench([warning()]);
    const id = 'water/red/occurrence:w1';
    bench.occur(0, 'issued', { level: 'yellow' });
    expect(bench.get(id)).toBeUndefined();
    bench.occur(1, 'updated').occur(2, 'cancelled', { at: bench.at(0.5) });
    expect(bench.get(id)).toMatchObject({ standing: 'active', stage: { status: 'updated' }, raisedAt: bench.at(1) });
    bench.occur(3, 'issued');
    expect(bench.get(id)).toMatchObject({ standing: 'active', stage: { status: 'issued' }, raisedAt: bench.at(1) });
    bench.occur(4, 'cancelled');
    expect(bench.get(id)).toMatchObject({ standing: 'cleared' });
    expect(bench.events()).toEqual(['raised red 1', 'cleared red 4']);
  });

  it('[AL20] without a status, while the occurrence is not closed', () => {
    const bench = new Bench([rule('any', { priority: 3, occurrence: { type: 'warning' } })]).occur(0, 'whatever');
    expect(bench.get('water/any/occurrence:w1')?.standing).toBe('active');
    expect(bench.occur(1, 'closed').get('water/any/occurrence:w1')).toBeUndefined();
  });
});

describe('cause', () => {
  const ladder = [
    level({ when: { atLeast: 10, clearBelow: 8 }, suppressedBy: ['higher'] }),
    level({ when: { atLeast: 20, clearBelow: 18 }, for: 2 * MINUTE, priority: 1 }, 'higher'),
  ];

  it('[AL21] explains what stands at the same asset, and releases it when it is over', () => {
    const bench = new Bench(ladder).read(0, 10).read(1, 20).pass(3);
    expect(bench.get()?.suppressedBy).toBe('higher');
    expect(bench.state()).toBe('active-unacknowledged');
    expect(bench.read(3, 10, {}, 'b').get('water/high/river/b')?.suppressedBy).toBeNull();
    bench.read(4, 10);
    expect(bench.get()?.suppressedBy).toBeNull();
    expect(bench.events()).toEqual([
      'raised high 0',
      'raised higher 3',
      'suppressed high 3',
      'raised high 3',
      'cleared higher 4',
      'released high 4',
    ]);
  });

  it('[AL21] [AL17] what clears while it is explained needs nobody to see it', () => {
    const both = new Bench([ladder[0]!, level({ when: { atLeast: 20, clearBelow: 3 }, priority: 1 }, 'higher')]);
    both.read(0, 20).read(1, 5);
    expect([both.state(), both.state('higher')]).toEqual(['normal', 'active-unacknowledged']);
  });
});

describe('same input, restart, other rules', () => {
  it('[AL22] what is not newer changes nothing; another value of the same time counts', () => {
    const bench = new Bench([level({ priority: 3 })]).read(5, 10);
    bench.events();
    const before = JSON.stringify([...bench.machine.all()]);
    bench.read(6, 10, { at: bench.at(5) }).read(6, 0, { at: bench.at(4) });
    expect(JSON.stringify([...bench.machine.all()])).toBe(before);
    expect(bench.machine.take()).toEqual({ saved: [], gone: [], events: [] });
    expect(bench.read(7, 5, { at: bench.at(5) }).state()).toBe('normal');
  });

  it('[AL23] a restart brings the same states back, tells nothing, and counts nothing meanwhile', () => {
    const bench = new Bench([level({ for: 10 * MINUTE, clearFor: 10 * MINUTE })]);
    bench.read(0, 10, {}, 'b').read(0, 10).pass(10).read(10, 5);
    bench.acknowledge(11);
    bench.events();
    bench.restart(14);
    expect([bench.state(), bench.state('high', 'b')]).toEqual(['active-acknowledged', 'active-unacknowledged']);
    bench.read(14, 5, { at: bench.at(10) }).pass(23.9);
    expect(bench.state()).toBe('active-acknowledged');
    expect(bench.events().filter((event) => !event.startsWith('unknown'))).toEqual([]);
    expect(bench.pass(24).state()).toBe('normal');
  });

  it('[AL24] other rules: what watches the same stays and is judged anew, the others end', () => {
    const bench = new Bench([level(), level({}, 'gone'), level({ metric: 'river/flow' }, 'moved')]);
    bench.read(0, 10).read(0, 10, { metric: 'flow' });
    bench.read(0, 10, {}, 'out');
    expect(bench.state('high', 'out')).toBe('normal');
    bench.events();
    const rules = [level({ when: { atLeast: 30 }, priority: 3 }), level({}, 'moved')];
    bench.machine.setRules(rules, catalogue(), bench.at(1));
    bench.pass(1);
    expect(bench.events()).toEqual(['ended gone 1', 'ended moved 1']);
    expect([bench.state(), bench.get()?.priority]).toEqual(['active-unacknowledged', 3]);
    expect(bench.read(2, 10, { at: bench.at(0) }).state()).toBe('normal');
    expect(bench.events()).toEqual(['cleared high 2', 'raised moved 2']);
  });

  it('[AL25] normal series are not held, and what nobody watches costs nothing', () => {
    const bench = new Bench([level()]);
    for (let i = 0; i < 1_000; i++) bench.read(1, 5, {}, `n${i}`);
    bench.read(1, 99, { metric: 'flow' });
    expect([...bench.machine.all()]).toEqual([]);
    expect(bench.machine.nextDue()).toBeNull();
  });

  it('[AL26] simulated delays are divided by the pace, also by one that changes; live ones are not', () => {
    const simulated = { origin: 'simulated' as const };
    const bench = new Bench([level({ for: 10 * MINUTE })], { pace: 20 });
    bench.read(0, 10, simulated).read(0, 10, {}, 'b').read(0.25, 10, simulated).pass(0.5);
    expect([bench.state(), bench.state('high', 'b')]).toEqual(['active-unacknowledged', 'pending']);
    const slower = new Bench([level({ for: 10 * MINUTE })]).read(0, 10, simulated).read(0.9, 10, simulated);
    slower.machine.setPace(5, slower.at(1));
    expect(slower.pass(1.9).state()).toBe('pending');
    expect(slower.pass(2).state()).toBe('active-unacknowledged');
  });

  it('[AL26] a shortened delay needs a second value that holds; absence is not shortened', () => {
    const simulated = { origin: 'simulated' as const };
    const bench = new Bench([level({ for: 10 * MINUTE })], { pace: 20 }).read(0, 10, simulated).pass(1);
    expect([bench.state(), bench.read(1, 9, simulated).state()]).toEqual(['pending', 'normal']);
    expect(bench.read(2, 10, simulated).read(3, 10, simulated).state()).toBe('active-unacknowledged');
    const changes = new Bench([level({ metric: 'river/mode', when: { is: 'off' }, for: 10 * MINUTE })], { pace: 20 });
    changes.read(0, 'off', { ...simulated, metric: 'mode' });
    expect(changes.pass(0.5).state()).toBe('active-unacknowledged');
    const absent = new Bench([level({ when: { absent: 10 * MINUTE }, priority: 4 })], { pace: 10 });
    expect(absent.read(0, 1, simulated).pass(9).state()).toBe('normal');
    expect(absent.pass(10).state()).toBe('active-unacknowledged');
  });

  it('ids tell rule and subject', () => {
    const bench = new Bench([level(), warning()]).read(0, 10, {}, 'x/y').occur(0, 'issued');
    expect([...bench.machine.all()].map(({ id }) => id)).toEqual(['water/high/river/x/y', 'water/red/occurrence:w1']);
    expect(START).toBe(bench.at(0));
  });
});
