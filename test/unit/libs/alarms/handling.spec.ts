import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AlarmAct } from '../../../../libs/alarms/src/command.js';
import { Bench, catalogue, level, MINUTE, rule } from './support.js';

const HOUR = 60;
const shelve = (minutes: number): AlarmAct => ({ do: 'shelve', time: minutes * MINUTE, reason: '检修' });
const disable = (countersigned = 'wang'): AlarmAct => ({ do: 'disable', reason: '换表', order: 'W-17', countersigned });
const fault = () => rule('fault', { metric: 'river/state', when: { is: 'fault' }, priority: 3 });
const FAULT = 'water/fault/river/a';

describe('version', () => {
  it('[AL27] grows with every change that can be seen, not with the value, and over lives', () => {
    const bench = new Bench([level({ priority: 3 })]).read(0, 10);
    const first = bench.get()?.version ?? 0;
    expect(bench.read(1, 11).get()?.version).toBe(first);
    bench.acknowledge(2);
    const seen = bench.get()?.version ?? 0;
    expect(seen).toBeGreaterThan(first);
    expect(bench.read(3, 1).get()).toBeUndefined();
    expect(bench.read(4, 10).get()?.version).toBeGreaterThan(seen + 1);
  });

  it('[AL27] a command for an older version changes nothing', () => {
    const bench = new Bench([level()]).read(0, 10);
    const version = bench.get()?.version ?? 0;
    bench.events();
    expect(bench.command(1, { do: 'comment', text: '已派人' }, { version })).toBe('done');
    expect(bench.command(2, { do: 'acknowledge' }, { version, by: 'wang' })).toBe('changed');
    expect(bench.state()).toBe('active-unacknowledged');
    expect(bench.command(3, { do: 'acknowledge' }, { version: bench.get()?.version ?? 0, by: 'wang' })).toBe('done');
    expect(bench.events()).toEqual(['commented high 1', 'acknowledged high 3']);
  });

  it('[AL27] an alarm kept by an engine that knew none has the lowest', () => {
    const bench = new Bench([level()]).read(0, 10);
    const { version: _v, shelved: _s, outOfService: _o, comments: _c, ...old } = bench.get() ?? ({} as never);
    const next = new Bench([level()]);
    next.machine.restore([old as never]);
    expect(next.get()).toMatchObject({ version: 0, shelved: null, outOfService: null, comments: [] });
    expect(next.command(1, { do: 'acknowledge' }, { version: 0 })).toBe('done');
  });
});

describe('acknowledgement', () => {
  it('[AL28] is taken back as an event of its own', () => {
    const bench = new Bench([level()]).read(0, 10);
    expect(bench.command(1, { do: 'unacknowledge' })).toBe('already');
    bench.acknowledge(2);
    expect(bench.command(3, { do: 'unacknowledge' })).toBe('done');
    expect([bench.state(), bench.get()?.acknowledged]).toEqual(['active-unacknowledged', null]);
    expect(bench.events()).toEqual(['raised high 0', 'acknowledged high 2', 'unacknowledged high 3']);
  });
});

