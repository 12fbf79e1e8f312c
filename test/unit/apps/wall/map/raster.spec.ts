import { describe, expect, it } from '@jest/globals';
import { Raster, stampsOf } from '../../../../../apps/wall/src/map/raster.js';

const RED = 0xff0000ff;
const BLUE = 0xffff0000;
const HALF_RED = 0x800000ff;

/** Two stamps of 2 × 2: a red square, and one whose right column is half as red. */
const stamps = stampsOf(new Uint32Array([RED, RED, 0, HALF_RED, RED, RED, 0, HALF_RED]), 4, 2);

describe('a picture of stamps', () => {
  it('holds each with its middle where it was put', () => {
    const raster = new Raster(4, 3);
    raster.stamp(stamps, 0, 0, 2, 1);
    expect([...raster.pixels]).toEqual([0, RED, RED, 0, 0, RED, RED, 0, 0, 0, 0, 0]);
    raster.clear();
    expect(new Set(raster.pixels)).toEqual(new Set([0]));
  });

  it.each([
    [0, 0, 1],
    [4, 0, 1],
    [0, 3, 1],
    [4, 3, 1],
    [-5, 1, 0],
    [9, 1, 0],
    [2, -5, 0],
    [2, 9, 0],
  ])('cuts off at %d, %d what is outside', (x, y, left) => {
    const raster = new Raster(4, 3);
    raster.stamp(stamps, 0, 0, x, y);
    expect([...raster.pixels].filter((pixel) => pixel !== 0)).toHaveLength(left);
  });

  it('lets nothing through a whole pixel, what is below through an edge, and leaves what it does not cover', () => {
    const raster = new Raster(2, 2);
    raster.pixels.fill(BLUE);
    raster.stamp(stamps, 1, 0, 1, 1);
    const [plain, edge] = raster.pixels;
    expect(plain).toBe(BLUE);
    expect(edge! >>> 24).toBe(255);
    expect(edge! & 255).toBe(128);
    expect((edge! >>> 16) & 255).toBe(127);
    raster.stamp(stamps, 0, 0, 1, 1);
    expect(raster.pixels[0]).toBe(RED);
  });

  it('keeps an edge an edge over nothing', () => {
    const raster = new Raster(2, 2);
    raster.stamp(stamps, 1, 0, 1, 1);
    expect([...raster.pixels]).toEqual([0, HALF_RED, 0, HALF_RED]);
  });

  it('writes into the bytes it is given: red, green, blue, alpha', () => {
    const bytes = new Uint8ClampedArray(4 * 4);
    new Raster(2, 2, bytes.buffer).stamp(stamps, 0, 0, 1, 1);
    expect([...bytes.slice(0, 4)]).toEqual([255, 0, 0, 255]);
  });
});
