import {
  Annunciator,
  type AnnunciatorState,
  FLOOD_BEGINS_ABOVE,
  type GroupedAlarm,
  heldBack,
  holdIn,
  isCall,
} from '@citywall/alarms';
import type { AlarmEventKind, AlarmPriority } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

const T0 = Date.parse('2026-07-09T14:00:00+08:00');
const SECOND = 1_000;
const MINUTE = 60_000;

function alarm(id: string, more: Partial<GroupedAlarm> = {}): GroupedAlarm {
  return {
    id,
    system: id.split('/')[0] ?? '',
    rule: id.split('/')[1] ?? '',
    name: id,
    text: { zh: id, en: id },
    priority: 3,
    state: 'active-unacknowledged',
    raisedAt: T0,
    group: {},
    town: null,
    suppressedBy: null,
    chattering: null,
    ...more,
  };
}

/** An annunciator with the clock in seconds after the start. */
class Desk {
  readonly annunciator: Annunciator;
  constructor(seats = 1, state?: AnnunciatorState, standing: GroupedAlarm[] = [], second = 0) {
    this.annunciator = new Annunciator({ now: T0 + second * SECOND, seats });
    for (const one of standing) this.annunciator.set(one);
    if (state) this.annunciator.restore(state, T0 + second * SECOND);
  }
  at(second: number): this {
    this.annunciator.advance(T0 + second * SECOND);
    return this;
  }
  raise(second: number, one: GroupedAlarm, kind: AlarmEventKind = 'raised', by?: string) {
    const at = T0 + second * SECOND;
    this.annunciator.advance(at);
    this.annunciator.set({ ...one, raisedAt: one.raisedAt === T0 ? at : one.raisedAt });
    return this.annunciator.happen({ kind, at, ...(by === undefined ? {} : { by }), alarm: one });
  }
  /** so many alarms of as many groups, one a second */
  flood(n = FLOOD_BEGINS_ABOVE + 1, more: Partial<GroupedAlarm> = {}): this {
    for (let i = 0; i < n; i++) this.raise(i, alarm(`lab/r${i}/a/${i}`, more));
    return this;
  }
  get shown() {
    return this.annunciator.shown();
  }
}

describe('groups', () => {
  it('[AL40] are by the root of the chain: its place, else its town, else its rule', () => {
    const { annunciator } = new Desk();
    annunciator.set(alarm('water/p1/a/1', { group: { town: '桂溪' }, suppressedBy: 'water/p0/a/1' }));
    annunciator.set(alarm('water/p0/a/1', { group: { river: '桂溪河' }, town: '高峰', suppressedBy: 'water/out/s/1' }));
    const group = (id: string) => annunciator.groups.groupIdOf(annunciator.groups.get(id) ?? alarm(id));
    expect([group('water/p1/a/1'), group('water/p0/a/1')]).toEqual(['water?river=桂溪河', 'water?river=桂溪河']);
    annunciator.set(alarm('water/out/s/1'));
    expect([group('water/p1/a/1'), group('water/p0/a/1')]).toEqual(['water/out', 'water/out']);
    expect([...annunciator.groups.causes()]).toEqual([['water/out/s/1', 2]]);
    annunciator.delete('water/out/s/1');
    expect(group('water/p1/a/1')).toBe('water?river=桂溪河');
    annunciator.delete('water/p0/a/1');
    expect(group('water/p1/a/1')).toBe('town=桂溪');
  });

  it('[AL40] a town is the same in all systems, another attribute is not', () => {
    const { groups } = new Desk().annunciator;
    const id = (of: Partial<GroupedAlarm>, system: string) => groups.groupIdOf(alarm(`${system}/r/a/1`, of));
    expect(id({ group: { town: '桂溪' } }, 'water')).toBe(id({ town: '桂溪' }, 'urban'));
    expect(id({ group: { kind: 'bus' } }, 'traffic')).not.toBe(id({ group: { kind: 'bus' } }, 'urban'));
    expect(id({ group: { a: 'x&b=y' } }, 'lab')).not.toBe(id({ group: { a: 'x', b: 'y' } }, 'lab'));
  });

  it('[AL40] alarms that explain each other in a circle are in some group all the same', () => {
    const { annunciator } = new Desk();
    annunciator.set(alarm('a/r/x/1', { suppressedBy: 'a/s/x/1' }));
    annunciator.set(alarm('a/s/x/1', { suppressedBy: 'a/r/x/1' }));
    expect(annunciator.shown()).toMatchObject({ raw: 2, shown: 0, held: { suppressed: 2 } });
  });

  it('[AL41] the first-out stays when it is over, and goes with what has another cause', () => {
    const { annunciator } = new Desk();
    const town = { town: '桂溪' };
    annunciator.set(alarm('a/r/x/1', { ...town, raisedAt: T0 + 5 }));
    annunciator.set(alarm('a/r/x/2', { ...town, raisedAt: T0 + 3 }));
    annunciator.set(alarm('a/r/x/3', { ...town, raisedAt: T0 + 4 }));
    const first = () => annunciator.groups.group('town=桂溪')?.first.id;
    expect(first()).toBe('a/r/x/2');
    annunciator.delete('a/r/x/2');
    expect(first()).toBe('a/r/x/2');
    annunciator.set(alarm('a/r/x/2', { ...town, raisedAt: T0 + 9 }));
    expect(first()).toBe('a/r/x/2');
    annunciator.set(alarm('a/out/y/1'));
    annunciator.set(alarm('a/r/x/2', { ...town, raisedAt: T0 + 9, suppressedBy: 'a/out/y/1' }));
    expect(first()).toBe('a/r/x/3');
  });
});

