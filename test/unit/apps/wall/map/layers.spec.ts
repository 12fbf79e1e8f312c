import { stateOf, type ValueRow } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { curveOf, curvePath, onCurve } from '../../../../../apps/wall/src/map/arcs.js';
import { crosses, overlaps, placeCallouts } from '../../../../../apps/wall/src/map/callouts.js';
import { Clusters } from '../../../../../apps/wall/src/map/cluster.js';
import { sidePath } from '../../../../../apps/wall/src/map/extrude.js';
import { affineOf, fitInto } from '../../../../../apps/wall/src/map/geometry.js';
import { heatFull, heatOf, heatPixels, roundedUp } from '../../../../../apps/wall/src/map/heat.js';
import { bearing, Motion, TRACK_POINTS } from '../../../../../apps/wall/src/map/motion.js';
import { nearestTarget, nextTarget, pick } from '../../../../../apps/wall/src/map/pick.js';
import { meets, standingOf, worse } from '../../../../../apps/wall/src/map/trust.js';
import { calledOut } from '../../../../../apps/wall/src/panels/map/callouts.js';
import { assetCard, clusterCard, townCard, withKnown } from '../../../../../apps/wall/src/panels/map/card.js';
import { drawImport } from '../../../../../apps/wall/src/panels/map/imported.js';
import { arcsOf, assetsOf, heatPoints, placedOf, reportsOf } from '../../../../../apps/wall/src/panels/map/layers.js';
import { symbolsOf } from '../../../../../apps/wall/src/panels/map/option.js';
import type { MapLayer } from '../../../../../apps/wall/src/panels/map/panel.js';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const words = (text: string) => ({ zh: text, en: text });
const flat = (lon: number, lat: number): [number, number] => [lon, lat];
const row = (key: string, more: Partial<ValueRow> = {}): ValueRow => ({
  asset: `traffic/bus/${key}`,
  name: `公交${key}`,
  metric: 'speed',
  value: 30,
  at: NOW - MINUTE,
  receivedAt: NOW,
  quality: 'good',
  origin: 'simulated',
  feed: 'gps',
  staleAfter: 5 * MINUTE,
  place: [107.3, 30.2],
  ...more,
});
const state = (...rows: ValueRow[]) => stateOf(rows.map((one) => [one.asset, one]));
const buses: Extract<MapLayer, { kind: 'moving' }> = {
  id: 'buses',
  kind: 'moving',
  view: 'buses',
  name: words('公交'),
  attention: { below: 5 },
};

describe('standing of an asset', () => {
  it('is what happens in the city before what happens to the data; a stale value asks for nothing', () => {
    const standing = (more: Partial<ValueRow>) => standingOf(row('1', more), { below: 5 }, NOW);
    expect(standing({})).toBe('good');
    expect(standing({ quality: 'uncertain' })).toBe('uncertain');
    expect(standing({ value: 3, quality: 'uncertain' })).toBe('attention');
    expect(standing({ value: 3, at: NOW - 6 * MINUTE })).toBe('stale');
    expect(standing({ value: null })).toBe('none');
    expect(standing({ quality: 'bad' })).toBe('none');
    expect(worse('stale', 'attention')).toBe('attention');
  });

  it('meets bounds, states and attributes; nothing asked is nothing met', () => {
    expect(meets({ value: 'open' }, { is: ['open'] })).toBe(true);
    expect(meets({ value: 3, attributes: { limit: 2 } }, { above: { attribute: 'limit' } })).toBe(true);
    expect(meets({ value: 3 }, { above: { attribute: 'limit' } })).toBe(false);
    expect(meets({ value: 3 }, { atLeast: 3, atMost: 3 })).toBe(true);
    expect(meets({ value: 3 }, {})).toBe(false);
    expect(meets({ value: 3 }, undefined)).toBe(false);
    expect(meets({ value: null }, { below: 5 })).toBe(false);
  });
});

