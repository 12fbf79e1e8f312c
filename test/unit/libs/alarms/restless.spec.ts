import { describe, expect, it } from '@jest/globals';
import { Bench, level, MINUTE } from './support.js';

const SECOND = 1 / 60;

describe('worse', () => {
  it('[AL36] than what was acknowledged is unacknowledged again, from there on anew', () => {
    const bench = new Bench([level({ worse: 5 })]).read(0, 10);
    bench.acknowledge(1);
    bench.read(2, 14.9);
    expect(bench.state()).toBe('active-acknowledged');
    bench.read(3, 15);
    expect([bench.state(), bench.get()?.worsened]).toEqual([
      'active-unacknowledged',
      { from: '10', to: '15', at: bench.at(3) },
    ]);
    bench.acknowledge(4);
    bench.read(5, 19);
    expect(bench.state()).toBe('active-acknowledged');
    expect(bench.read(6, 20).state()).toBe('active-unacknowledged');
    expect(bench.events()).toEqual([
      'raised high 0',
      'acknowledged high 1',
      'worsened high 3',
      'acknowledged high 4',
      'worsened high 6',
    ]);
  });

  it('[AL36] is lower where low is bad, and a bad value is not worse', () => {
    const bench = new Bench([level({ when: { below: 3 }, worse: 1 })]).read(0, 2);
    bench.acknowledge(1);
    bench.read(2, -9, { quality: 'bad' });
    expect(bench.state()).toBe('active-acknowledged');
    expect(bench.read(3, 1).state()).toBe('active-unacknowledged');
  });

  it('[AL36] by exactly as much as is said, reckoned to twelve digits', () => {
    const bench = new Bench([level({ worse: 0.1 })]).read(0, 10.1);
    bench.acknowledge(1);
    // 10.2 - 10.1 is 0.09999999999999964 in binary
    expect(bench.read(2, 10.2).state()).toBe('active-unacknowledged');
  });

  it('[AL36] nothing is worse than what nobody has acknowledged, or no longer', () => {
    const bench = new Bench([level({ worse: 5 })]).read(0, 10);
    bench.acknowledge(1);
    bench.command(2, { do: 'unacknowledge' });
    bench.read(3, 20);
    expect(bench.events()).toEqual(['raised high 0', 'acknowledged high 1', 'unacknowledged high 2']);
  });

  it('[AL36] a step of a ladder says from which', () => {
    const bench = new Bench([
      level({ priority: 3, suppressedBy: ['top'] }),
      level({ when: { atLeast: 20 }, priority: 1 }, 'top'),
    ]).read(0, 10);
    bench.acknowledge(1);
    bench.read(2, 25);
    expect(bench.get('water/top/river/a')?.worsened).toEqual({ from: 'P3', to: 'P1', at: bench.at(2) });
  });
});

