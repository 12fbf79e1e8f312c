import { DRAWINGS } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { HEIGHT, Painter, WIDTH } from '../../../../../../apps/server/src/simulate/video/drawings.js';

describe.each(DRAWINGS)('drawing %s', (drawing) => {
  it('moves, meets its beginning at its end, and is the same every time', () => {
    const painter = new Painter(drawing);
    const first = painter.frame(0);
    expect(first).toHaveLength((WIDTH * HEIGHT * 3) / 2);
    expect(painter.frame(1).equals(first)).toBe(false);
    expect(painter.frame(painter.frames).equals(first)).toBe(true);
    expect(new Painter(drawing).frame(0).equals(first)).toBe(true);
    // something is to be seen: dark and light
    const luma = first.subarray(0, WIDTH * HEIGHT);
    const bright = luma.reduce((count, grey) => count + (grey > 120 ? 1 : 0), 0) / luma.length;
    expect(bright).toBeGreaterThan(0.005);
    expect(bright).toBeLessThan(0.5);
  });
});