describe('clusters', () => {
  const placed = Array.from({ length: 5_000 }, (_, i) => ({
    key: `a${i}`,
    lon: 107.2 + ((i * 37) % 500) / 1000,
    lat: 30 + ((i * 91) % 500) / 1000,
    standing: i === 4_321 ? ('attention' as const) : i % 9 === 0 ? ('stale' as const) : ('good' as const),
  }));

  it('lose nobody of 5,000, and show the worst of theirs', () => {
    const clusters = new Clusters(placed, 1_600, 46);
    const all = clusters.all();
    expect(all.length).toBeLessThan(600);
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
    expect(all.filter(({ worst }) => worst === 'attention')).toHaveLength(1);
    const worst = all.find((cluster) => cluster.worst === 'attention')!;
    expect(clusters.members(worst.key)[0]).toBe('a4321');
  });

  it('are none where assets stand apart: each keeps its own key', () => {
    const far = new Clusters(
      [
        { key: 'west', lon: 107.2, lat: 30, standing: 'good' },
        { key: 'east', lon: 107.6, lat: 30.4, standing: 'none' },
      ],
      1_600,
      46,
    );
    expect(far.all().map(({ key, count, worst }) => [key, count, worst])).toEqual([
      ['west', 1, 'good'],
      ['east', 1, 'none'],
    ]);
    expect(far.members('east')).toEqual(['east']);
  });
});

describe('moving assets', () => {
  const report = (lon: number, at: number, heading?: number) => ({ key: 'b', lon, lat: 30, at, heading });

  it('glide to the newest report in the time between the last two, and never beyond it', () => {
    const motion = new Motion();
    motion.take([report(107, 0)], 0);
    expect(motion.at('b', 0)).toEqual({ lon: 107, lat: 30, heading: 0 });
    expect(motion.settled(0)).toBe(true);
    motion.take([report(107.001, 10_000)], 10_000);
    expect(motion.at('b', 15_000)!.lon).toBeCloseTo(107.0005);
    expect(motion.settled(19_999)).toBe(false);
    expect(motion.at('b', 20_000)!.lon).toBeCloseTo(107.001);
    expect(motion.at('b', 99_000)!.lon).toBeCloseTo(107.001);
    expect(motion.settled(20_000)).toBe(true);
    expect(motion.at('b', 20_000)!.heading).toBeCloseTo(90);
    expect(motion.fastest).toBeCloseTo(0.0001);
  });

  it('glide as soon as reports come here, however fast the clock they were measured by', () => {
    const motion = new Motion();
    motion.take([report(107, 0)], 0);
    motion.take([report(107.004, 60_000)], 1_000);
    expect(motion.at('b', 1_500)!.lon).toBeCloseTo(107.002);
    expect(motion.settled(2_000)).toBe(true);
  });

  it('jump where nobody can have driven, and begin their track anew', () => {
    const motion = new Motion();
    motion.take([report(107, 0)], 0);
    motion.take([report(107.002, 10_000)], 10_000);
    expect(motion.track('b')).toHaveLength(2);
    motion.take([report(107.5, 20_000, 45)], 20_000);
    expect(motion.at('b', 20_000)).toEqual({ lon: 107.5, lat: 30, heading: 45 });
    expect(motion.track('b')).toEqual([[107.5, 30, 20_000]]);
  });

  it('keep a bounded track, and are forgotten with it when they are gone', () => {
    const motion = new Motion();
    for (let i = 0; i < 500; i++) motion.take([report(107 + i * 0.001, i * 5_000)], i * 5_000);
    expect(motion.track('b')).toHaveLength(TRACK_POINTS);
    motion.take([report(107.499, 2_495_000 + 900_000)], 3_400_000);
    expect(motion.track('b').length).toBeLessThanOrEqual(TRACK_POINTS);
    motion.take([], 3_500_000);
    expect(motion.size).toBe(0);
    expect(motion.track('b')).toEqual([]);
  });

  it('that tremble while parked keep their course', () => {
    const motion = new Motion();
    motion.take([report(107, 0)], 0);
    motion.take([report(107.001, 10_000)], 10_000);
    motion.take([report(107.00099, 20_000)], 20_000);
    expect(motion.at('b', 30_000)!.heading).toBeCloseTo(90);
    expect(bearing({ lon: 107, lat: 30 }, { lon: 107, lat: 29 })).toBe(180);
  });
});

