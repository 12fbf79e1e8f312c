import type { Pack } from '@citywall/pack-schema';
import type { ViewSpec } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { MAX_ROWS } from '../../../../../apps/server/src/frames/views/latest.view.js';
import { asset, MINUTE, metric, NOW, pack, row, water } from './fakes.js';
import { ShownViews, words } from './show-views.js';

const HOUR = 60 * MINUTE;

describe('views', () => {
  const shown = new ShownViews();
  const { show, write } = shown;

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
      await shown.city.clock.advance(2 * MINUTE);
      expect(screen.rows(0)[0]).toEqual({ ...reservoir, fresh: 1, oldestAt: NOW });
      await shown.city.clock.advance(10 * MINUTE);
      expect(screen.rows(0)[0]).toEqual({ ...reservoir, fresh: 0, oldestAt: null });
    });
  });
});
