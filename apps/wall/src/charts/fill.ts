import type { ChartTheme } from '../themes/tokens.js';

/** ground that a lit bar rises from */
const GROUND = [6, 20, 36] as const;

/** `#rrggbb` mixed with the ground; 1 is the colour itself. */
function mixed(colour: string, share: number): string {
  const channels = GROUND.map((ground, i) => {
    const own = Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
    return Math.round(own * share + ground * (1 - share));
  });
  return `rgb(${channels.join(',')})`;
}

export interface BarFill {
  color: string | { type: 'linear'; x: 0; y: 0; x2: 0 | 1; y2: 0 | 1; colorStops: { offset: number; color: string }[] };
  shadowBlur?: number;
  shadowColor?: string;
}

/** A bar's fill: plain in theme watch; in theme show lit at the end that says how much. @param lying it grows to the right */
export function barFill(colour: string, theme: ChartTheme, lying: boolean): BarFill {
  if (theme.theme !== 'show') return { color: colour };
  const [dark, light] = [mixed(colour, lying ? 0.64 : 0.46), colour];
  // ECharts' gradients run down: an upright bar's lit end comes first
  const colorStops = lying
    ? [
        { offset: 0, color: dark },
        { offset: 0.88, color: light },
      ]
    : [
        { offset: 0.1, color: light },
        { offset: 1, color: dark },
      ];
  return {
    color: { type: 'linear', x: 0, y: 0, x2: lying ? 1 : 0, y2: lying ? 0 : 1, colorStops },
    ...(theme.glow && { shadowBlur: 8 * theme.factor, shadowColor: colour }),
  };
}