describe('heat', () => {
  it('is weight a km²: it sums up to what there is, whatever the radius', () => {
    for (const radius of [20, 60]) {
      const grid = heatOf([{ x: 200, y: 200, weight: 12 }], { width: 400, height: 400 }, radius, [0.05, 0.1]);
      const sum = grid.density.reduce((total, value) => total + value * 4 * 0.05 * 4 * 0.1, 0);
      expect(sum).toBeCloseTo(12, 3);
    }
  });

  it('counts neither weight below zero nor places outside', () => {
    const grid = heatOf(
      [
        { x: 10, y: 10, weight: -3 },
        { x: -900, y: 10, weight: 3 },
      ],
      { width: 40, height: 40 },
      12,
      [1, 1],
    );
    expect(grid.max).toBe(0);
    expect(heatFull(grid)).toBe(1);
    expect([...heatPixels(grid, ['#000000', '#ffffff'], 1)].every((value) => value === 0)).toBe(true);
  });

  it.each([
    [0, 1],
    [0.7, 1],
    [1.2, 2],
    [31, 50],
    [51, 100],
  ])('%d ends its legend at %d', (max, full) => {
    expect(roundedUp(max)).toBeCloseTo(full);
  });

  it('takes fresh values of assets, and one of each occurrence', () => {
    const layer: Extract<MapLayer, { kind: 'heat' }> = { id: 'h', kind: 'heat', view: 'h', name: words('热') };
    const rows = state(
      row('1'),
      row('2', { at: NOW - 9 * MINUTE }),
      row('3', { value: null }),
      row('4', { value: -1 }),
    );
    expect(heatPoints(layer, rows, flat, NOW).map(({ weight }) => weight)).toEqual([30]);
    expect(heatPoints({ ...layer, weight: 'count' }, rows, flat, NOW).map(({ weight }) => weight)).toEqual([1, 1]);
    const happened = stateOf([
      ['a', { place: [1, 2] }],
      ['b', {}],
    ]);
    expect(heatPoints(layer, happened, flat, NOW)).toEqual([{ x: 1, y: 2, weight: 1 }]);
  });
});

