import { stateOf, type ViewMeta, type ViewSpec } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { centroidOf, type Shape } from '../../../../../apps/wall/src/map/geometry.js';
import {
  cellsOf,
  colourOf,
  labelOffset,
  occurrencePoints,
  pointsOf,
  stepOf,
} from '../../../../../apps/wall/src/panels/map/option.js';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const square = (name: string, x: number): Shape => ({
  name,
  polygons: [
    [
      [
        [x, 0],
        [x + 200, 0],
        [x + 200, 200],
        [x, 200],
        [x, 0],
      ],
    ],
  ],
});
const SHAPES = [square('桂溪街道', 0), square('高安镇', 200), square('大石乡', 400), square('包家镇', 600)];
const project = (lon: number, lat: number): [number, number] => [lon, lat];
const options = {
  cells: { ramp: 'rain' as const, steps: [0, 5, 10, 20, 30, 50], name: { zh: '雨', en: 'rain' }, decimals: 1 },
};
const spec: ViewSpec = { kind: 'aggregate', of: 'water/rain/rain1h', fn: 'max', by: 'town' };
const group = (value: number | null, fresh = 2) => ({
  value,
  fresh,
  total: 2,
  oldestAt: NOW - MINUTE,
  origin: 'simulated',
  asset: 'water/rain/1',
});
const state = stateOf(
  [
    ['桂溪街道', group(50.6)],
    ['高安镇', group(4.9)],
    ['大石乡', group(null, 0)],
    ['别处', group(9)],
  ],
  { staleAfter: 15 * MINUTE },
);
const cells = (now = NOW, heard = now) =>
  cellsOf(SHAPES, { spec, state }, options, project, { now, heard }, new Map(), 1);

describe('cells of the map', () => {
  it('of a count by town say zero where nothing was counted, and grow old with the feeds that would bring it', () => {
    const tally: ViewSpec = { kind: 'tally', system: 'urban', type: 'case', by: 'field:town' };
    const counted = (meta: ViewMeta) => {
      const state = stateOf([['桂溪街道', { count: 12 }]], meta);
      return cellsOf(SHAPES, { spec: tally, state }, options, project, { now: NOW, heard: NOW }, new Map(), 1)
        .slice(0, 2)
        .map(({ value, stale, fill, at, attributes }) => [value, stale, fill === null, at, attributes]);
    };
    expect(counted({ feedsTotal: 1, feedsLive: 1 })).toEqual([
      ['12.0', false, false, null, undefined],
      ['0.0', false, false, null, undefined],
    ]);
    expect(counted({ feedsTotal: 1, feedsLive: 0, heardAt: NOW - MINUTE })).toEqual([
      ['12.0', true, false, NOW - MINUTE, undefined],
      ['0.0', true, false, NOW - MINUTE, undefined],
    ]);
    const quiet = { cells: { ...options.cells, quietZero: true } };
    const state = stateOf([['桂溪街道', { count: 12 }]], { feedsTotal: 1, feedsLive: 1 });
    const shown = cellsOf(SHAPES, { spec: tally, state }, quiet, project, { now: NOW, heard: NOW }, new Map(), 1);
    expect(shown.slice(0, 2).map(({ value, fill }) => [value, fill === null])).toEqual([
      ['12.0', false],
      ['', false],
    ]);
    // never heard of, and not to be computed: no zero
    expect(counted({ feedsTotal: 1, feedsLive: 0, heardAt: null })[1]).toEqual(['—', false, true, null, undefined]);
    expect(counted({ error: 'not-loaded' })[0]).toEqual(['—', false, true, null, undefined]);
  });

  it('are coloured by step, with text that can be read; without a figure hatched, never zero', () => {
    expect(cells().map(({ label, value, fill, darkText, stale }) => [label, value, fill, darkText, stale])).toEqual([
      ['桂溪', '50.6', '#bdf0ec', true, false],
      ['高安镇', '4.9', '#0f2d47', false, false],
      ['大石乡', '—', null, false, false],
      ['包家镇', '—', null, false, false],
    ]);
    expect(cells()[0]!.attributes).toMatchObject({
      'data-asset': 'water/rain/1',
      'data-metric': 'rain1h',
      'data-quality': 'good',
    });
    expect(cells()[3]!.attributes).toBeUndefined();
  });

  it('grow stale by themselves when the server is not heard any more', () => {
    expect(cells(NOW + 16 * MINUTE, NOW)[0]).toMatchObject({
      stale: true,
      darkText: false,
      attributes: { 'data-quality': 'stale' },
    });
    expect(cells(NOW + 16 * MINUTE, NOW + 16 * MINUTE)[0]!.stale).toBe(false);
  });

  it.each([
    [-1, 0],
    [0, 0],
    [4.99, 0],
    [5, 1],
    [50, 5],
    [999, 5],
  ])('%d falls in step %d', (value, step) => {
    expect(stepOf(value, options.cells.steps)).toBe(step);
  });

  it('spreads few steps over the whole ramp', () => {
    expect(colourOf('rain', 0, 3).index).toBe(0);
    expect(colourOf('rain', 2, 3).index).toBe(5);
  });
});

