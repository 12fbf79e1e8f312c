import type { StandingAlarm } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { AlarmsViewSpec, GroupRow, IndexRow, NotableRow, ViewSpec } from '@citywall/protocol';
import { afterEach, describe, expect, it } from '@jest/globals';
import { words } from '../../../../support/pack.js';
import { City, MINUTE, NOW, occurrence, pack, type Screen, scene, water } from './fakes.js';

const HOUR = 60 * MINUTE;

function alarm(id: string, more: Partial<StandingAlarm> = {}): StandingAlarm {
  return {
    id: `water/${id}`,
    system: 'water',
    rule: id,
    asset: null,
    occurrence: null,
    name: null,
    priority: 2,
    state: 'active-unacknowledged',
    unknown: false,
    raisedAt: NOW - 10 * MINUTE,
    changedAt: NOW - 10 * MINUTE,
    clearedAt: null,
    value: 1,
    unit: null,
    text: words(id),
    guidance: null,
    group: {},
    town: '桂溪街道',
    suppressedBy: null,
    place: null,
    origin: 'simulated',
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
  };
}

describe('what is notable', () => {
  let city: City;
  afterEach(() => city?.frames.stop());

  const emergency = (): Pack =>
    pack('emergency', {
      short: words('应急'),
      occurrenceTypes: {
        warning: { name: words('预警'), statuses: { 发布: words('已发布') }, closed: ['解除'] },
      },
    });
  const view: ViewSpec = {
    kind: 'notable',
    window: 24 * HOUR,
    limit: 10,
    alarms: [1, 2, 3],
    occurrences: [{ type: 'emergency/warning', levels: ['red', 'orange'] }],
    text: ['headline'],
    notices: true,
  };

  async function show(fill: (city: City) => void, of: ViewSpec = view): Promise<Screen> {
    city = new City([water([scene('s', [of])]), emergency()]);
    fill(city);
    await city.start();
    return city.show('s');
  }
  const warning = (id: string, more: object = {}) =>
    occurrence(id, {
      system: 'emergency',
      type: 'warning',
      status: '发布',
      level: 'red',
      fields: { headline: `暴雨${id}` },
      ...more,
    });
  const lines = (screen: Screen) => {
    const state = screen.views[0]!;
    return state.order.map((key) => [key, state.rows[key] as NotableRow] as const);
  };
  const of = (
    city: City,
    standing: StandingAlarm[],
    happenings: [StandingAlarm, 'raised' | 'cleared', number][] = [],
  ) =>
    city.alarms.replace(
      'water',
      standing,
      happenings.map(([one, kind, at], i) => ({ kind, at, alarm: one, entry: `${i}-0` })),
    );

  it('stands in one list, the newest change first', async () => {
    const screen = await show((city) => {
      of(city, [alarm('a'), alarm('b', { raisedAt: NOW - MINUTE })]);
      city.state.write('emergency', [], [warning('1', { at: NOW - 5 * MINUTE }), warning('2', { level: 'blue' })]);
      city.notices.set([
        {
          id: 'feed-silent:water/x',
          reason: 'feed-silent',
          since: NOW - 3 * MINUTE,
          count: 1,
          text: words('x 无数据'),
          system: 'water',
        },
      ]);
    });
    expect(lines(screen).map(([key]) => key)).toEqual([
      'alarm:water/b',
      'notice:feed-silent:water/x',
      'occurrence:emergency/1',
      'alarm:water/a',
    ]);
    expect(lines(screen)[2]?.[1]).toMatchObject({
      text: words('暴雨1'),
      status: words('已发布'),
      short: words('应急'),
      until: null,
    });
  });

  it('an alarm that clears is the same line, and says so', async () => {
    const over = alarm('a', { state: 'cleared-unacknowledged', clearedAt: NOW - MINUTE });
    const screen = await show((city) =>
      of(
        city,
        [],
        [
          [alarm('a'), 'raised', NOW - 10 * MINUTE],
          [over, 'cleared', NOW - MINUTE],
        ],
      ),
    );
    expect(lines(screen)).toHaveLength(1);
    expect(lines(screen)[0]?.[1]).toMatchObject({ at: NOW - MINUTE, since: NOW - 10 * MINUTE, until: NOW - MINUTE });
  });

  it('acknowledging moves nothing; what a cause explains, or is of another priority, is left out', async () => {
    const screen = await show((city) =>
      of(city, [
        alarm('a', { state: 'active-acknowledged', changedAt: NOW }),
        alarm('b', { raisedAt: NOW - MINUTE }),
        alarm('c', { suppressedBy: 'water/b' }),
        alarm('d', { priority: 4 }),
      ]),
    );
    expect(lines(screen).map(([key]) => key)).toEqual(['alarm:water/b', 'alarm:water/a']);
  });

  it('lesser alarms of one rule are one line that counts them, over when all are', async () => {
    const lesser = (key: string, more: Partial<StandingAlarm> = {}) =>
      alarm('road', { id: `water/road/${key}`, priority: 3, raisedAt: NOW - 9 * MINUTE, ...more });
    const screen = await show((city) =>
      of(city, [
        lesser('1', { state: 'cleared-unacknowledged', clearedAt: NOW - 2 * MINUTE }),
        lesser('2', { raisedAt: NOW - 5 * MINUTE, text: words('the newest that stands') }),
        alarm('a'),
        alarm('a', { id: 'water/a/2' }),
      ]),
    );
    expect(lines(screen).map(([key]) => key)).toEqual(['alarm:water/road', 'alarm:water/a', 'alarm:water/a/2']);
    expect(lines(screen)[0]?.[1]).toMatchObject({ count: 2, until: null, since: NOW - 9 * MINUTE });
  });

  it('a warning and the alarm that it raised are one line, with the shape of the alarm', async () => {
    const screen = await show((city) => {
      city.alarms.replace(
        'emergency',
        [alarm('w', { id: 'emergency/w', system: 'emergency', occurrence: '1', priority: 1 })],
        [],
      );
      city.state.write('emergency', [], [warning('1')]);
    });
    expect(lines(screen)).toHaveLength(1);
    expect(lines(screen)[0]).toMatchObject(['occurrence:emergency/1', { priority: 1 }]);
  });

  it('of what is private it says no more than the town', async () => {
    const screen = await show((city) =>
      of(city, [
        alarm('a', { name: '手环01', hidden: true }),
        alarm('b', { name: '龙滩水库', raisedAt: NOW - MINUTE }),
      ]),
    );
    expect(lines(screen).map(([, { place }]) => place)).toEqual(['龙滩水库', '桂溪街道']);
  });

  it('a feed that is back is told once more, then grows old', async () => {
    const screen = await show((city) => {
      city.notices.over.push({
        notice: { id: 'feed-silent:f', reason: 'feed-silent', since: NOW - 8 * MINUTE, count: 1, text: words('f') },
        at: NOW - 2 * MINUTE,
      });
    });
    expect(lines(screen)[0]?.[1]).toMatchObject({ source: 'notice', at: NOW - 2 * MINUTE, until: NOW - 2 * MINUTE });
    await city.clock.advance(25 * HOUR);
    expect(lines(screen)).toEqual([]);
  });

  it('alarms count in an index and beside the figures of towns', async () => {
    const counted: AlarmsViewSpec = { kind: 'alarms', priorities: [2], limit: 20 };
    const groups: ViewSpec = {
      kind: 'groups',
      by: 'town',
      columns: [{ id: 'p2', view: counted, take: 'count' }],
      order: ['p2'],
      limit: 9,
      all: ['高安镇'],
    };
    const fill = (city: City) => {
      of(city, [alarm('a'), alarm('b'), alarm('c', { suppressedBy: 'water/a' }), alarm('d', { priority: 1 })]);
      city.alarms.replace('emergency', [], []);
    };
    const towns = await show(fill, groups);
    expect((towns.rows(0) as unknown as GroupRow[]).map(({ values }) => values)).toEqual([[2], [0]]);
    city.frames.stop();
    const line: [number, number][] = [
      [0, 100],
      [4, 0],
    ];
    const index = await show(fill, {
      kind: 'index',
      atLeast: 0.8,
      parts: [
        {
          id: 'safety',
          name: words('安全'),
          weight: 1,
          measures: [{ id: 'p2', name: words('P2'), view: counted, take: 'count', score: line, weight: 1 }],
        },
      ],
    });
    expect((index.rows(0) as unknown as IndexRow[])[0]).toMatchObject({ score: 50, state: 'shown' });
  });
});