describe('arcs', () => {
  const seats = new Map<string, [number, number]>([
    ['桂溪街道', [0, 0]],
    ['高安镇', [100, 0]],
    ['沙坪镇', [0, 100]],
  ]);
  const layer: Extract<MapLayer, { kind: 'arcs' }> = { id: 'f', kind: 'arcs', view: 'f', name: words('往来') };

  it('join towns that assets name, the largest first; each is a reading', () => {
    const flows = state(
      row('1', { value: 10, attributes: { from: '桂溪街道', to: '高安镇' } }),
      row('2', { value: 40, attributes: { from: '沙坪镇', to: '桂溪街道' }, at: NOW - 9 * MINUTE }),
      row('3', { value: 99, attributes: { from: '沙坪镇', to: '别处' } }),
      row('4', { value: 5, attributes: { from: '沙坪镇', to: '沙坪镇' } }),
    );
    const arcs = arcsOf(layer, 'speed', flows, seats, NOW);
    expect(arcs.map(({ text, stale }) => [text, stale])).toEqual([
      ['沙坪镇 → 桂溪街道 40', true],
      ['桂溪街道 → 高安镇 10', false],
    ]);
    expect(arcs[0]!.width).toBeGreaterThan(arcs[1]!.width);
    expect(arcs[1]!.attributes).toMatchObject({ 'data-asset': 'traffic/bus/1', 'data-quality': 'good' });
  });

  it('go out from a hub where the view is one figure a town', () => {
    const groups = stateOf([
      ['高安镇', { value: 8, fresh: 2, total: 2, oldestAt: NOW, origin: 'live' }],
      ['沙坪镇', { value: null, fresh: 0, total: 2, oldestAt: null, origin: 'live' }],
    ]);
    const arcs = arcsOf({ ...layer, hub: '桂溪街道' }, 'trips', groups, seats, NOW);
    expect(arcs.map(({ text, attributes }) => [text, attributes['data-metric']])).toEqual([
      ['桂溪街道 → 高安镇 8', 'trips'],
    ]);
  });

  it('bend to their left, so there and back are two', () => {
    const there = curveOf([0, 0], [100, 0]);
    const back = curveOf([100, 0], [0, 0]);
    expect(onCurve(there, 0.5)[1]).toBeCloseTo(-10);
    expect(onCurve(back, 0.5)[1]).toBeCloseTo(10);
    expect(onCurve(there, 1)).toEqual([100, 0]);
    expect(curvePath(there)).toBe('M0.0 0.0Q50.0 -20.0 100.0 0.0');
  });
});

describe('callouts', () => {
  const covered = (x: number) => x > 200 && x < 400;
  const anchor = { key: 'a', x: 250, y: 100, width: 100, height: 40 };

  it('stand beside the county, near their place, over nothing that is taken', () => {
    const [callout] = placeCallouts([anchor], { width: 600, height: 300 }, covered, [], []);
    expect(callout).toMatchObject({ x: 0, key: 'a' });
    expect(Math.abs(callout!.y + 20 - 100)).toBeLessThan(12);
    const [moved] = placeCallouts(
      [anchor],
      { width: 600, height: 300 },
      covered,
      [],
      [{ x: 0, y: 60, width: 150, height: 80 }],
    );
    expect(overlaps(moved!, { x: 0, y: 60, width: 150, height: 80 })).toBe(false);
  });

  it('take a longer leader rather than cross a name, and none where there is no room', () => {
    const name = { x: 150, y: 80, width: 40, height: 40 };
    const [callout] = placeCallouts([anchor], { width: 600, height: 600 }, covered, [name], []);
    expect(crosses(callout!.leader, name)).toBe(false);
    expect(placeCallouts([anchor], { width: 600, height: 300 }, () => true, [], [])).toEqual([]);
  });

  it('name the gravest that are not over, at their place or their town', () => {
    const options = {
      scale: words('预警'),
      levels: [
        { level: 'red', ...words('红') },
        { level: 'orange', ...words('橙') },
      ],
      text: ['headline'],
      town: 'area',
      over: ['解除'],
      limit: 2,
    };
    const seats = new Map<string, [number, number]>([['桂溪街道', [5, 6]]]);
    const one = (level: string, more: object) => ({ level, status: '发布', at: NOW, fields: {}, ...more });
    const { called, more } = calledOut(
      stateOf([
        ['blue', one('blue', { place: [1, 1] })],
        ['over', one('red', { place: [1, 1], status: '解除' })],
        ['county', one('red', { fields: { area: '全县' } })],
        ['town', one('orange', { fields: { area: '桂溪', headline: '暴雨橙色' } })],
        ['old', one('orange', { place: [3, 3], at: NOW - 9 })],
        ['red', one('red', { place: [2, 2], name: '北门泵站' })],
      ]),
      options,
      flat,
      seats,
    );
    expect(called.map(({ key, x, where, text }) => [key, x, where, text])).toEqual([
      ['red', 2, '北门泵站', ''],
      ['town', 5, '桂溪街道', '暴雨橙色'],
    ]);
    expect(more).toBe(1);
    expect(calledOut(null, options, flat, seats)).toEqual({ called: [], more: 0 });
  });
});

