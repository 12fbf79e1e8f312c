import { bboxOf, distance, inBbox, inMultiPolygon, inPolygon, simplify } from '@citywall/geo';
import { describe, expect, it } from '@jest/globals';

const SQUARE = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
  [0, 0],
] as const;
const HOLE = [
  [1, 1],
  [3, 1],
  [3, 3],
  [1, 3],
] as const;

describe('shapes', () => {
  it('boxes positions, and says so where there are none', () => {
    expect(
      bboxOf([
        [107.1, 30.2],
        [107.6, 29.9],
      ]),
    ).toEqual([107.1, 29.9, 107.6, 30.2]);
    expect(bboxOf([])).toBeNull();
    expect(inBbox([0, 0, 4, 4], 4, 0)).toBe(true);
    expect(inBbox([0, 0, 4, 4], 4.01, 0)).toBe(false);
  });

  it('knows inside, outside and holes', () => {
    expect(inPolygon([SQUARE], 2, 2)).toBe(true);
    expect(inPolygon([SQUARE], 5, 2)).toBe(false);
    expect(inPolygon([SQUARE, HOLE], 2, 2)).toBe(false);
    expect(inPolygon([SQUARE, HOLE], 0.5, 2)).toBe(true);
    expect(inMultiPolygon([[HOLE], [SQUARE, HOLE]], 2, 2)).toBe(true);
    expect(inMultiPolygon([], 2, 2)).toBe(false);
  });

  it('measures metres: one degree of latitude, and Beijing to Shanghai', () => {
    expect(distance([107, 30], [107, 31])).toBeCloseTo(111_195, -1);
    expect(distance([116.391, 39.907], [121.474, 31.23]) / 1000).toBeCloseTo(1067, -1);
    expect(distance([107, 30], [107, 30])).toBe(0);
  });

  it('drops what lies near the line and keeps corners and ends', () => {
    const line: [number, number][] = [
      [0, 0],
      [1, 0.001],
      [2, 0],
      [2, 2],
      [2.001, 3],
      [2, 4],
    ];
    expect(simplify(line, 0.01)).toEqual([
      [0, 0],
      [2, 0],
      [2, 4],
    ]);
    expect(simplify(line, 0)).toHaveLength(6);
    expect(simplify([[1, 1]], 1)).toEqual([[1, 1]]);
  });
});
