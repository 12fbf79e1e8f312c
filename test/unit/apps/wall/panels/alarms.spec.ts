import type { AlarmRow, NotableRow } from '@citywall/protocol';
import { stateOf } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import {
  alarmLines,
  calmOf,
  countsOf,
  fitting,
  isRed,
  momentText,
  restOf,
  totalOf,
  unwatchedOf,
} from '../../../../../apps/wall/src/panels/alarms/option.js';
import { alarmCallouts, alarmPlaces } from '../../../../../apps/wall/src/panels/map/alarms.js';
import { notableLines } from '../../../../../apps/wall/src/panels/notable/option.js';
import { topAlarm } from '../../../../../apps/wall/src/panels/systems/option.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48, 20); // 14:48:20 in the county
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const words = (text: string) => ({ zh: text, en: text });

function alarm(id: string, more: Partial<AlarmRow> = {}): AlarmRow {
  return {
    id,
    system: 'water',
    rule: 'water-40',
    priority: 1,
    state: 'active-unacknowledged',
    unknown: false,
    raisedAt: NOW - 75_000,
    changedAt: NOW - 75_000,
    value: 46,
    text: words(`${id} 积水`),
    group: {},
    origin: 'simulated',
    ...more,
  };
}
const states = (...rows: AlarmRow[]) => stateOf(rows.map((row) => [row.id, row]));

describe('alarms', () => {
  it('an open one counts the seconds against its target, one that was seen or cleared does not', () => {
    const lines = alarmLines(
      states(
        alarm('a'),
        alarm('b', { state: 'active-acknowledged', priority: 2 }),
        alarm('c', { state: 'cleared-unacknowledged', priority: 4, unknown: true }),
      ),
      NOW,
      'zh',
    );
    expect(lines.map(({ form, waited, target, unknown }) => [form, waited, target, unknown])).toEqual([
      ['open', 75, 60, false],
      ['seen', null, 180, false],
      ['over', null, null, true],
    ]);
  });

  it('names the asset only where the text does not', () => {
    const lines = alarmLines(states(alarm('甲', { name: '甲' }), alarm('乙', { name: '丙' })), NOW, 'zh');
    expect(lines.map(({ place }) => place)).toEqual(['', '丙']);
  });

  it('tells the day of what is older than today', () => {
    expect(momentText(NOW - MINUTE, NOW)).toBe('14:47:20');
    expect(momentText(NOW - 24 * 60 * MINUTE, NOW)).toBe('07-11 14:48');
  });

  it('counts those without a line, also those beyond the limit of the view', () => {
    const counts = countsOf({ p1: 3, p2: 9, p3: 0, p4: 1 });
    const shown = alarmLines(states(alarm('a'), alarm('b', { priority: 2 })), NOW, 'zh');
    expect(restOf(counts, shown)).toEqual({ 1: 2, 2: 8, 3: 0, 4: 1 });
    expect(totalOf(counts)).toBe(13);
  });

  it('what is told beside them keeps a line of its own: nothing is squeezed', () => {
    const lines = alarmLines(states(...['a', 'b', 'c'].map((id) => alarm(id))), NOW, 'zh');
    const shown = (room: number, total = 3, besides = false) => fitting(lines, room, total, besides).length;
    expect([shown(3), shown(2), shown(1), shown(0)]).toEqual([3, 1, 1, 1]);
    expect([shown(4, 3, true), shown(3, 3, true)]).toEqual([3, 2]);
    expect([shown(4, 9), shown(3, 9)]).toEqual([3, 2]);
  });

  it('what nobody knows is no zero', () => {
    expect(countsOf(undefined)).toBeNull();
    expect(countsOf({ error: 'not-loaded', p1: 0 })).toBeNull();
    expect(restOf(null, [])).toBeNull();
    expect(alarmLines(stateOf([], { error: 'not-loaded' }), NOW, 'zh')).toEqual([]);
  });

  it('red is what holds of priority 1 and nobody has seen', () => {
    const red = (more: Partial<AlarmRow>) => alarmLines(states(alarm('a', more)), NOW, 'zh').map(isRed);
    expect(red({})).toEqual([true]);
    expect(red({ unknown: true })).toEqual([true]);
    expect(red({ state: 'active-acknowledged' })).toEqual([false]);
    expect(red({ state: 'cleared-unacknowledged' })).toEqual([false]);
    expect(red({ priority: 2 })).toEqual([false]);
  });

  it('it is calm since the newest ended, or since somebody evaluates', () => {
    const ended = (ends: number[], watchedSince: number) =>
      stateOf(
        ends.map((at, index): [string, { at: number }] => [`e${index}`, { at }]),
        { watchedSince },
      );
    const long = NOW - 2 * DAY;
    expect(calmOf(ended([NOW - 9_000, NOW - 5_000], long), NOW)).toEqual({ since: 'ended', at: NOW - 5_000 });
    expect(calmOf(ended([], long), NOW)).toEqual({ since: 'day' });
    expect(calmOf(ended([], NOW - 3_000), NOW)).toEqual({ since: 'watched', at: NOW - 3_000 });
    expect(calmOf(ended([NOW - 5_000], NOW - 3_000), NOW)).toEqual({ since: 'watched', at: NOW - 3_000 });
  });

  it('none is no finding where nobody evaluates, or nobody knows', () => {
    expect(calmOf(stateOf([], { unwatched: 2 }), NOW)).toBeNull();
    expect(calmOf(stateOf([], { error: 'not-loaded' }), NOW)).toBeNull();
    expect(calmOf(null, NOW)).toBeNull();
    expect(unwatchedOf({ unwatched: 2 })).toBe(2);
    expect(unwatchedOf({ watchedSince: NOW })).toBe(0);
  });

  it('a system shows its highest priority', () => {
    const row = { p1: 0, p2: 3, p3: 8, p4: 1 } as Parameters<typeof topAlarm>[0];
    expect(topAlarm(row)).toEqual({ priority: 2, count: 3 });
    expect(topAlarm({ ...row, p2: 0, p3: 0, p4: 0 })).toBeNull();
  });
});