describe('selection', () => {
  const targets = [
    { key: 'left', x: 0, y: 100, reach: 10 },
    { key: 'middle', x: 100, y: 100, reach: 10 },
    { key: 'up', x: 110, y: 40, reach: 10 },
    { key: 'right', x: 220, y: 110, reach: 10 },
  ];
  it('means what is nearest within reach', () => {
    expect(pick(targets, 106, 100)?.key).toBe('middle');
    expect(pick(targets, 50, 50)).toBeNull();
    expect(nearestTarget(targets, { x: 90, y: 90 })?.key).toBe('middle');
    expect(nearestTarget([], { x: 0, y: 0 })).toBeNull();
  });
  it('moves by arrow to what lies ahead', () => {
    const from = { x: 100, y: 100 };
    expect(nextTarget(targets, from, 'ArrowRight')?.key).toBe('right');
    expect(nextTarget(targets, from, 'ArrowLeft')?.key).toBe('left');
    expect(nextTarget(targets, from, 'ArrowUp')?.key).toBe('up');
    expect(nextTarget(targets, from, 'ArrowDown')).toBeNull();
  });
});

describe('assets of a layer', () => {
  it('are those with a place; one whose position is old is stale where it was heard last', () => {
    const rows = state(
      row('1', { placeAt: NOW - MINUTE, heading: 90 }),
      row('2', { placeAt: NOW - 9 * MINUTE }),
      row('3', { value: 2 }),
    );
    delete (rows.rows['traffic/bus/3'] as ValueRow).place;
    const assets = assetsOf(buses, rows, NOW);
    expect(assets.map(({ key, standing }) => [key, standing])).toEqual([
      ['traffic/bus/1', 'good'],
      ['traffic/bus/2', 'stale'],
    ]);
    expect(reportsOf(assets)[0]).toEqual({
      key: 'traffic/bus/1',
      lon: 107.3,
      lat: 30.2,
      at: NOW - MINUTE,
      heading: 90,
    });
    expect(placedOf(assets)[1]).toEqual({ key: 'traffic/bus/2', lon: 107.3, lat: 30.2, standing: 'stale' });
    expect(assetsOf(buses, null, NOW)).toEqual([]);
  });

  it('drawn as elements carry what the contract asks, those that need attention on top', () => {
    const assets = assetsOf(buses, state(row('1', { value: 2 }), row('2')), NOW);
    const symbols = symbolsOf(buses, '#fff', assets, flat, NOW);
    expect(symbols.map(({ title, standing }) => [title, standing])).toEqual([
      ['公交2', 'good'],
      ['公交1', 'attention'],
    ]);
    expect(symbols[0]!.attributes).toEqual({
      'data-asset': 'traffic/bus/2',
      'data-metric': 'speed',
      'data-at': new Date(NOW - MINUTE).toISOString(),
      'data-quality': 'good',
      'data-origin': 'simulated',
    });
  });
});

