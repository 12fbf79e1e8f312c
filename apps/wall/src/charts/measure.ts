import type { ChartTheme } from '../themes/tokens.js';

/** Lengths of the 1080p drawing in px of this screen; letters keep 14 px where the screen is small. */
export function measures(theme: Pick<ChartTheme, 'factor'>): {
  px: (length: number) => number;
  letters: (length: number) => number;
} {
  return {
    px: (length) => length * theme.factor,
    letters: (length) => Math.max(length * theme.factor, 14),
  };
}

/** Width of a label in ems: CJK letters are square, condensed ones less than half. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > '⺀' ? 1 : 0.46), 0);
}

/** As much of a text as fits into `ems`, with … where something is left out. */
export function fitted(text: string, ems: number): string {
  if (widthOf(text) <= ems) return text;
  let kept = '';
  for (const letter of text) {
    if (widthOf(`${kept}${letter}…`) > ems) break;
    kept += letter;
  }
  return `${kept}…`;
}