describe('calls', () => {
  it('[AL43] are what begins, worsens or is back unseen; not what people do, nor what is told again', () => {
    const call = (
      kind: AlarmEventKind,
      state: GroupedAlarm['state'] = 'active-unacknowledged',
      by: string | null = null,
    ) => isCall({ kind, state, by });
    expect([call('raised'), call('raised', 'shelved'), call('worsened'), call('released'), call('unshelved')]).toEqual(
      Array(5).fill(true),
    );
    expect(call('released', 'active-acknowledged')).toBe(false);
    expect(call('unshelved', 'active-unacknowledged', 'li')).toBe(false);
    for (const kind of ['cleared', 'reannounced', 'unacknowledged', 'chattering', 'known'] as const)
      expect(call(kind)).toBe(false);
  });

  it('[AL42] what several reasons hold counts for the first', () => {
    expect(heldBack({ state: 'out-of-service', suppressedBy: 'x' })).toBe('out-of-service');
    expect(heldBack({ state: 'shelved', suppressedBy: 'x' })).toBe('shelved');
    expect(heldBack({ state: 'active-unacknowledged', suppressedBy: 'x' })).toBe('suppressed');
    expect(heldBack({ state: 'active-acknowledged', suppressedBy: null })).toBeNull();
  });

  it('[AL43] of what is held back are held back, and what comes again while it chatters', () => {
    const desk = new Desk();
    expect(desk.raise(0, alarm('a/r/x/1', { suppressedBy: 'a/s/x/1' }))).toBe('suppressed');
    expect(desk.raise(1, alarm('a/r/x/2', { state: 'shelved' }))).toBe('shelved');
    expect(desk.raise(2, alarm('a/r/x/3'), 'cleared')).toBeNull();
    const chattering = { since: T0, count: 3, last: T0 };
    desk.annunciator.set(alarm('a/r/x/4', { chattering }));
    desk.annunciator.set(alarm('a/r/x/4', { chattering: { ...chattering, count: 7 } }));
    expect(desk.annunciator.heard()).toMatchObject({ announced: 0, suppressed: 1, shelved: 1, chattering: 4 });
    expect(desk.annunciator.due).toBe(0);
  });
});

