import { niceAxis } from '../../charts/axis.js';
import { measures, widthOf } from '../../charts/measure.js';
import { figure } from '../../readings/format.js';
import type { ChartTheme } from '../../themes/tokens.js';

/** Edges in px of this screen from the upper left corner of the chart. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface RainLayout extends Box {
  max: number;
  interval: number;
  name: string;
  /** x where its name begins, right of the figures of its axis */
  nameAt: number;
}

export interface LineLayout {
  /** where the line is drawn */
  plot: Box;
  /** strip above it; null: no rain, or no room for it */
  rain: RainLayout | null;
  /** x where words at the right end begin */
  wordsAt: number;
}

export interface LayoutInput {
  width: number;
  height: number;
  /** figures at the left */
  axis: readonly string[];
  /** words at the right end */
  words: readonly string[];
  /** names: the first that leaves room for the chart is shown */
  rain: { values: readonly number[]; least: number; names: readonly string[] } | null;
}

/** Height of the strip, how many lines of letters the chart must be high to have one, and how wide its name may be. */
const RAIN_SHARE = 0.3;
const RAIN_FROM = 8;
const NAME_SHARE = 0.3;

/** Room for everything that is written, what remains for what is drawn. Rain has a strip of its own: no column covers a line. */
export function layoutOf(input: LayoutInput, theme: Pick<ChartTheme, 'factor'>): LineLayout {
  const { px, letters } = measures(theme);
  const size = letters(15);
  const wide = (text: string) => widthOf(text) * size;
  const top = Math.max(px(8), size * 0.6);
  const bottom = input.height - size - px(9);
  const strip = input.rain && bottom - top >= size * RAIN_FROM ? input.rain : null;
  const rainAxis = strip && niceAxis([0, Math.max(strip.least, ...strip.values)], 2);
  const figures = rainAxis ? Math.max(...[0, rainAxis.interval, rainAxis.max].map((at) => wide(rainText(at)))) : 0;
  const words = Math.max(0, ...input.words.map(wide));
  const name = strip?.names.find((words) => wide(words) <= input.width * NAME_SHARE) ?? strip?.names.at(-1) ?? '';
  const rainWords = strip ? px(6) + figures + px(8) + wide(name) : 0;
  // the last time under the axis stands half beyond it
  const right = input.width - Math.max(px(16), size * 1.3, words && words + px(13), rainWords && rainWords + px(2));
  const left = Math.max(...input.axis.map((text) => text.length)) * size * 0.5 + px(10);
  const between = top + (bottom - top) * RAIN_SHARE;
  return {
    plot: { left, right, top: strip ? between + size * 0.9 : top, bottom },
    rain: rainAxis && {
      left,
      right,
      top,
      bottom: between,
      max: rainAxis.max,
      interval: rainAxis.interval,
      name,
      nameAt: right + px(6) + figures + px(8),
    },
    wordsAt: right + px(11),
  };
}

export function rainText(value: number): string {
  return figure(value, Number.isInteger(value) ? 0 : 1);
}
