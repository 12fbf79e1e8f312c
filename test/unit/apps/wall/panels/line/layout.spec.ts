import { describe, expect, it } from '@jest/globals';
import { type LayoutInput, layoutOf, rainText } from '../../../../../../apps/wall/src/panels/line/layout.js';

const THEME = { factor: 1 };
const RAIN = { values: [0, 2, 7.5], least: 5, names: ['桂溪站5分钟雨量', '雨量'] };
const input = (parts: Partial<LayoutInput> = {}): LayoutInput => ({
  width: 600,
  height: 300,
  axis: ['460', '462'],
  words: [],
  rain: null,
  ...parts,
});

describe('layout of a line', () => {
  it('leaves room for figures at the left, times below and words at the right', () => {
    const bare = layoutOf(input(), THEME);
    expect(bare.rain).toBeNull();
    expect(bare.plot.left).toBeGreaterThan(0);
    expect(bare.plot.bottom).toBeLessThan(300);
    const longer = layoutOf(input({ axis: ['1,460.25'] }), THEME);
    expect(longer.plot.left).toBeGreaterThan(bare.plot.left);
    const named = layoutOf(input({ words: ['汛限水位 462.50'] }), THEME);
    expect(named.plot.right).toBeLessThan(bare.plot.right);
    expect(named.wordsAt).toBeGreaterThan(named.plot.right);
  });

  it('gives rain a strip of its own above the line: same edges, nothing shared', () => {
    const { plot, rain } = layoutOf(input({ rain: RAIN }), THEME);
    expect(rain).not.toBeNull();
    expect([rain!.left, rain!.right]).toEqual([plot.left, plot.right]);
    expect(rain!.bottom).toBeLessThan(plot.top);
    expect(rain!.max).toBeGreaterThanOrEqual(7.5);
    expect(rain!.nameAt).toBeGreaterThan(rain!.right);
  });

  it('an axis of rain is never lower than it is told, so that drizzle is no storm', () => {
    expect(layoutOf(input({ rain: { ...RAIN, values: [0.1] } }), THEME).rain!.max).toBeGreaterThanOrEqual(5);
  });

  it('says the longest name that leaves room for the chart, the shortest where none does', () => {
    const name = (width: number) => layoutOf(input({ width, rain: RAIN }), THEME).rain!.name;
    expect([name(900), name(300), name(60)]).toEqual(['桂溪站5分钟雨量', '雨量', '雨量']);
  });

  it('a chart too low for a strip has none: the line has all of it', () => {
    const low = layoutOf(input({ height: 100, rain: RAIN }), THEME);
    expect(low.rain).toBeNull();
    expect(low.plot.top).toBe(layoutOf(input({ height: 100 }), THEME).plot.top);
  });

  it('is the same picture on a larger screen', () => {
    const small = layoutOf(input({ rain: RAIN }), THEME);
    const large = layoutOf(input({ rain: RAIN, width: 1200, height: 600 }), { factor: 2 });
    for (const edge of ['left', 'right', 'top', 'bottom'] as const) {
      expect(Math.abs(large.plot[edge] - 2 * small.plot[edge])).toBeLessThanOrEqual(2);
    }
  });

  it('figures of rain have a decimal only where they need one', () => {
    expect([rainText(0), rainText(5), rainText(2.5)]).toEqual(['0', '5', '2.5']);
  });
});
