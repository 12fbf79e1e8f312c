/** The tokens that canvases and SVG need as values; the same as in tokens.css (a test compares them). */
export const COLOURS = {
  text: '#e9f2ff',
  text2: '#a9bcd8',
  text3: '#8098bb',
  line2: '#2b4a72',
  grid: 'rgba(43,74,114,.38)',
  brand: '#35d0ff',
  s1: '#45bfd0',
  s2: '#63cfa3',
  s3: '#cc79a7',
  s4: '#93a8c9',
} as const;

/** Lightness only rises, so they survive deuteranopia. */
export const RAMPS = {
  rain: ['#0f2d47', '#135069', '#18748a', '#2a9dac', '#5fc9cf', '#bdf0ec'],
  depth: ['#0f2d47', '#135069', '#18748a', '#2a9dac', '#5fc9cf', '#bdf0ec'],
  congestion: ['#15626e', '#2c93a3', '#7fa3e2', '#d99fe0', '#ffdcf3'],
} as const;
export type RampName = keyof typeof RAMPS;

/** First step of a ramp from which text on it must be dark to be read. */
export const DARK_TEXT_FROM: Record<RampName, number> = { rain: 3, depth: 3, congestion: 1 };

export const FONTS = {
  number: "'Barlow Condensed','Noto Sans SC','Noto Sans CJK SC',sans-serif",
  text: "'Noto Sans SC','Noto Sans CJK SC',sans-serif",
} as const;

/** What a chart's option needs to know of the screen. */
export interface ChartTheme {
  /** pixels of this screen per pixel of the 1080p drawing */
  factor: number;
  theme: 'watch' | 'show';
  /** decoration is on: what is drawn may shine. @default false */
  glow?: boolean;
}
