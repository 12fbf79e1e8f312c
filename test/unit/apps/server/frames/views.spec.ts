import type { Notice } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { ViewSpec } from '@citywall/protocol';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MAX_ROWS } from '../../../../../apps/server/src/frames/views/latest.view.js';
import { MAX_PLACED } from '../../../../../apps/server/src/frames/views/layer.view.js';
import { asset, City, MINUTE, metric, NOW, occurrence, pack, row, type Screen, scene, water } from './fakes.js';

const words = (text: string) => ({ zh: text, en: text });
const HOUR = 60 * MINUTE;

describe('views', () => {
  let city: City;
  afterEach(() => city?.frames.stop());

  /** A city whose scene `s` shows these views; `fill` writes state before the start. */
  async function show(
    views: ViewSpec[],
    fill: (city: City) => void = () => {},
    packs: (scenes: Pack['scenes']) => Pack[] = (scenes) => [water(scenes)],
  ): Promise<Screen> {
    city = new City(packs([scene('s', views)]));
    fill(city);
    await city.start();
    return city.show('s');
  }

  const write = async (...args: Parameters<City['state']['write']>) => {
    city.state.write(...args);
    await city.clock.advance(1_100);
  };

  describe('latest', () => {
    const named: ViewSpec = {
      kind: 'latest',
      assets: ['water/reservoir/b', 'water/reservoir/gone', 'water/reservoir/a'],
      metrics: ['level'],
    };

    it('keeps the order of named assets, and a place for one that nobody knows', async () => {
      const screen = await show([named], ({ state }) => state.write('water', [row('reservoir/a', 1)]));
      expect(screen.rows(0).map(({ asset, value }) => [asset, value])).toEqual([
        ['water/reservoir/b', null],
        ['water/reservoir/gone', null],
        ['water/reservoir/a', 1],
      ]);
      expect(screen.meta(0)).toMatchObject({ fresh: 1, total: 3, unit: 'm', decimals: 2, staleAfter: 5 * MINUTE });
    });

    it('tells what the metric can physically be, in every view of one metric', async () => {
      const of = (scenes: Pack['scenes']) => [
        pack('water', {
          scenes,
          metrics: [metric('reservoir/level', { range: { min: 0, max: 1500 } }), metric('reservoir/inflow')],
          assets: [asset('water/reservoir/a')],
        }),
      ];
      const views: ViewSpec[] = [
        { kind: 'latest', type: 'water/reservoir', metrics: ['level'] },
        { kind: 'rank', of: 'water/reservoir/level', order: 'desc', limit: 2 },
        { kind: 'series', asset: 'water/reservoir/a', metric: 'level', window: HOUR, step: MINUTE },
      ];
      const unlimited: ViewSpec = { kind: 'rank', of: 'water/reservoir/inflow', order: 'desc', limit: 2 };
      const screen = await show([...views, unlimited], undefined, of);
      for (const [i] of views.entries()) expect(screen.meta(i)).toMatchObject({ rangeMin: 0, rangeMax: 1500 });
      expect(screen.meta(views.length)).not.toHaveProperty('rangeMin');
    });

    it('says of a value where it comes from and what its limits are', async () => {
      const screen = await show([named], ({ state }) => state.write('water', [row('reservoir/a', 1, { quality: 1 })]));
      expect(screen.rows(0)[2]).toEqual({
        asset: 'water/reservoir/a',
        name: '名a',
        metric: 'level',
        value: 1,
        at: NOW,
        receivedAt: NOW + 20,
        quality: 'uncertain',
        origin: 'live',
        feed: 'realtime',
        unit: 'm',
        decimals: 2,
        staleAfter: 5 * MINUTE,
        attributes: { town: '桂溪街道', floodLimit: 440 },
      });
    });

    it('of a type shows assets in service, and those that a feed discovers', async () => {
      const of = (scenes: Pack['scenes']) => [
        water(scenes, { assets: [asset('water/reservoir/a'), asset('water/reservoir/b', { inService: false })] }),
      ];
      const screen = await show([{ kind: 'latest', type: 'water/reservoir', metrics: ['level'] }], undefined, of);
      expect(screen.rows(0).map(({ name }) => name)).toEqual(['名a']);
      await write('water', [row('reservoir/x/1', 7)]);
      expect(screen.rows(0).map(({ name, value }) => [name, value])).toEqual([
        ['名a', null],
        ['x/1', 7],
      ]);
      expect(screen.meta(0)).toMatchObject({ fresh: 0, total: 1 });
    });

    it('where nothing is declared, those seen in 24 hours are expected', async () => {
      const screen = await show(
        [{ kind: 'latest', type: 'water/reservoir', metrics: ['level'] }],
        ({ state }) => {
          state.seen = [
            { id: 'water/reservoir/old', firstSeen: 0, lastSeen: NOW - 25 * HOUR, declared: false, feed: 'f' },
            { id: 'water/reservoir/new', firstSeen: 0, lastSeen: NOW - 23 * HOUR, declared: false, feed: 'f' },
          ];
          state.write('water', [row('reservoir/now', 3)]);
        },
        (scenes) => [water(scenes, { assets: [] })],
      );
      expect(screen.meta(0)).toMatchObject({ fresh: 1, total: 2 });
    });

    it('is bounded however many assets a feed discovers, and counts them all', async () => {
      const screen = await show([{ kind: 'latest', type: 'water/reservoir', metrics: ['level'] }], ({ state }) =>
        state.write(
          'water',
          Array.from({ length: MAX_ROWS + 100 }, (_, i) => row(`reservoir/x${i}`, i)),
        ),
      );
      expect(screen.views[0]?.order).toHaveLength(MAX_ROWS);
      expect(screen.meta(0)).toMatchObject({ count: MAX_ROWS + 103 });
    });

    it('a personal metric never leaves unmasked', async () => {
      const screen = await show(
        [{ kind: 'latest', assets: ['water/reservoir/a'], metrics: ['warden'] }],
        ({ state }) => state.write('water', [row('reservoir/a', '13812345678', { metric: 'warden' })]),
        (scenes) => [water(scenes, { pii: { occurrences: {}, readings: { 'reservoir/warden': 'phone' } } })],
      );
      expect(screen.rows(0)[0]).toMatchObject({ value: '138****5678' });
    });

    it('an older measurement does not come back over a newer one', async () => {
      const screen = await show([named], ({ state }) => state.write('water', [row('reservoir/a', 2, { at: NOW })]));
      await write('water', [row('reservoir/a', 1, { at: NOW - 1 })]);
      expect(screen.rows(0)[2]).toMatchObject({ value: 2 });
    });
  });

  describe('rank', () => {
    it('orders, cuts, and follows the values', async () => {
      const screen = await show([{ kind: 'rank', of: 'water/reservoir/level', order: 'desc', limit: 2 }], ({ state }) =>
        state.write('water', [row('reservoir/a', 1), row('reservoir/b', 2), row('reservoir/c', 3)]),
      );
      expect(screen.rows(0).map(({ name }) => name)).toEqual(['名c', '名b']);
      expect(screen.meta(0)).toMatchObject({ fresh: 3, total: 3, unit: 'm' });
      await write('water', [row('reservoir/a', 9)]);
      expect(screen.rows(0).map(({ name, value }) => [name, value])).toEqual([
        ['名a', 9],
        ['名c', 3],
      ]);
    });
  });

  describe('aggregate', () => {
    it('by group, over a limit of the asset itself', async () => {
      const screen = await show(
        [
          { kind: 'aggregate', of: 'water/reservoir/level', fn: 'max', by: 'town' },
          {
            kind: 'aggregate',
            of: 'water/reservoir/level',
            fn: 'count',
            where: { atLeast: { attribute: 'floodLimit' } },
          },
        ],
        ({ state }) => state.write('water', [row('reservoir/a', 439), row('reservoir/b', 441), row('reservoir/c', 5)]),
      );
      expect(screen.views[0]?.order).toEqual(['桂溪街道', '高安镇']);
      expect(screen.rows(0).map(({ value }) => value)).toEqual([441, 5]);
      expect(screen.rows(1)).toMatchObject([{ value: 1, matching: 1, fresh: 3, total: 3 }]);
      expect(screen.meta(1)).not.toHaveProperty('unit');
    });
  });

  describe('coverage', () => {
    const spec: ViewSpec = { kind: 'coverage', types: ['water/reservoir', 'water/river'] };

    it('counts assets with a fresh value type by type, and what turns stale by time alone', async () => {
      const screen = await show([spec], ({ state }) =>
        state.write('water', [row('reservoir/a', 1), row('reservoir/b', 2, { at: NOW - 4 * MINUTE })]),
      );
      expect(screen.views[0]?.order).toEqual(['water/reservoir', 'water/river']);
      const reservoir = { name: words('reservoir'), total: 3, newestAt: NOW, origin: 'live' };
      expect(screen.rows(0)).toEqual([
        { ...reservoir, fresh: 2, oldestAt: NOW - 4 * MINUTE },
        { name: words('river'), fresh: 0, total: 0, oldestAt: null, newestAt: null, origin: 'live' },
      ]);
      expect(screen.meta(0)).toMatchObject({ fresh: 2, total: 3, oldestAt: NOW - 4 * MINUTE });
      await city.clock.advance(2 * MINUTE);
      expect(screen.rows(0)[0]).toEqual({ ...reservoir, fresh: 1, oldestAt: NOW });
      await city.clock.advance(10 * MINUTE);
      expect(screen.rows(0)[0]).toEqual({ ...reservoir, fresh: 0, oldestAt: null });
    });
  });

  describe('tally and list', () => {
    const urban = (scenes: Pack['scenes']) => [
      pack('urban', {
        scenes,
        occurrenceTypes: { case: { name: words('案件'), closed: ['结案'] } },
        pii: { occurrences: { case: { reporter: 'phone', who: 'name' } }, readings: {} },
      }),
    ];

    it('counts today, and begins anew at the midnight of the city', async () => {
      const screen = await show(
        [{ kind: 'tally', system: 'urban', by: 'status', since: 'today' }],
        ({ state }) =>
          state.write('urban', [], [occurrence('1'), occurrence('2', { status: '结案' }), occurrence('3')]),
        urban,
      );
      expect(screen.views[0]?.order.map((key) => [key, screen.views[0]?.rows[key]])).toEqual([
        ['立案', { count: 2 }],
        ['结案', { count: 1 }],
      ]);
      expect(screen.meta(0)).toMatchObject({ count: 3 });
      await city.clock.advance(Date.UTC(2026, 6, 9, 16) - NOW - 60_000);
      expect(screen.meta(0)).toMatchObject({ count: 3 });
      await city.clock.advance(61_000);
      expect(screen.meta(0)).toMatchObject({ count: 0 });
    });

    it('follows cases from one stage to the next, anew at midnight', async () => {
      const from = (source: string | null, status: string, id: string) =>
        occurrence(id, { status, fields: { source } });
      const screen = await show(
        [{ kind: 'flow', system: 'urban', type: 'case', stages: ['field:source', 'status'], since: 'today' }],
        ({ state }) => state.write('urban', [], [from('12345', '立案', '1'), from('12345', '立案', '2')]),
        urban,
      );
      await write('urban', [], [from(null, '结案', '3'), occurrence('4', { type: 'inspection' })]);
      expect(screen.views[0]?.order).toEqual(['0>12345>立案', '0>>结案']);
      expect(screen.rows(0)).toEqual([
        { step: 0, from: '12345', to: '立案', count: 2 },
        { step: 0, from: '', to: '结案', count: 1 },
      ]);
      expect(screen.meta(0)).toMatchObject({ count: 3 });
      await city.clock.advance(Date.UTC(2026, 6, 9, 16) - NOW);
      expect(screen.meta(0)).toMatchObject({ count: 0 });
      expect(screen.rows(0)).toEqual([]);
    });

    it('tell how the feeds live that bring them, and when those were last heard once all are silent', async () => {
      const brings = (id: string, type: string, more: object = {}) => ({
        id,
        topic: id,
        expect: MINUTE,
        occurrences: [{ type, id: '$.id', status: '$.status' }],
        ...more,
      });
      const heard = (lastAt: number) => ({
        messages: 1,
        readings: 0,
        occurrences: 1,
        rejections: 0,
        duplicates: 0,
        late: 0,
        lastAt,
      });
      const screen = await show(
        [
          { kind: 'tally', system: 'urban', type: 'case', by: 'status' },
          { kind: 'list', systems: ['urban'], limit: 5 },
          { kind: 'flow', system: 'urban', type: 'patrol', stages: ['status', 'type'] },
          { kind: 'list', systems: ['urban'], types: ['other'], limit: 5 },
        ],
        ({ state }) => {
          state.write('urban', [], [occurrence('1')]);
          state.counters.set('cases', heard(NOW - MINUTE));
        },
        (scenes) => {
          const [urbanPack] = urban(scenes);
          const levels = { id: 'levels', topic: 'levels', expect: MINUTE };
          return [
            { ...urbanPack!, feeds: [brings('cases', 'case'), brings('patrols', 'patrol'), levels] },
          ] as unknown as Pack[];
        },
      );
      await city.clock.advance(2_000);
      expect(screen.meta(0)).toMatchObject({ feedsLive: 1, feedsTotal: 1 });
      expect(screen.meta(0)).not.toHaveProperty('heardAt');
      expect(screen.meta(1)).toMatchObject({ feedsLive: 1, feedsTotal: 2 });
      expect(screen.meta(2)).toMatchObject({ feedsLive: 0, feedsTotal: 1, heardAt: null });
      expect(screen.meta(3)).not.toHaveProperty('feedsTotal');
      await city.clock.advance(4 * MINUTE);
      expect(screen.meta(0)).toMatchObject({ feedsLive: 0, feedsTotal: 1, heardAt: NOW - MINUTE, count: 1 });
      expect(screen.meta(1)).toMatchObject({ feedsLive: 0, feedsTotal: 2, heardAt: NOW - MINUTE });
    });

    it('lists the newest, masked, and follows their lives', async () => {
      const personal = { reporter: '13812345678', who: '张三丰', text: '致电 13912345678', size: 2 };
      const screen = await show(
        [{ kind: 'list', systems: ['urban'], types: ['case'], limit: 2 }],
        ({ state }) =>
          state.write(
            'urban',
            [],
            [
              occurrence('1', { at: NOW - 3, fields: personal, place: { lon: 107.3, lat: 30.3 } }),
              occurrence('2', { at: NOW - 2 }),
              occurrence('9', { at: NOW, type: 'inspection' }),
            ],
          ),
        urban,
      );
      expect(screen.views[0]?.order).toEqual(['urban/2', 'urban/1']);
      expect(screen.rows(0)[1]).toMatchObject({
        fields: { reporter: '138****5678', who: '张**', text: '致电 139****5678', size: 2 },
        place: [107.3, 30.3],
      });
      await write('urban', [], [occurrence('3', { at: NOW + 1 }), occurrence('2', { at: NOW + 2, status: '结案' })]);
      expect(screen.views[0]?.order).toEqual(['urban/2', 'urban/3']);
      expect(screen.rows(0)[0]).toMatchObject({ status: '结案' });
      expect(screen.meta(0)).toMatchObject({ count: 3 });
      expect(JSON.stringify(screen.frames)).not.toMatch(/13[89]12345678|张三丰/);
    });
  });

  describe('layer', () => {
    it('places declared assets, and moving ones where they are', async () => {
      const fleet = (scenes: Pack['scenes']) => [
        pack('traffic', {
          scenes,
          metrics: [
            metric('bus/speed', { unit: 'km/h' }),
            metric('bus/position', { kind: 'position' }),
            metric('stop/queue'),
          ],
          assets: [asset('traffic/stop/1'), asset('traffic/stop/2', { place: null })],
        }),
      ];
      const screen = await show(
        [
          { kind: 'layer', of: 'traffic/stop/queue' },
          { kind: 'layer', of: 'traffic/bus/speed' },
        ],
        ({ state }) =>
          state.write('traffic', [
            row('stop/1', 4, { metric: 'queue' }),
            row('bus/7', 30, { metric: 'speed' }),
            row('bus/8', 31, { metric: 'speed' }),
            row('bus/7', [107.4, 30.2], { metric: 'position' }),
          ]),
        fleet,
      );
      expect(screen.rows(0)).toMatchObject([{ value: 4, place: [107.33, 30.32], placement: 'schematic' }]);
      expect(screen.meta(0)).toMatchObject({ fresh: 1, total: 2 });
      expect(screen.rows(1)).toMatchObject([{ asset: 'traffic/bus/7', value: 30, place: [107.4, 30.2] }]);
      await write('traffic', [row('bus/7', [107.5, 30.1], { metric: 'position', at: NOW + 1 })]);
      expect(screen.rows(1)).toMatchObject([{ value: 30, place: [107.5, 30.1] }]);
    });

    it('says when a position was measured and where the asset heads, and sends only what moved', async () => {
      const fleet = (scenes: Pack['scenes']) => [
        pack('traffic', {
          scenes,
          metrics: [metric('bus/speed'), metric('bus/heading'), metric('bus/position', { kind: 'position' })],
        }),
      ];
      const screen = await show(
        [{ kind: 'layer', of: 'traffic/bus/speed', heading: 'heading' }],
        ({ state }) =>
          state.write(
            'traffic',
            ['bus/7', 'bus/8'].flatMap((bus) => [
              row(bus, 30, { metric: 'speed' }),
              row(bus, 90, { metric: 'heading' }),
              row(bus, [107.4, 30.2], { metric: 'position' }),
            ]),
          ),
        fleet,
      );
      expect(screen.rows(0)).toMatchObject([
        { asset: 'traffic/bus/7', placeAt: NOW, heading: 90 },
        { asset: 'traffic/bus/8', placeAt: NOW, heading: 90 },
      ]);
      const [, still] = screen.rows(0);
      await write('traffic', [
        row('bus/7', [107.5, 30.1], { metric: 'position', at: NOW + 5_000 }),
        row('bus/7', 180, { metric: 'heading', at: NOW + 5_000 }),
      ]);
      expect(screen.rows(0)).toMatchObject([{ place: [107.5, 30.1], placeAt: NOW + 5_000, heading: 180 }, {}]);
      expect(screen.rows(0)[1]).toBe(still);
    });

    it('leaves a moving asset where it was when its newest position is bad, and draws none that was never good', async () => {
      const fleet = (scenes: Pack['scenes']) => [
        pack('traffic', { scenes, metrics: [metric('bus/speed'), metric('bus/position', { kind: 'position' })] }),
      ];
      const screen = await show(
        [{ kind: 'layer', of: 'traffic/bus/speed' }],
        ({ state }) =>
          state.write('traffic', [
            row('bus/7', 30, { metric: 'speed' }),
            row('bus/7', [107.4, 30.2], { metric: 'position' }),
            row('bus/8', 30, { metric: 'speed' }),
            row('bus/8', [107.9, 30.2], { metric: 'position', quality: 2 }),
          ]),
        fleet,
      );
      expect(screen.rows(0)).toMatchObject([{ asset: 'traffic/bus/7', place: [107.4, 30.2], placeAt: NOW }]);
      await write('traffic', [
        row('bus/7', [108.4, 30.2], { metric: 'position', at: NOW + 10_000, quality: 2 }),
        row('bus/7', 34, { metric: 'speed', at: NOW + 10_000 }),
      ]);
      expect(screen.rows(0)).toMatchObject([{ value: 34, place: [107.4, 30.2], placeAt: NOW }]);
      await write('traffic', [row('bus/8', [107.5, 30.1], { metric: 'position', at: NOW + 20_000 })]);
      expect(screen.rows(0)).toMatchObject([{}, { asset: 'traffic/bus/8', place: [107.5, 30.1] }]);
    });

    it('draws no more than its limit, and says how many there are', async () => {
      const many = Array.from({ length: MAX_PLACED + 2 }, (_, i) => asset(`traffic/stop/${i}`));
      const screen = await show([{ kind: 'layer', of: 'traffic/stop/queue' }], undefined, (scenes) => [
        pack('traffic', { scenes, metrics: [metric('stop/queue')], assets: many }),
      ]);
      expect(screen.rows(0)).toHaveLength(MAX_PLACED);
      expect(screen.meta(0)).toMatchObject({ total: MAX_PLACED + 2, count: MAX_PLACED + 2 });
    });
  });

  describe('series', () => {
    const view: ViewSpec = { kind: 'series', asset: 'water/reservoir/a', metric: 'level', window: HOUR, step: MINUTE };
    const window = (minutesAgo: number, last: number) => ({
      at: NOW - minutesAgo * MINUTE,
      min: last,
      max: last,
      avg: last,
      sum: last,
      count: 1,
      last,
    });

    it('has its windows in the first snapshot, with gaps', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [window(5, 1), window(2, 3)];
        state.write('water', [row('reservoir/a', 3)]);
      });
      expect(screen.snapshots[0]?.views[0]?.order).toHaveLength(2);
      expect(screen.rows(0).map(({ at, avg }) => [at, avg])).toEqual([
        [NOW - 5 * MINUTE, 1],
        [NOW - 2 * MINUTE, 3],
      ]);
      expect(screen.meta(0)).toMatchObject({ fresh: 1, total: 1, unit: 'm' });
    });

    it('a new value reads the newest two slots again, at most once a second', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [window(5, 1)];
      });
      const { state } = city;
      const before = state.windowQueries.length;
      state.windowsOf = () => [window(5, 99), window(0, 7)];
      for (let i = 0; i < 40; i++) {
        state.write('water', [row('reservoir/a', 7, { at: NOW + i })]);
        await city.clock.advance(100);
      }
      const queries = state.windowQueries.slice(before);
      expect(queries.length).toBeGreaterThanOrEqual(3);
      expect(queries.length).toBeLessThanOrEqual(5);
      expect(queries.every(({ from }) => from === NOW - MINUTE)).toBe(true);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([1, 7]);
    });

    it('another asset of the type asks for nothing', async () => {
      await show([view]);
      const before = city.state.windowQueries.length;
      await write('water', [row('reservoir/b', 7)]);
      expect(city.state.windowQueries).toHaveLength(before);
    });

    it('late readings come with the reload each minute, and old points leave', async () => {
      const screen = await show([{ ...view, window: 5 * MINUTE }], ({ state }) => {
        state.windowsOf = () => [window(4, 1), window(0, 2)];
      });
      city.state.windowsOf = () => [window(3, 50), window(0, 2)];
      await city.clock.advance(MINUTE + 1_500);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([50, 2]);
    });

    it('while Redis is gone the line stays, and goes on afterwards', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [window(5, 1)];
      });
      city.state.gone = true;
      city.state.write('water', [row('reservoir/a', 7)]);
      await city.clock.advance(10_000);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([1]);
      expect(screen.meta(0).error).toBeUndefined();
      city.state.gone = false;
      city.state.windowsOf = () => [window(5, 1), window(0, 7)];
      await city.clock.advance(2_000);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([1, 7]);
    });
  });

  describe('series of another day', () => {
    const DAY = 24 * HOUR;
    const window = (at: number, last: number) => ({ at, min: last, max: last, avg: last, sum: last, count: 1, last });
    const view: ViewSpec = {
      kind: 'series',
      asset: 'water/reservoir/a',
      metric: 'level',
      window: 2 * HOUR,
      step: HOUR,
      shift: DAY,
      ahead: HOUR,
    };
    const slot = Math.floor((NOW - DAY) / HOUR) * HOUR;

    it('keeps its times, goes beyond now and counts no coverage', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [-2, -1, 0, 1, 2].map((hours) => window(slot + hours * HOUR, hours));
      });
      expect(screen.rows(0).map(({ at, avg }) => [at, avg])).toEqual([
        [slot - HOUR, -1],
        [slot, 0],
        [slot + HOUR, 1],
      ]);
      expect(screen.meta(0).total).toBeUndefined();
    });

    it('new values ask for nothing; the next slot comes in its time', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [0, 1, 2].map((hours) => window(slot + hours * HOUR, hours));
      });
      const before = city.state.windowQueries.length;
      await write('water', [row('reservoir/a', 7)]);
      expect(city.state.windowQueries).toHaveLength(before);
      await city.clock.advance(slot + HOUR - (NOW - DAY) + 600);
      expect(screen.rows(0).map(({ avg }) => avg)).toEqual([0, 1, 2]);
    });
  });

  describe('matrix', () => {
    const view: ViewSpec = {
      kind: 'matrix',
      type: 'water/reservoir',
      metric: 'level',
      window: 10 * MINUTE,
      step: 5 * MINUTE,
    };
    const slot = Math.floor(NOW / (5 * MINUTE)) * 5 * MINUTE;
    const window = (at: number, last: number) => ({ at, min: last, max: last, avg: last, sum: last, count: 1, last });
    const cells = (screen: Screen) =>
      (screen.views[0]?.order ?? []).map((key) => [key, (screen.views[0]!.rows[key] as { avg: number }).avg]);

    it('has the cells of every asset of a type, gaps left out', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = (id) =>
          id === 'water/reservoir/a' ? [window(slot - 5 * MINUTE, 1), window(slot, 2)] : [window(slot, 3)];
      });
      expect(cells(screen).slice(0, 3)).toEqual([
        [`water/reservoir/a|${slot - 5 * MINUTE}`, 1],
        [`water/reservoir/a|${slot}`, 2],
        [`water/reservoir/b|${slot}`, 3],
      ]);
      expect(screen.meta(0)).toMatchObject({ unit: 'm', decimals: 2 });
    });

    it('keeps the order of named assets; a new value of one reads that one again', async () => {
      const screen = await show(
        [
          {
            kind: 'matrix',
            assets: ['water/reservoir/b', 'water/reservoir/a'],
            metric: 'level',
            window: 10 * MINUTE,
            step: 5 * MINUTE,
          },
        ],
        ({ state }) => {
          state.windowsOf = () => [window(slot, 3)];
        },
      );
      expect(cells(screen).map(([key]) => key)).toEqual([`water/reservoir/b|${slot}`, `water/reservoir/a|${slot}`]);
      const before = city.state.windowQueries.length;
      city.state.windowsOf = () => [window(slot, 9)];
      city.state.write('water', [row('reservoir/a', 9)]);
      await city.clock.advance(12_000);
      expect(city.state.windowQueries.slice(before).map(({ asset: id }) => id)).toEqual(['water/reservoir/a']);
      expect(cells(screen).map(([, avg]) => avg)).toEqual([3, 9]);
    });

    it('finds what was told of the past after it first looked', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => [window(slot, 3)];
      });
      const before = cells(screen).length;
      city.state.windowsOf = () => [window(slot - 5 * MINUTE, 1), window(slot, 3)];
      await city.clock.advance(16_000);
      expect(cells(screen)).toHaveLength(before * 2);
      const asked = city.state.windowQueries.length;
      await city.clock.advance(60_000);
      expect(city.state.windowQueries).toHaveLength(asked);
    });

    it('says so where no window could be read', async () => {
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () => {
          throw new Error('gone');
        };
      });
      expect(screen.meta(0).error).toBe('history-unavailable');
    });
  });

  describe('normal', () => {
    it('tells what the same hour of other days was, read once an hour', async () => {
      const today = Math.floor((NOW + 8 * HOUR) / (24 * HOUR)) * 24 * HOUR - 8 * HOUR;
      const hour = Math.floor((NOW - today) / HOUR) * HOUR;
      const view: ViewSpec = {
        kind: 'normal',
        asset: 'water/reservoir/a',
        metric: 'level',
        window: HOUR,
        step: HOUR,
        days: 28,
      };
      const screen = await show([view], ({ state }) => {
        state.windowsOf = () =>
          [1, 2, 3, 4, 5].map((ago) => {
            const last = ago;
            return { at: today + hour - ago * 24 * HOUR, min: last, max: last, avg: last, sum: last, count: 1, last };
          });
      });
      expect(screen.rows(0)).toEqual([{ at: today + hour, p10: 1.4, p50: 3, p90: 4.6, count: 5 }]);
      const before = city.state.windowQueries.length;
      await write('water', [row('reservoir/a', 7)]);
      await city.clock.advance(10 * MINUTE);
      expect(city.state.windowQueries).toHaveLength(before);
    });
  });

  describe('systems', () => {
    const feed = (id: string, expect: number, more: object = {}) => ({ id, topic: id, expect, ...more });
    const counters = (lastAt: number) => ({
      messages: 1,
      readings: 1,
      occurrences: 0,
      rejections: 0,
      duplicates: 0,
      late: 0,
      lastAt,
    });

    it('tells of every system how much of it is there', async () => {
      const screen = await show(
        [{ kind: 'systems' }],
        ({ state }) => {
          state.write('water', [row('reservoir/a', 1), row('reservoir/b', 1, { at: NOW - 10 * MINUTE })]);
          state.counters.set('realtime', counters(NOW - MINUTE));
        },
        (scenes) => [
          water(scenes, { feeds: [feed('realtime', MINUTE), feed('slow', MINUTE), feed('junk', 1, { ignore: true })] }),
          pack('urban', { order: 2 }),
          pack('overview', { kind: 'city' }),
        ],
      );
      await city.clock.advance(1_000);
      expect(screen.views[0]?.order).toEqual(['water', 'urban']);
      expect(screen.rows(0)[0]).toMatchObject({
        state: 'partial',
        fresh: 1,
        total: 3,
        feedsLive: 1,
        feedsTotal: 2,
        oldestAt: NOW,
        newestAt: NOW + 20,
        origin: 'live',
      });
      expect(screen.rows(0)[1]).toMatchObject({ state: 'waiting', fresh: 0, total: 0, newestAt: null });
      await city.clock.advance(6 * MINUTE);
      expect(screen.rows(0)[0]).toMatchObject({ state: 'silent', fresh: 0, feedsLive: 0 });
    });

    it('frames tell the messages a second of all feeds', async () => {
      const screen = await show([{ kind: 'systems' }], ({ state }) => state.counters.set('realtime', counters(NOW)));
      const step = async (messages: number) => {
        city.state.counters.set('realtime', { ...counters(NOW), messages });
        await city.clock.advance(2_000);
      };
      await step(2_001);
      await step(4_001);
      await step(6_001);
      expect(screen.frames.at(-1)?.rate).toBeGreaterThan(900);
      expect(screen.frames.at(-1)?.rate).toBeLessThanOrEqual(1_000);
      city.state.gone = true;
      await city.clock.advance(4_000);
      expect(screen.frames.at(-1)?.rate).toBe(0);
    });
  });

  describe('notices', () => {
    const notice = (id: string, more: Partial<Notice> = {}): Notice => ({
      id,
      reason: 'redis-gone',
      since: NOW,
      count: 1,
      text: words('状态库断开'),
      ...more,
    });

    it('are on the screen at once, and go when they are over', async () => {
      const screen = await show([{ kind: 'notices' }]);
      await city.clock.advance(3_000);
      city.notices.set([notice('redis-gone')]);
      await city.clock.advance(0);
      expect(screen.rows(0)).toEqual([notice('redis-gone')]);
      city.notices.set([]);
      await city.clock.advance(1_000);
      expect(screen.rows(0)).toEqual([]);
    });
  });
});
