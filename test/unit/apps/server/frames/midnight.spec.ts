import { startOfDay } from '@citywall/aggregate';
import type { ViewSpec } from '@citywall/protocol';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Window } from '../../../../../apps/server/src/state/index.js';
import { City, MINUTE, NOW, occurrence, pack, row, type Screen, scene, water } from './fakes.js';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 2026-07-10 00:00 in Chongqing; the server may live in any zone */
const MIDNIGHT = startOfDay(NOW) + DAY;
const SERIES = { kind: 'series', asset: 'water/reservoir/a', metric: 'level', window: HOUR, step: HOUR } as const;
/** rows of the level a metre higher each day, an hour each */
const level = (at: number) => 400 + Math.round((startOfDay(at) - startOfDay(NOW)) / DAY);
const window = (at: number): Window => ({
  at,
  min: level(at),
  max: level(at),
  avg: level(at),
  sum: level(at),
  count: 1,
  last: level(at),
});

/** What "today" shows rolls over at 00:00 Asia/Shanghai on screens that nobody touches. */
describe('midnight', () => {
  let city: City;
  afterEach(() => city?.frames.stop());

  async function show(views: ViewSpec[], fill: (city: City) => void = () => {}): Promise<Screen> {
    city = new City([water([scene('s', views)]), pack('urban')]);
    // every hour up to now has a window
    city.state.windowsOf = () =>
      Array.from({ length: 9 * 24 }, (_, i) => startOfDay(NOW) - 7 * DAY + i * HOUR)
        .filter((at) => at <= city.clock.now())
        .map(window);
    fill(city);
    await city.start();
    await city.clock.advance(MIDNIGHT - 2_000 - city.clock.now());
    return city.show('s');
  }
  const hours = (screen: Screen, view: number) => screen.rows(view).map((_, i) => Number(screen.views[view]!.order[i]));

  it('a count of today begins at nought again, within a second', async () => {
    const screen = await show(
      [
        { kind: 'tally', system: 'urban', by: 'status', since: 'today' },
        { kind: 'flow', system: 'urban', type: 'case', stages: ['field:source', 'status'], since: 'today' },
        { kind: 'list', systems: ['urban'], limit: 10 },
      ],
      ({ state }) => state.write('urban', [], [occurrence('1', { fields: { source: '巡查' } })]),
    );
    expect([screen.views[0]!.meta.count, screen.views[1]!.meta.count]).toEqual([1, 1]);
    await city.clock.advance(3_000);
    expect(city.clock.now()).toBe(MIDNIGHT + 1_000);
    expect([screen.views[0]!.meta.count, screen.views[1]!.meta.count]).toEqual([0, 0]);
    expect(screen.rows(1)).toEqual([]);
    // a list is not of today: what happened stays in it
    expect(screen.rows(2)).toHaveLength(1);
    city.state.write('urban', [], [occurrence('2', { at: MIDNIGHT + 500, fields: { source: '巡查' } })]);
    await city.clock.advance(1_100);
    expect([screen.views[0]!.meta.count, screen.views[1]!.meta.count]).toEqual([1, 1]);
  });

  it('a line of today begins at midnight, and yesterday is the whole day before', async () => {
    const screen = await show([
      { ...SERIES, since: 'today' },
      { ...SERIES, since: 'today', shift: DAY },
    ]);
    expect(hours(screen, 0)).toHaveLength(24);
    expect(hours(screen, 1)[0]).toBe(MIDNIGHT - 2 * DAY);
    await city.clock.advance(4_000);
    city.state.write('water', [row('reservoir/a', 401, { at: MIDNIGHT + 500 })]);
    await city.clock.advance(2_000);
    expect(hours(screen, 0)).toEqual([MIDNIGHT]);
    expect(hours(screen, 1)).toHaveLength(24);
    expect(hours(screen, 1)[0]).toBe(MIDNIGHT - DAY);
  });

  it('what is usual counts yesterday as one of its days from the first minute on', async () => {
    const screen = await show([
      { kind: 'normal', asset: SERIES.asset, metric: 'level', window: HOUR, step: HOUR, days: 3, since: 'today' },
    ]);
    const median = () => screen.rows(0).map((one) => one.p50)[5];
    expect(median()).toBe(398);
    await city.clock.advance(MINUTE);
    expect(median()).toBe(399);
  });
});