describe('a flood', () => {
  it('[AL44] begins with the eleventh call in ten minutes and ends below five', () => {
    const desk = new Desk().flood(10);
    expect(desk.annunciator.since).toBeNull();
    desk.raise(599, alarm('lab/r/a/late'));
    expect(desk.annunciator.since).toBe(T0 + 599 * SECOND);
    desk.at(605);
    expect(desk.annunciator.due).toBe(5);
    expect(desk.annunciator.since).not.toBeNull();
    desk.at(606);
    expect(desk.annunciator.since).toBeNull();
    expect(desk.annunciator.nextDue()).toBe(T0 + 607 * SECOND);
  });

  it('[AL44] ten in ten minutes are none, nor are eleven in eleven; two seats bear twice as much', () => {
    const slow = new Desk();
    for (let i = 0; i < 11; i++) slow.raise(i * 60, alarm(`lab/r${i}/a/1`));
    expect(slow.annunciator.since).toBeNull();
    expect(new Desk(2).flood(20).annunciator.since).toBeNull();
    const two = new Desk(2).flood(21);
    expect(two.annunciator.since).not.toBeNull();
    two.annunciator.setSeats(3, T0 + 21 * SECOND);
    expect(two.annunciator.since).not.toBeNull();
    two.annunciator.setSeats(5, T0 + 22 * SECOND);
    expect(two.annunciator.since).toBeNull();
  });

  it('[AL44] is counted as if there was none: its own holding back does not end it', () => {
    const desk = new Desk().flood();
    for (let second = 20; second < 1_200; second += 60)
      desk.raise(second, alarm(`lab/more/a/${second}`, { town: '桂溪', priority: second % 40 === 20 ? 4 : 3 }));
    expect(desk.annunciator.since).not.toBeNull();
    expect(desk.annunciator.heard().announced).toBeLessThan(5);
  });

  it('[AL45] shows all of priority 1, one line a group, and priority 4 in the list only', () => {
    const desk = new Desk().flood(11, { town: '新民' });
    const town = { town: '桂溪' };
    desk.annunciator.set(alarm('a/r/x/1', { ...town, priority: 1 }));
    desk.annunciator.set(alarm('a/r/x/2', { ...town, priority: 1, state: 'active-acknowledged' }));
    desk.annunciator.set(alarm('a/r/x/3', { ...town, priority: 3, raisedAt: T0 - 9 }));
    desk.annunciator.set(alarm('a/r/x/4', { ...town, priority: 2, raisedAt: T0 + 7 }));
    desk.annunciator.set(alarm('a/r/x/5', { ...town, priority: 2, raisedAt: T0 + 6 }));
    desk.annunciator.set(alarm('a/r/x/6', { ...town, priority: 4 }));
    const hold = (n: number) => desk.annunciator.holdOf(`a/r/x/${n}`);
    expect([1, 2, 3, 4, 5, 6].map(hold)).toEqual([null, null, 'flood', 'flood', null, 'list']);
    desk.annunciator.set(alarm('a/r/x/5', { ...town, priority: 2, raisedAt: T0 + 6, state: 'active-acknowledged' }));
    expect([4, 5].map(hold)).toEqual([null, 'flood']);
    expect(desk.shown).toEqual({
      raw: 17,
      shown: 4,
      held: { 'out-of-service': 0, shelved: 0, suppressed: 0, list: 1, flood: 12 },
    });
    desk.at(700);
    expect(desk.annunciator.since).toBeNull();
    expect(desk.shown).toMatchObject({ raw: 17, shown: 17 });
  });

  it('[AL46] announces a group again only when something graver comes', () => {
    const desk = new Desk().flood(11, { town: '新民' });
    const told = (second: number, id: string, priority: AlarmPriority, town = '桂溪') =>
      desk.raise(second, alarm(id, { town, priority }));
    expect(told(20, 'a/r/x/1', 3)).toBe('announced');
    expect(told(21, 'b/r/x/2', 3)).toBe('flood');
    expect(told(22, 'a/r/x/3', 4)).toBe('list');
    expect(told(23, 'a/r/x/4', 2)).toBe('announced');
    expect(told(24, 'a/r/x/5', 3)).toBe('flood');
    expect(told(25, 'a/r/x/6', 1)).toBe('announced');
    expect(told(26, 'a/r/x/7', 1)).toBe('announced');
    expect(told(27, 'a/r/x/8', 2)).toBe('flood');
    // open before the flood began: it was told then
    expect(told(28, 'a/r/x/9', 3, '新民')).toBe('flood');
    expect(told(29, 'a/r/x/10', 2, '新民')).toBe('announced');
  });

  it('[AL46] a group that was empty for ten minutes begins anew, one that was so for a moment does not', () => {
    const desk = new Desk().flood(11, { town: '新民' });
    for (let second = 30; second < 2_000; second += 30) desk.raise(second, alarm('a/r/y/1', { town: '新民' }));
    const one = alarm('a/r/x/1', { town: '桂溪' });
    expect(desk.raise(2_000, one)).toBe('announced');
    desk.annunciator.delete(one.id);
    expect(desk.raise(2_001, one)).toBe('flood');
    desk.annunciator.delete(one.id);
    for (let second = 2_010; second < 2_700; second += 30) desk.raise(second, alarm('a/r/y/1', { town: '新民' }));
    expect(desk.raise(2_700, one)).toBe('announced');
    expect(desk.annunciator.since).not.toBeNull();
  });

  it('[AL48] goes on after a restart, with its calls, its first-outs and what it announced', () => {
    const desk = new Desk().flood(11, { town: '新民' });
    const gone = alarm('a/r/x/1', { town: '桂溪', priority: 2 });
    desk.raise(20, gone);
    desk.raise(21, alarm('a/r/x/2', { town: '桂溪' }));
    desk.annunciator.delete(gone.id);
    const state = JSON.parse(JSON.stringify(desk.annunciator.state())) as AnnunciatorState;
    const next = new Desk(1, state, [alarm('a/r/x/2', { town: '桂溪', raisedAt: T0 + 21 * SECOND })], 60);
    expect(next.annunciator.since).toBe(desk.annunciator.since);
    expect(next.annunciator.heard()).toEqual(desk.annunciator.heard());
    expect(next.annunciator.groups.group('town=桂溪')?.first.id).toBe(gone.id);
    expect(next.raise(61, alarm('a/r/x/3', { town: '桂溪', priority: 2 }))).toBe('flood');
    next.at(700);
    expect(next.annunciator.since).toBeNull();
  });

  it('[AL44] one that another process found is followed', () => {
    const { annunciator } = new Desk();
    annunciator.set(alarm('a/r/x/1', { priority: 4 }));
    annunciator.follow(T0 + 5, T0 + 6);
    expect([annunciator.since, annunciator.shown().held.list]).toEqual([T0 + 5, 1]);
    annunciator.follow(null, T0 + 7);
    expect([annunciator.since, annunciator.shown().held.list]).toEqual([null, 0]);
  });
});

