import type { AlarmEventKind, StandingAlarm } from '@citywall/model';
import type { ViewSpec } from '@citywall/protocol';
import { afterEach, describe, expect, it } from '@jest/globals';
import { City, MINUTE, NOW, type Screen, scene, WATCHED, water } from './fakes.js';

const words = (text: string) => ({ zh: text, en: text });
const HOUR = 60 * MINUTE;

describe('views of alarms', () => {
  let city: City;
  afterEach(() => city?.frames.stop());

  async function show(views: ViewSpec[]): Promise<Screen> {
    city = new City([water([scene('s', views)])]);
    await city.start();
    return city.show('s');
  }

  const alarm = (id: string, more: Partial<StandingAlarm> = {}): StandingAlarm => ({
    id,
    system: 'water',
    rule: id.split('/')[1] ?? '',
    asset: 'water/reservoir/a',
    occurrence: null,
    name: '名a',
    priority: 3,
    state: 'active-unacknowledged',
    unknown: false,
    raisedAt: NOW,
    changedAt: NOW,
    clearedAt: null,
    value: 1,
    unit: 'm',
    text: words('超限'),
    guidance: null,
    group: {},
    town: '桂溪街道',
    suppressedBy: null,
    place: null,
    origin: 'live',
    acknowledged: null,
    version: 1,
    active: true,
    shelved: null,
    outOfService: null,
    comments: [],
    worsened: null,
    chattering: null,
    hidden: false,
    ...more,
  });
  const all: ViewSpec = { kind: 'alarms', limit: 10 };

  it('stand in the order of a desk: unseen P1, then by priority, then the newest; what a cause explains or people set aside is only counted', async () => {
    const screen = await show([all, { kind: 'alarms', priorities: [3], limit: 1 }]);
    expect(screen.meta(0)).toMatchObject({ error: 'not-loaded' });
    city.alarms.replace(
      'water',
      [
        alarm('water/old/reservoir/a', { raisedAt: NOW - HOUR }),
        alarm('water/new/reservoir/a', { unknown: true }),
        alarm('water/shelf/reservoir/a', {
          priority: 1,
          state: 'shelved',
          shelved: { by: 'li', at: NOW, until: NOW + MINUTE, reason: '检修' },
        }),
        alarm('water/out/reservoir/a', {
          priority: 1,
          state: 'out-of-service',
          active: false,
          outOfService: { by: 'li', countersigned: 'wang', at: NOW, reason: '换表', order: '1' },
        }),
        alarm('water/explained/reservoir/a', { priority: 1, suppressedBy: 'water/new/reservoir/a' }),
        alarm('water/seen/reservoir/a', {
          priority: 1,
          state: 'active-acknowledged',
          acknowledged: { by: 'operator-li', at: NOW },
        }),
        alarm('water/over/reservoir/a', { priority: 1, state: 'cleared-unacknowledged', clearedAt: NOW }),
        alarm('water/unseen/reservoir/a', { priority: 1, raisedAt: NOW - HOUR }),
      ],
      [],
    );
    await city.clock.advance(1_100);
    expect(screen.rows(0).map(({ rule }) => rule)).toEqual(['unseen', 'over', 'seen', 'new', 'old']);
    expect(screen.rows(0)[2]).toMatchObject({ acknowledgedAt: NOW });
    expect(JSON.stringify(screen.rows(0))).not.toContain('operator-li');
    const counts = {
      p1: 3,
      p2: 0,
      p3: 2,
      p4: 0,
      unacknowledged: 4,
      suppressed: 1,
      shelved: 1,
      outOfService: 1,
      unknown: 1,
      count: 5,
    };
    expect(screen.meta(0)).toEqual({ ...counts, origin: 'live', watchedSince: WATCHED });
    expect(screen.rows(1).map(({ rule }) => rule)).toEqual(['new']);
    expect(screen.meta(1)).toMatchObject({ count: 2, p1: 0, p3: 2 });
  });

  it('say since when there is a flood, as long as there is one', async () => {
    const screen = await show([{ kind: 'alarms', limit: 5 }]);
    city.alarms.replace('water', [], []);
    await city.clock.advance(1_100);
    expect(screen.meta(0)).not.toHaveProperty('flood');
    city.alarms.setFlood(NOW);
    await city.clock.advance(1_100);
    expect(screen.meta(0)).toMatchObject({ flood: NOW });
    city.alarms.setFlood(null);
    await city.clock.advance(1_100);
    expect(screen.meta(0)).not.toHaveProperty('flood');
  });

  it('are counted by town, and by system in the row of each', async () => {
    const screen = await show([{ kind: 'alarms', by: 'town', limit: 5 }, { kind: 'systems' }]);
    city.alarms.replace('water', [alarm('water/a/reservoir/a'), alarm('water/b/reservoir/a', { town: null })], []);
    await city.clock.advance(1_100);
    city.alarms.apply('water', {
      standing: [alarm('water/c/reservoir/a', { priority: 1, town: null })],
      gone: ['water/a/reservoir/a'],
      happenings: [],
    });
    await city.clock.advance(1_100);
    expect(screen.views[0]?.order ?? []).toEqual(['']);
    expect(screen.rows(0)).toEqual([
      {
        p1: 1,
        p2: 0,
        p3: 1,
        p4: 0,
        unacknowledged: 2,
        suppressed: 0,
        shelved: 0,
        outOfService: 0,
        unknown: 0,
        origin: 'live',
      },
    ]);
    expect(screen.rows(1)[0]).toMatchObject({ id: 'water', p1: 1, p3: 1, unacknowledged: 2 });
  });

  it('what happened is told newest first, without what a cause explained, as far back as asked', async () => {
    const screen = await show([{ kind: 'alarm-events', window: HOUR, limit: 5 }]);
    const happening = (entry: string, kind: AlarmEventKind, at: number, more: Partial<StandingAlarm> = {}) => ({
      entry,
      kind,
      at,
      alarm: alarm(`water/r${entry}/reservoir/a`, more),
    });
    city.alarms.replace(
      'water',
      [],
      [
        happening('1', 'raised', NOW - 2 * HOUR),
        happening('2', 'raised', NOW - 30 * MINUTE),
        happening('3', 'raised', NOW - 20 * MINUTE, { suppressedBy: 'water/r2/reservoir/a' }),
        happening('4', 'unknown', NOW - 10 * MINUTE),
        happening('5', 'cleared', NOW - MINUTE),
      ],
    );
    await city.clock.advance(1_100);
    expect(screen.rows(0).map(({ rule, event }) => [rule, event])).toEqual([
      ['r5', 'cleared'],
      ['r2', 'raised'],
    ]);
    await city.clock.advance(31 * MINUTE);
    expect(screen.rows(0).map(({ rule }) => rule)).toEqual(['r5']);
  });

  it('say that none is no finding where nobody evaluates, and since when somebody does', async () => {
    const views: ViewSpec[] = [all, { kind: 'alarm-events', window: HOUR, limit: 5 }, { kind: 'systems' }];
    const screen = await show(views);
    city.alarms.replace('water', [], []);
    await city.clock.advance(1_100);
    for (const view of [0, 1]) expect(screen.meta(view)).toMatchObject({ watchedSince: WATCHED });
    expect(screen.rows(2)[0]).toMatchObject({ p1: 0 });
    city.alarms.setWatched(new Map());
    await city.clock.advance(1_100);
    for (const view of [0, 1]) {
      expect(screen.meta(view)).toMatchObject({ unwatched: 1 });
      expect(screen.meta(view).watchedSince).toBeUndefined();
    }
    expect(screen.rows(2)[0]?.p1).toBeUndefined();
    city.alarms.setWatched(new Map([['water', NOW]]));
    await city.clock.advance(1_100);
    for (const view of [0, 1]) expect(screen.meta(view)).toMatchObject({ watchedSince: NOW });
    expect(screen.meta(0).unwatched).toBeUndefined();
  });
});