describe('shelf', () => {
  it('[AL29] holds for at most eight hours, and a red alarm only with the grant', () => {
    const red = new Bench([level({ priority: 1 })]).read(0, 10);
    expect(red.command(1, shelve(59))).toBe('needs-lead');
    expect(red.command(1, shelve(59), { lead: true })).toBe('done');
    expect(red.command(2, shelve(59), { lead: true })).toBe('already');
    const bench = new Bench([level()]);
    expect(bench.command(0, shelve(60))).toBe('no-alarm');
    bench.read(0, 10);
    expect(bench.command(1, shelve(8 * HOUR + 1))).toBe('too-long');
    expect(bench.command(1, shelve(0))).toBe('too-long');
    expect(bench.command(1, { do: 'unshelve' })).toBe('already');
    expect(bench.command(1, shelve(8 * HOUR))).toBe('done');
    expect(bench.get()?.shelved).toEqual({ by: 'li', at: bench.at(1), until: bench.at(481), reason: '检修' });
    expect([bench.state(), bench.acknowledge(2)]).toEqual(['shelved', 'aside']);
  });

  it('[AL29] [AL30] what goes on and off meanwhile stays on it; at the end it is unacknowledged if it holds', () => {
    const bench = new Bench([level()]).read(0, 10);
    bench.acknowledge(1);
    bench.command(2, shelve(60));
    bench.events();
    bench.read(3, 1);
    expect([bench.state(), bench.get()?.standing]).toEqual(['shelved', 'none']);
    bench.read(50, 12).pass(61);
    expect(bench.state()).toBe('shelved');
    expect(bench.read(61, 12).pass(62).state()).toBe('active-unacknowledged');
    expect(bench.events()).toEqual(['cleared high 3', 'raised high 50', 'unshelved high 62']);
  });

  it('[AL30] what is over by then is normal; a person may bring it back earlier', () => {
    const bench = new Bench([level()]).read(0, 10);
    bench.command(2, shelve(60));
    bench.read(3, 1).pass(62);
    expect(bench.get()).toBeUndefined();
    bench.read(63, 10);
    bench.command(64, shelve(36));
    expect([bench.command(65, { do: 'unshelve' }), bench.state()]).toEqual(['done', 'active-unacknowledged']);
  });

  it('[AL28] [AL29] [AL30] what was seen before it was set aside is unseen when it comes back', () => {
    const bench = new Bench([level()]).read(0, 10);
    bench.acknowledge(1);
    bench.command(2, shelve(60));
    expect(bench.command(3, { do: 'unacknowledge' })).toBe('aside');
    bench.command(4, { do: 'unshelve' });
    expect([bench.state(), bench.get()?.acknowledged]).toEqual(['active-unacknowledged', null]);
  });

  it('[AL30] [AL38] a red one calls again five minutes after it came back', () => {
    const bench = new Bench([level({ priority: 1 })]).read(0, 10);
    bench.command(1, shelve(10), { lead: true });
    bench.read(11, 10).pass(15.9);
    expect(bench.events()).toEqual(['raised high 0', 'shelved high 1', 'unshelved high 11']);
    expect(bench.pass(16).events()).toEqual(['reannounced high 16']);
  });

  it('[AL30] what was over when it was shelved is normal as well, not latched again', () => {
    const bench = new Bench([level()]).read(0, 10).read(1, 1);
    expect(bench.state()).toBe('cleared-unacknowledged');
    expect(bench.command(2, shelve(60))).toBe('done');
    expect(bench.pass(62).get()).toBeUndefined();
    bench.read(63, 10).read(64, 1).command(65, shelve(60));
    expect([bench.command(66, { do: 'unshelve' }), bench.get()]).toEqual(['done', undefined]);
  });

  it('[AL11] [AL30] silence neither ends the alarm beneath nor keeps it on the shelf', () => {
    const bench = new Bench([level()]).read(0, 10);
    bench.command(1, shelve(59));
    bench.pass(60);
    expect([bench.state(), bench.unknown()]).toEqual(['active-unacknowledged', true]);
  });

  it('[AL23] [AL30] ends also while nobody evaluated', () => {
    const bench = new Bench([level()]).read(0, 10);
    bench.command(1, shelve(59));
    bench.restart(30);
    expect(bench.state()).toBe('shelved');
    expect(bench.restart(90).pass(90).state()).toBe('active-unacknowledged');
  });
});

