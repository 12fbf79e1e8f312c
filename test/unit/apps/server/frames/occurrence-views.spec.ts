import type { Pack } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { MAX_PLACED } from '../../../../../apps/server/src/frames/views/layer.view.js';
import { asset, MINUTE, metric, NOW, occurrence, pack, row } from './fakes.js';
import { ShownViews, words } from './show-views.js';

describe('views', () => {
  const shown = new ShownViews();
  const { show, write } = shown;

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
      await shown.city.clock.advance(Date.UTC(2026, 6, 9, 16) - NOW - 60_000);
      expect(screen.meta(0)).toMatchObject({ count: 3 });
      await shown.city.clock.advance(61_000);
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
      await shown.city.clock.advance(Date.UTC(2026, 6, 9, 16) - NOW);
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
      await shown.city.clock.advance(2_000);
      expect(screen.meta(0)).toMatchObject({ feedsLive: 1, feedsTotal: 1 });
      expect(screen.meta(0)).not.toHaveProperty('heardAt');
      expect(screen.meta(1)).toMatchObject({ feedsLive: 1, feedsTotal: 2 });
      expect(screen.meta(2)).toMatchObject({ feedsLive: 0, feedsTotal: 1, heardAt: null });
      expect(screen.meta(3)).not.toHaveProperty('feedsTotal');
      await shown.city.clock.advance(4 * MINUTE);
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
});