describe('alarms on a map', () => {
  const project = (lon: number, lat: number): [number, number] => [lon, lat];
  const seats = new Map<string, [number, number]>([
    ['桂溪街道', [100, 100]],
    ['高安镇', [200, 200]],
  ]);

  it('a town has one shape above its name, the most urgent of its alarms', () => {
    const places = alarmPlaces(
      states(
        alarm('a', { town: '桂溪街道', state: 'active-acknowledged' }),
        alarm('b', { town: '桂溪街道', priority: 3 }),
        alarm('c', { town: '高安镇', priority: 4, unknown: true }),
        alarm('d', { priority: 2 }),
      ),
      'town',
      project,
      seats,
      1,
    );
    expect(
      places.map(({ key, x, y, priority, count, urgent, unknown }) => [key, x, y, priority, count, urgent, unknown]),
    ).toEqual([
      ['高安镇', 200, 175, 4, 1, false, true],
      ['桂溪街道', 100, 75, 1, 2, false, false],
    ]);
  });

  it('assets that stand together share a shape', () => {
    const places = alarmPlaces(
      states(
        alarm('a', { place: [10, 10], asset: 'x' }),
        alarm('b', { place: [15, 10] }),
        alarm('c', { place: [50, 10] }),
      ),
      'asset',
      project,
      seats,
      1,
    );
    expect(places.map(({ key, count, urgent }) => [key, count, urgent])).toEqual([
      ['x', 2, true],
      ['c', 1, true],
    ]);
  });

  it('names only P1 and P2 beside it, the most urgent first', () => {
    const places = alarmPlaces(
      states(
        alarm('a', { place: [10, 10], priority: 2, town: '桂溪街道' }),
        alarm('b', { place: [50, 10], state: 'active-acknowledged' }),
        alarm('c', { place: [90, 10] }),
        alarm('d', { place: [130, 10], priority: 3 }),
      ),
      'asset',
      project,
      seats,
      1,
    );
    expect(alarmCallouts(places, 2).map(({ key }) => key)).toEqual(['alarm:c', 'alarm:b']);
    expect(alarmCallouts(places, 9)).toHaveLength(3);
    expect(alarmCallouts(places, 9)[2]).toMatchObject({ where: '桂溪街道', level: 'p2', more: 0 });
  });
});

describe('notable', () => {
  const row = (more: Partial<NotableRow>): NotableRow => ({
    source: 'occurrence',
    system: 'emergency',
    short: words('应急'),
    at: NOW,
    since: NOW,
    until: null,
    text: words('暴雨橙色预警'),
    origin: 'live',
    ...more,
  });

  it('has a line a thing, with what it is, since when, and whether it is over', () => {
    const state = stateOf([
      ['alarm:a', row({ source: 'alarm', priority: 1, since: NOW - 20 * MINUTE, until: NOW, place: '桂溪' })],
      ['occurrence:b', row({ status: words('发布'), place: '暴雨' })],
      ['notice:c', row({ source: 'notice', at: NOW - 24 * 60 * MINUTE, since: NOW - 24 * 60 * MINUTE })],
    ]);
    expect(
      notableLines(state, NOW, 'zh').map(({ time, since, over, place, priority, status }) => [
        time,
        since,
        over,
        place,
        priority,
        status,
      ]),
    ).toEqual([
      ['14:48', '14:28', true, '桂溪', 1, ''],
      ['14:48', '', false, '', null, '发布'],
      ['07-11', '', false, '', null, ''],
    ]);
  });
});