describe('out of service', () => {
  it('[AL31] needs two persons, and follows the value without judging it', () => {
    const bench = new Bench([level(), level({ when: { atLeast: 5 }, suppressedBy: ['high'] }, 'low')]).read(0, 12);
    expect(bench.get('water/low/river/a')?.suppressedBy).toBe('high');
    expect([bench.command(1, disable('li')), bench.command(1, disable(''))]).toEqual([
      'second-person',
      'second-person',
    ]);
    expect([bench.command(1, disable()), bench.command(2, disable())]).toEqual(['done', 'already']);
    expect(bench.get()?.outOfService).toEqual({
      by: 'li',
      countersigned: 'wang',
      at: bench.at(1),
      reason: '换表',
      order: 'W-17',
    });
    expect(bench.get('water/low/river/a')?.suppressedBy).toBeNull();
    bench.events();
    bench.read(3, 1).read(4, 20).pass(600);
    expect([bench.state(), bench.get()?.value, bench.unknown()]).toEqual(['out-of-service', 20, false]);
    expect([bench.acknowledge(601), bench.command(601, shelve(99))]).toEqual(['aside', 'aside']);
    expect(bench.restart(700).state()).toBe('out-of-service');
    expect(bench.events().filter((event) => event.includes('high'))).toEqual([]);
  });

  it('[AL31] takes from the shelf what was on it: the end of that time brings nothing back', () => {
    const bench = new Bench([level()]).read(0, 10);
    bench.command(1, shelve(10));
    bench.command(2, disable());
    expect(bench.get()?.shelved).toBeNull();
    bench.events();
    expect([bench.pass(12).state(), bench.events()]).toEqual(['out-of-service', []]);
  });

  it('[AL31] back in service it is judged by what was last found', () => {
    const bench = new Bench([fault()]).read(0, 'fault', { metric: 'state' });
    bench.command(1, disable(), { id: FAULT });
    expect(bench.command(600, { do: 'enable' }, { id: FAULT })).toBe('done');
    expect(bench.state('fault')).toBe('active-unacknowledged');
    bench.command(601, disable(), { id: FAULT });
    bench.read(602, 'running', { metric: 'state' });
    bench.command(603, { do: 'enable' }, { id: FAULT });
    expect(bench.get(FAULT)).toBeUndefined();
  });

  it('[AL31] a stale value raises nothing when it is back', () => {
    const bench = new Bench([level()]).read(0, 10);
    bench.command(1, disable());
    bench.command(600, { do: 'enable' });
    expect([bench.state(), bench.unknown()]).toEqual(['pending', true]);
    expect(bench.read(601, 10).state()).toBe('active-unacknowledged');
  });

  it('[AL31] takes what is normal, at a declared asset and of a rule that is there', () => {
    const bench = new Bench([level()]);
    expect(bench.command(0, disable())).toBe('done');
    expect(bench.read(1, 50).state()).toBe('out-of-service');
    expect(bench.command(2, disable(), { id: 'water/none/river/a' })).toBe('no-alarm');
    expect(bench.command(2, disable(), { id: 'traffic/high/river/a' })).toBe('no-alarm');
    expect(bench.command(2, disable('li'), { id: 'water/high/river/b' })).toBe('second-person');
    expect(bench.get('water/high/river/b')).toBeUndefined();
  });

  it('[AL31] a rule of absence waits as well', () => {
    const bench = new Bench([level({ when: { absent: 15 * MINUTE }, priority: 4 })]).read(0, 1);
    bench.command(1, disable());
    expect(bench.pass(60).state()).toBe('out-of-service');
    bench.command(61, { do: 'enable' });
    expect(bench.pass(61).state()).toBe('active-unacknowledged');
  });

  it('[AL24] [AL31] ends with its rule, not with its season', () => {
    const summer = { season: { from: '05-01', to: '07-09' } };
    const bench = new Bench([level(summer)]).read(0, 11);
    bench.command(1, disable());
    expect(bench.pass(12 * HOUR).state()).toBe('out-of-service');
    bench.machine.setRules([level(summer, 'other')], catalogue({ asset: () => undefined }), bench.at(800));
    expect(bench.get()).toBeUndefined();
  });
});

describe('comments', () => {
  it('[AL32] stand with the alarm, the newest twenty, and change no state', () => {
    const bench = new Bench([level()]);
    expect(bench.command(0, { do: 'comment', text: 'x' })).toBe('no-alarm');
    bench.read(0, 10);
    for (let i = 0; i < 25; i++) bench.command(1 + i / 10, { do: 'comment', text: `${i}` });
    expect(bench.get()?.comments.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, i) => `${i + 5}`));
    expect([bench.state(), bench.get()?.changedAt]).toEqual(['active-unacknowledged', bench.at(0)]);
  });
});

describe('for any commands', () => {
  const ACTS: AlarmAct[] = [
    { do: 'acknowledge' },
    { do: 'unacknowledge' },
    shelve(30),
    { do: 'unshelve' },
    { do: 'comment', text: 'x' },
    disable(),
    { do: 'enable' },
  ];
  const step = fc.record({
    after: fc.integer({ min: 0, max: 20 }),
    value: fc.option(fc.integer({ min: 0, max: 20 })),
    act: fc.option(fc.integer({ min: 0, max: ACTS.length - 1 })),
  });

  it('[AL27] [AL31] the version only grows, what is refused changes nothing, and what people set aside only they bring back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const bench = new Bench([level({ for: 5 * MINUTE, clearFor: 5 * MINUTE })]);
        let minute = 0;
        let version = 0;
        const grows = () => {
          const now = bench.get()?.version ?? version;
          expect(now).toBeGreaterThanOrEqual(version);
          version = now;
        };
        for (const { after, value, act } of steps) {
          minute += after;
          const aside = bench.get()?.outOfService;
          if (value !== null) bench.read(minute, value);
          else bench.pass(minute);
          grows();
          expect(bench.get()?.outOfService ?? null).toEqual(aside ?? null);
          if (act === null) continue;
          const before = JSON.stringify(bench.get());
          const made = ACTS[act] ?? { do: 'acknowledge' };
          if (bench.command(minute, made) !== 'done') expect(JSON.stringify(bench.get())).toBe(before);
          grows();
        }
      }),
      { numRuns: 300 },
    );
  });
});