describe('labels', () => {
  const [shape] = SHAPES;
  it('stay in the centre where nothing is in the way', () => {
    expect(labelOffset(shape!.polygons, project, [], 1)).toEqual([0, 0]);
  });
  it('make room for a symbol, inside their cell', () => {
    const [dx, dy] = labelOffset(shape!.polygons, project, [{ x: 100, y: 100, radius: 7 }], 1);
    expect(Math.abs(dx) >= 29 || Math.abs(dy) >= 24).toBe(true);
  });
  it('slip over the border of a cell too narrow for both rather than lie on its symbol', () => {
    const narrow: Shape['polygons'] = [
      [
        [
          [70, 75],
          [130, 75],
          [130, 125],
          [70, 125],
          [70, 75],
        ],
      ],
    ];
    const [dx, dy] = labelOffset(narrow, (x, y) => [x, y], [{ x: 100, y: 100, radius: 7 }], 1);
    expect(Math.abs(dx) >= 29 || Math.abs(dy) >= 24).toBe(true);
  });
  it('of one line need less room', () => {
    const near = [{ x: 100, y: 112, radius: 4 }];
    // a name at the edge of the map steps back onto it
    const [inward] = labelOffset(
      shape!.polygons,
      project,
      [],
      1,
      [],
      2,
      project(...centroidOf(shape!.polygons))[0] + 10,
    );
    expect(inward).toBeLessThan(0);
    expect(labelOffset(shape!.polygons, project, near, 1)).not.toEqual([0, 0]);
    expect(labelOffset(shape!.polygons, project, near, 1, [], 1)).toEqual([0, 0]);
  });
  it('keep clear of one another', () => {
    const [dx, dy] = labelOffset(shape!.polygons, project, [], 1, [[110, 95]]);
    expect(Math.abs(100 + dx - 110) >= 44 || Math.abs(100 + dy - 95) >= 34).toBe(true);
  });
});

describe('symbols', () => {
  const asset = (key: string, value: number | null, place: [number, number] | undefined, age = MINUTE) =>
    [
      key,
      {
        asset: `w/p/${key}`,
        metric: 'depth',
        name: key,
        value,
        at: NOW - age,
        quality: 'good',
        origin: 'live',
        staleAfter: 5 * MINUTE,
        ...(place && { place }),
      },
    ] as const;
  const shown = pointsOf(
    stateOf([
      asset('deep', 46, [1, 1]),
      asset('low', 4, [2, 2]),
      asset('old', 9, [3, 3], 9 * MINUTE),
      asset('nowhere', 50, undefined),
      asset('mute', null, [4, 4]),
    ]),
    { name: { zh: '积水', en: 'water' }, showAbove: 5 },
    project,
    NOW,
  );
  it('stand at what has a place and matters, the largest on top, area by value', () => {
    expect(shown.map(({ name, stale }) => [name, stale])).toEqual([
      ['old', true],
      ['deep', false],
    ]);
    expect(shown[1]!.radius).toBeGreaterThan(shown[0]!.radius);
    expect(pointsOf(null, undefined, project, NOW)).toEqual([]);
  });
  it('stand at occurrences with places, the newest on top', () => {
    const list = stateOf([
      ['new', { place: [1, 1] }],
      ['none', {}],
      ['old', { place: [2, 2] }],
    ]);
    expect(occurrencePoints(list, project).map(({ key }) => key)).toEqual(['old', 'new']);
  });
});