describe('chattering', () => {
  const flap = (bench: Bench, from: number, times: number, every: number) => {
    for (let i = 0; i < times; i++) bench.read(from + i * every, 10).read(from + (i + 0.5) * every, 1);
    return bench;
  };

  it('[AL37] three times within a minute: one alarm, told once, until it is quiet', () => {
    const bench = flap(new Bench([level({ priority: 3 })]), 0, 20, 15 * SECOND);
    expect(bench.get()?.chattering?.count).toBe(20);
    expect([bench.state(), bench.acknowledge(5)]).toEqual(['active-unacknowledged', 'done']);
    flap(bench, 5.1, 3, 15 * SECOND);
    expect(bench.state()).toBe('active-acknowledged');
    bench.pass(20);
    expect(bench.events().map((event) => event.replace(/ [\d.]+$/, ''))).toEqual([
      'raised high',
      'cleared high',
      'raised high',
      'cleared high',
      'raised high',
      'chattering high',
      'acknowledged high',
      'quiet high',
      'cleared high',
    ]);
    expect(bench.get()).toBeUndefined();
    // what is quiet begins anew
    expect(bench.read(21, 10).get()?.chattering).toBeNull();
  });

  it('[AL37] ten times within ten minutes as well; nine are none', () => {
    expect(
      flap(new Bench([level({ priority: 3 })]), 0, 9, 1)
        .read(9, 10)
        .get()?.chattering?.count,
    ).toBe(10);
    expect(
      flap(new Bench([level({ priority: 3 })]), 0, 8, 1)
        .read(8, 10)
        .get()?.chattering,
    ).toBeNull();
  });

  it('[AL37] [AL23] what was counted before a restart counts on, as the journal tells it', () => {
    const bench = new Bench([level({ priority: 3 })]);
    bench.read(0, 10).read(0.2, 1).read(0.4, 10).read(0.6, 1);
    bench.restart(0.7);
    const told = [0, 0.4].map((minute) => bench.at(minute));
    for (const at of [bench.at(-11), ...told]) bench.machine.recall('water/high/river/a', at);
    expect(bench.read(0.8, 10).get()?.chattering?.count).toBe(3);
    // and without it nobody knows
    const forgot = new Bench([level({ priority: 3 })]).read(0, 10).read(0.2, 1).read(0.4, 10).read(0.6, 1);
    expect(forgot.restart(0.7).read(0.8, 10).get()?.chattering).toBeNull();
  });

  it('[AL37] a third time a whole minute after the first is none', () => {
    const bench = flap(new Bench([level({ priority: 3 })]), 0, 2, 0.5).read(1, 10);
    expect(bench.get()?.chattering).toBeNull();
    expect(
      flap(new Bench([level({ priority: 3 })]), 0, 2, 0.49)
        .read(0.98, 10)
        .get()?.chattering,
    ).not.toBeNull();
  });

  it('[AL37] what was quiet is counted from the beginning', () => {
    const bench = flap(new Bench([level({ priority: 3 })]), 0, 9, 15 * SECOND);
    // quiet and over five minutes after it last came, while the ten minutes of its first coming last
    bench.read(4, 1).read(8, 1);
    expect(bench.get()).toBeUndefined();
    expect(bench.read(8.5, 10).get()?.chattering).toBeNull();
  });

  it('[AL37] what stays on is quiet after five minutes, and goes on as an alarm', () => {
    const bench = flap(new Bench([level({ priority: 3 })]), 0, 3, 15 * SECOND).read(1, 10);
    bench.events();
    bench.read(5, 10).read(6, 10).pass(6.1);
    expect([bench.state(), bench.get()?.chattering]).toEqual(['active-unacknowledged', null]);
    expect(bench.events()).toEqual(['quiet high 6']);
  });

  it('[AL11] [AL37] silence does not calm it into clearing', () => {
    const bench = flap(new Bench([level({ priority: 3 })]), 0, 3, 15 * SECOND);
    bench.read(1, 1, { quality: 'bad' }).pass(60);
    expect([bench.state(), bench.unknown()]).toEqual(['active-unacknowledged', true]);
  });
});

describe('a critical alarm', () => {
  it('[AL38] is announced five minutes after it worsened, not after it was raised', () => {
    const bench = new Bench([level({ priority: 1, worse: 5 })]).read(0, 10);
    bench.acknowledge(1);
    bench.read(7, 15).read(11, 15);
    bench.pass(11.9);
    expect(bench.events()).toEqual(['raised high 0', 'acknowledged high 1', 'worsened high 7']);
    expect(bench.pass(12).events()).toEqual(['reannounced high 12']);
  });

  it('[AL38] is announced every five minutes until somebody answers, without a change', () => {
    const bench = new Bench([level({ priority: 1 })]).read(0, 10);
    const version = bench.get()?.version;
    bench.pass(4.9).pass(5).pass(10.5);
    expect(bench.events()).toEqual(['raised high 0', 'reannounced high 5', 'reannounced high 10']);
    expect(bench.get()?.version).toBe(version);
    bench.acknowledge(11);
    bench.pass(14);
    bench.command(14, { do: 'unacknowledge' });
    bench.pass(14.5);
    expect(bench.events()).toEqual(['acknowledged high 11', 'unacknowledged high 14']);
    expect(bench.restart(14.6).read(14.6, 10).pass(15).events()).toContain('reannounced high 15');
    const orange = new Bench([level()]).read(0, 10).pass(14);
    expect(orange.events()).toEqual(['raised high 0']);
  });

  it('[AL38] one that a cause explains or that is shelved calls nobody', () => {
    const bench = new Bench([level({ priority: 1, for: 0 * MINUTE })]).read(0, 10);
    bench.command(1, { do: 'shelve', time: 10 * MINUTE, reason: 'x' }, { lead: true });
    expect(bench.pass(10.9).events()).toEqual(['raised high 0', 'shelved high 1']);
  });
});
