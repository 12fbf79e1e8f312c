import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inMultiPolygon } from '@citywall/geo';
import { describe, expect, it } from '@jest/globals';
import {
  type Area,
  ASPECT,
  affineOf,
  boundsOf,
  centroidOf,
  fitBeside,
  fitInto,
  type Polygons,
  pathOf,
  shapesOf,
} from '../../../../../apps/wall/src/map/geometry.js';

const SQUARE: Polygons = [
  [
    [
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
      [0, 0],
    ],
  ],
];
const folder = join(import.meta.dirname, '../../../../../libs/packs/overview/map');
const shapes = (name: string) => shapesOf(JSON.parse(readFileSync(join(folder, name), 'utf8')));

describe('plane geometry', () => {
  it('fits bounds into a box, true in shape, centred', () => {
    const bounds = { west: 0, south: 0, east: 2, north: 2 };
    const project = fitInto(bounds, { width: 1000, height: 200 });
    const [x0, y0] = project(0, 0);
    const [x1, y1] = project(2, 2);
    expect(y0 - y1).toBeCloseTo(200);
    expect((x1 - x0) / (y0 - y1)).toBeCloseTo(ASPECT);
    expect((x0 + x1) / 2).toBeCloseTo(500);
    const inset = fitInto(bounds, { width: 1000, height: 200 }, [10, 0, 40, 0]);
    expect(inset(0, 2)[1]).toBeCloseTo(10);
    expect(inset(0, 0)[1]).toBeCloseTo(160);
  });

  it('gives way to what stands in the lower corners: sideways where there is room, smaller where there is none', () => {
    const bounds = { west: 0, south: 0, east: 2, north: 2 };
    const names: [number, number][] = [
      [1, 1],
      [1.8, 0.2],
    ];
    const name = { width: 20, height: 20 };
    const corners = (width: number, height: number, of: number): [Area, Area] => [
      { x: 0, y: 200, width: 0, height: 0 },
      { x: of - width, y: 200 - height, width, height },
    ];
    const placed = (width: number, notes: [number, number]) =>
      fitBeside(bounds, { width, height: 200 }, [0, 0, 0, 0], ASPECT, names, name, corners(...notes, width));
    const free = fitInto(bounds, { width: 400, height: 200 });
    // nothing in the way: as if there were no corners
    expect(placed(400, [60, 60])(1, 1)).toEqual(free(1, 1));
    // beside it there is room: as large, but further left
    const aside = placed(400, [160, 60]);
    expect(affineOf(aside).kx).toBeCloseTo(affineOf(free).kx);
    expect(aside(1, 1)[0]).toBeLessThan(free(1, 1)[0]);
    expect(aside(1.8, 0.2)[0] + 10).toBeLessThanOrEqual(240);
    // no room on either side: above it, and smaller
    const above = placed(175, [100, 60]);
    expect(affineOf(above).kx).toBeLessThan(affineOf(fitInto(bounds, { width: 175, height: 200 })).kx);
    const [x, y] = above(1.8, 0.2);
    expect(x + 10 <= 75 || y + 10 <= 140).toBe(true);
  });

  it('finds the centre of the largest polygon', () => {
    const small: Polygons = [
      [
        [
          [9, 9],
          [9.1, 9],
          [9.1, 9.1],
          [9, 9],
        ],
      ],
    ];
    expect(centroidOf([...small, ...SQUARE])).toEqual([1, 1]);
  });

  it('draws closed paths', () => {
    expect(pathOf(SQUARE, (lon, lat) => [lon, lat])).toBe('M0.0 0.0L2.0 0.0L2.0 2.0L0.0 2.0L0.0 0.0Z');
  });
});

describe('the county', () => {
  it('has an outline, 26 named cells inside its bounds, and neighbours', () => {
    const [county] = shapes('county.geojson');
    const cells = shapes('towns.schematic.geojson');
    const bounds = boundsOf([county!]);
    expect(cells).toHaveLength(26);
    expect(new Set(cells.map((cell) => cell.name)).size).toBe(26);
    for (const cell of cells) {
      const [lon, lat] = centroidOf(cell.polygons);
      expect(inMultiPolygon(county!.polygons, lon, lat)).toBe(true);
    }
    expect(bounds.west).toBeCloseTo(107.2285, 3);
    expect(bounds.north).toBeCloseTo(30.5166, 3);
    expect(shapes('neighbours.geojson').length).toBeGreaterThanOrEqual(5);
  });
});
