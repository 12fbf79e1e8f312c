import { describe, expect, it } from '@jest/globals';
import { type Box, cornerFor, nearest } from '../../../../../apps/wall/src/provenance/pick.js';

const box = (x: number, y: number): Box => ({ x, y, width: 10, height: 10 });

describe('moving among values', () => {
  // a row of three, and one below the middle
  const boxes = [box(0, 0), box(100, 4), box(200, 0), box(104, 90)];

  it('goes to the neighbour a person would expect', () => {
    expect(nearest(boxes, box(0, 0), 'right')).toBe(1);
    expect(nearest(boxes, box(100, 4), 'right')).toBe(2);
    expect(nearest(boxes, box(100, 4), 'down')).toBe(3);
    expect(nearest(boxes, box(104, 90), 'up')).toBe(1);
    expect(nearest(boxes, box(200, 0), 'left')).toBe(1);
  });

  it('stays where there is nothing', () => {
    expect(nearest(boxes, box(0, 0), 'left')).toBeNull();
    expect(nearest([], box(0, 0), 'down')).toBeNull();
  });

  it('the card stands in the corner away from its value', () => {
    const screen = { width: 1920, height: 1080 };
    expect(cornerFor(box(100, 100), screen)).toEqual({ left: false, top: false });
    expect(cornerFor(box(1800, 1000), screen)).toEqual({ left: true, top: true });
  });
});
