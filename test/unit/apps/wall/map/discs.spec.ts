import { describe, expect, it } from '@jest/globals';
import { type Disc, placeDiscs } from '../../../../../apps/wall/src/map/discs.js';

const everywhere = () => true;
const name = { x: 80, y: 90, width: 40, height: 30 };
const touches = ({ x, y }: { x: number; y: number }, radius: number) =>
  x + radius > name.x && x - radius < name.x + name.width && y + radius > name.y && y - radius < name.y + name.height;

describe('discs', () => {
  it('stay where they belong when nothing is there', () => {
    expect(placeDiscs([{ x: 10, y: 10, radius: 14 }], [name], everywhere, 1)).toEqual([{ x: 10, y: 10 }]);
  });

  it('make room for a name, and go no farther than they must', () => {
    const [place] = placeDiscs([{ x: 100, y: 100, radius: 14 }], [name], everywhere, 1);
    expect(touches(place!, 14)).toBe(false);
    expect(Math.hypot(place!.x - 100, place!.y - 100)).toBeLessThanOrEqual(36);
  });

  it('do not cover each other; the larger one stands nearer to its place; the order is kept', () => {
    const discs: Disc[] = [
      { x: 300, y: 300, radius: 10 },
      { x: 302, y: 300, radius: 18 },
    ];
    const [small, large] = placeDiscs(discs, [], everywhere, 1);
    expect(large).toEqual({ x: 302, y: 300 });
    expect(Math.hypot(small!.x - large!.x, small!.y - large!.y)).toBeGreaterThanOrEqual(28);
  });

  it('do not leave the county to make room', () => {
    const west = (x: number) => x <= 100;
    const [place] = placeDiscs([{ x: 98, y: 105, radius: 14 }], [name], west, 1);
    expect(place!.x).toBeLessThanOrEqual(100);
    expect(touches(place!, 14)).toBe(false);
  });

  it('cover as little as they can where there is no room', () => {
    const wall = { x: -500, y: -500, width: 1_000, height: 1_000 };
    expect(placeDiscs([{ x: 0, y: 0, radius: 14 }], [wall], everywhere, 1)).toEqual([{ x: 0, y: 0 }]);
  });

  it('move twice as far on a screen twice as fine', () => {
    const double = { x: 160, y: 180, width: 80, height: 60 };
    const [one] = placeDiscs([{ x: 100, y: 100, radius: 14 }], [name], everywhere, 1);
    const [two] = placeDiscs([{ x: 200, y: 200, radius: 28 }], [double], everywhere, 2);
    expect(two!.x / 2).toBeCloseTo(one!.x, 6);
    expect(two!.y / 2).toBeCloseTo(one!.y, 6);
  });
});