describe('the card', () => {
  const [asset] = assetsOf(buses, state(row('1', { placement: 'schematic', placeAt: NOW - 5 })), NOW);
  it('of an asset has its reading, what other views know of it, and how its place is known', () => {
    const others = [row('1', { metric: 'load' }), row('1'), row('2', { metric: 'load' })];
    const card = assetCard('asset|buses|x', asset!, buses, others, []);
    expect(card).toMatchObject({ name: '公交1', placement: 'schematic', placeAt: NOW - 5 });
    expect(card.rows.map(({ row: { metric } }) => metric)).toEqual(['speed', 'load']);
  });
  describe('with what the server knows of the asset', () => {
    const told = (value: number, minutes: number) => ({
      name: words('名'),
      value,
      unit: '%',
      decimals: 0,
      states: null,
      at: new Date(NOW - minutes * MINUTE).toISOString(),
      receivedAt: new Date(NOW).toISOString(),
      quality: 'good' as const,
      staleAfter: 3 * MINUTE,
      origin: 'simulated' as const,
      feed: 'traffic/bus',
    });
    const card = assetCard('asset|buses|x', asset!, { ...buses, metric: words('车速') }, [], []);

    it('has every metric, the view’s first, the others by name, each with unit and age limit', () => {
      const whole = withKnown(card, { speed: told(30, 1), load: told(82, 1), heading: told(36, 5) });
      expect(whole.rows.map(({ row: { metric } }) => metric)).toEqual(['speed', 'heading', 'load']);
      expect(whole.rows[1]).toMatchObject({
        label: words('名'),
        row: { asset: 'traffic/bus/1', value: 36, unit: '%', staleAfter: 3 * MINUTE, at: NOW - 5 * MINUTE },
      });
    });

    it('takes a newer value of what the view shows, never an older one, and keeps the layer’s name for it', () => {
      expect(withKnown(card, { speed: told(44, 0.5) }).rows[0]).toMatchObject({
        label: words('车速'),
        row: { value: 44 },
      });
      expect(withKnown(card, { speed: told(12, 9) }).rows[0]).toMatchObject({ row: { value: 30 } });
    });

    it('of nothing adds nothing', () => {
      expect(withKnown(card, {})).toEqual(card);
    });
  });

  it('of a cluster says how many and the worst', () => {
    const card = clusterCard('c', buses, 40, [asset!, { ...asset!, standing: 'stale' }]);
    expect(card).toMatchObject({ count: 40, worst: 'stale', placement: 'schematic', rows: [] });
    expect(card.members).toHaveLength(2);
  });
  it('of a town without data has no figure, and never zero', () => {
    const options = { cells: { ramp: 'rain' as const, steps: [0], name: words('雨') } };
    const group = { value: null, fresh: 0, total: 2, oldestAt: null, origin: 'live' as const };
    expect(townCard('t', '大石乡', 'rain1h', group, options, ['x'])).toMatchObject({ rows: [], placement: 'cell' });
    const known = { ...group, value: 4, oldestAt: NOW };
    expect(townCard('t', '大石乡', 'rain1h', known, options, []).rows[0]!.row).toMatchObject({ value: 4, at: NOW });
  });
});

describe('what is imported and what is seen at an angle', () => {
  it('draws lines, areas and places', () => {
    const drawn = drawImport(
      'water/rivers',
      'river',
      [
        {
          type: 'LineString',
          coordinates: [
            [0, 0],
            [1, 1],
          ],
        },
        {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        },
        { type: 'Point', coordinates: [3, 4] },
        { type: 'LineString', coordinates: [[5, 5]] },
      ],
      flat,
    );
    expect(drawn).toMatchObject({
      lines: 'M0.0 0.0L1.0 1.0',
      areas: 'M0.0 0.0L1.0 0.0L1.0 1.0L0.0 0.0Z',
      points: [[3, 4]],
    });
  });
  it('shows a side below every edge, all the same way round', () => {
    const path = sidePath(
      [
        [
          [
            [0, 0],
            [2, 0],
            [2, 2],
            [0, 0],
          ],
        ],
      ],
      flat,
      5,
    );
    expect(path.match(/M/g)).toHaveLength(3);
    expect(path).toContain('M0.0 0.0L2.0 0.0L2.0 5.0L0.0 5.0Z');
  });
  it('knows a projection by its factors', () => {
    const project = fitInto({ west: 107, south: 30, east: 108, north: 31 }, { width: 800, height: 600 });
    const { x0, kx, y0, ky } = affineOf(project);
    const [x, y] = project(107.4, 30.3);
    expect(x0 + 107.4 * kx).toBeCloseTo(x);
    expect(y0 + 30.3 * ky).toBeCloseTo(y);
  });
});