describe('for any alarms in any order', () => {
  const STATES = [
    'active-unacknowledged',
    'active-acknowledged',
    'cleared-unacknowledged',
    'shelved',
    'out-of-service',
  ] as const;
  const steps = fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 80 }),
      asset: fc.integer({ min: 1, max: 8 }),
      priority: fc.integer({ min: 1, max: 4 }),
      state: fc.constantFrom(...STATES),
      town: fc.constantFrom(null, '桂溪', '新民'),
      cause: fc.option(fc.integer({ min: 1, max: 32 }), { nil: null, freq: 2 }),
      kind: fc.constantFrom<AlarmEventKind>('raised', 'raised', 'worsened', 'released', 'acknowledged'),
      gone: fc.boolean(),
    }),
    { maxLength: 120 },
  );
  /** four rules at eight assets */
  const idOf = (n: number) => `water/r${Math.ceil(n / 8)}/x/${((n - 1) % 8) + 1}`;
  const TOWNS = ['town=桂溪', 'town=新民'];

  it('[AL42] [AL47] raw = shown + held back, of all and of every group, and calls = announced + held back', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const annunciator = new Annunciator({ now: T0 });
        const standing = new Map<string, GroupedAlarm>();
        const told: { at: number; told: string }[] = [];
        let now = T0;
        for (const { after, asset, priority, state, town, cause, kind, gone } of list) {
          now += after * SECOND;
          annunciator.advance(now);
          const id = idOf((priority - 1) * 8 + asset);
          if (gone && standing.delete(id)) annunciator.delete(id);
          else {
            const suppressedBy = cause === null ? null : idOf(cause);
            const one = alarm(id, { priority: priority as AlarmPriority, state, town, suppressedBy, raisedAt: now });
            standing.set(id, one);
            annunciator.set(one);
            const answer = annunciator.happen({ kind, at: now, alarm: one });
            if (answer !== null) told.push({ at: now, told: answer });
          }
          const { raw, shown, held } = annunciator.shown();
          expect(raw).toBe(standing.size);
          expect(shown + Object.values(held).reduce((sum, n) => sum + n, 0)).toBe(raw);
          // one by one it is the same
          const holds = [...standing.keys()].map((each) => annunciator.holdOf(each));
          expect(holds.filter((hold) => hold === null)).toHaveLength(shown);
          for (const [reason, n] of Object.entries(held))
            expect(holds.filter((hold) => hold === reason)).toHaveLength(n);
          // priority 1 is never held back but by people or a cause
          for (const [each, { priority: p }] of standing)
            if (p === 1) expect(['flood', 'list']).not.toContain(annunciator.holdOf(each));
          const within = told.filter(({ at }) => Math.floor(at / SECOND) * SECOND + 10 * MINUTE > now);
          expect(Object.values(annunciator.heard()).reduce((sum, n) => sum + n, 0)).toBe(within.length);
          let [size, open] = [0, 0];
          for (const group of annunciator.groups.all()) {
            size += group.size;
            open += group.open.reduce((sum, n) => sum + n, 0);
            const apart = group.suppressed + group.shelved + group.outOfService;
            expect(group.open.reduce((sum, n) => sum + n, 0) + apart).toBe(group.size);
          }
          expect(size).toBe(raw);
          expect(open).toBe(shown + held.flood + held.list);
          expect([...annunciator.groups.causes().values()].reduce((sum, n) => sum + n, 0)).toBe(held.suppressed);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('[AL48] what was kept as it changed is what comes of all at once', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const kept = new Annunciator({ now: T0 });
        const standing = new Map<string, GroupedAlarm>();
        for (const { asset, priority, state, town, cause, gone } of list) {
          const id = idOf((priority - 1) * 8 + asset);
          if (gone && standing.delete(id)) {
            kept.delete(id);
            continue;
          }
          const suppressedBy = cause === null ? null : idOf(cause);
          const one = alarm(id, { priority: priority as AlarmPriority, state, town, suppressedBy });
          standing.set(id, one);
          kept.set(one);
        }
        const anew = new Annunciator({ now: T0 });
        for (const one of [...standing.values()].reverse()) anew.set(one);
        const picture = ({ groups }: Annunciator) => ({
          groups: [...groups.all()]
            .map(({ id, size, open, suppressed, shelved, outOfService }) => ({
              ...{ id, size, open, suppressed, shelved, outOfService },
              line: groups.lineOf(id),
            }))
            .sort((a, b) => (a.id < b.id ? -1 : 1)),
          causes: [...groups.causes()].sort(),
          counts: groups.counts,
          of: [...standing.values()].map((one) => groups.groupIdOf(one)),
        });
        expect(picture(kept)).toEqual(picture(anew));
        expect(
          [...kept.groups.all()].map(({ id }) => id).every((id) => TOWNS.includes(id) || id.startsWith('water/')),
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('[AL45] holdIn says the same of one alarm as the counts say of all', () => {
    expect(holdIn(alarm('a/r/x/1', { priority: 1 }), true, null)).toBeNull();
    expect(holdIn(alarm('a/r/x/1', { priority: 4 }), false, null)).toBeNull();
    expect(holdIn(alarm('a/r/x/1', { priority: 2, state: 'cleared-unacknowledged' }), true, 'a/r/x/1')).toBeNull();
  });
});
