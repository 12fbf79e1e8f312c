import { onCircle, type Ring, ringPiece } from '../../charts/arc.js';
import { measures } from '../../charts/measure.js';
import { figure } from '../../readings/format.js';
import { type ChartTheme, COLOURS, RAMPS } from '../../themes/tokens.js';
import type { Member } from '../parts/members.js';
import type { GaugeOptions } from './panel.js';

/** The dial opens downwards: from lower left over the top to lower right, degrees clockwise from twelve. */
const FROM = -125;
const TO = 125;
/** the figure in the opening, in radii: its middle below the dial's, and the height of its letters */
const FIGURE = { middle: 0.52, size: 0.46 };
/** degrees left dark between two classes */
const GAP = 1.2;

export interface GaugeClass {
  name: string;
  /** `2–4` */
  span: string;
  colour: string;
  /** the value is in it */
  here: boolean;
}

export interface Gauge {
  width: number;
  height: number;
  pieces: { path: string; colour: string; dim: boolean }[];
  /** null: no value to point at */
  needle: string | null;
  labels: { x: number; y: number; text: string }[];
  marks: { path: string; name: string; text: string }[];
  /** middle of the figure's line */
  figure: { x: number; y: number };
  letters: { label: number; figure: number };
  classes: GaugeClass[];
}

/** Colours of `count` classes: the ramp itself where it has as many steps, else steps spread over it. */
export function classColours(ramp: readonly string[], count: number): string[] {
  if (count <= 1) return [COLOURS.s1];
  return Array.from({ length: count }, (_, i) => ramp[Math.round((i * (ramp.length - 1)) / (count - 1))]!);
}

/** The class a value belongs to: the first whose upper end it is below. */
export function classAt(value: number | null, options: GaugeOptions): number {
  if (value === null) return -1;
  return (options.classes ?? []).findIndex(({ below }) => below === undefined || value < below);
}

/** The dial in px of this screen: pure. */
export function gaugeOf(
  member: Member | undefined,
  options: GaugeOptions,
  box: { width: number; height: number },
  theme: Pick<ChartTheme, 'factor'>,
  lang: 'zh' | 'en',
): Gauge {
  const { px, letters } = measures(theme);
  const [low, high] = options.range;
  const label = letters(15);
  const value = member?.value ?? null;
  // the dial's own box is 2 r wide and r (1 + cos of its opening) high, or as high as the figure in the opening reaches down
  const sunk = Math.max(Math.cos(((180 - TO) * Math.PI) / 180), FIGURE.middle + FIGURE.size / 2);
  const radius = Math.max(10, Math.min(box.width / 2 - px(4), (box.height - px(8)) / (1 + sunk)));
  const ring: Ring = {
    x: box.width / 2,
    y: (box.height - radius * (1 + sunk)) / 2 + radius,
    outer: radius,
    inner: radius - Math.max(8, radius * 0.13),
  };
  const degrees = (at: number) => FROM + ((Math.min(high, Math.max(low, at)) - low) / (high - low)) * (TO - FROM);
  const ends = options.classes?.map(({ below }) => Math.min(high, below ?? high)) ?? [high];
  const starts = [low, ...ends.slice(0, -1)];
  const colours = classColours(RAMPS[options.ramp ?? 'congestion'], ends.length);
  const here = classAt(value, options);
  const middles = ends.map((end, i) => (starts[i]! + end) / 2);
  const decimals = (options.levels ? middles : [low, ...ends]).every(Number.isInteger) ? 0 : 1;

  return {
    width: box.width,
    height: box.height,
    pieces: ends.map((end, i) => ({
      path: ringPiece(
        ring,
        degrees(starts[i]!) + (i ? GAP / 2 : 0),
        degrees(end) - (i < ends.length - 1 ? GAP / 2 : 0),
      ),
      colour: colours[i]!,
      dim: value === null || member?.stale === true,
    })),
    needle: value === null ? null : needlePath(ring, degrees(value)),
    labels: (options.levels ? middles : [...new Set([low, ...ends])]).map((at) => {
      const [x, y] = onCircle(ring, ring.inner - label * 0.85, degrees(at));
      return { x, y, text: figure(at, decimals) };
    }),
    marks: limitsOf(options, member, lang).map(({ at, name }) => {
      const [ax, ay] = onCircle(ring, ring.outer + px(3), degrees(at));
      const [bx, by] = onCircle(ring, ring.inner - px(3), degrees(at));
      return { path: `M${ax} ${ay}L${bx} ${by}`, name, text: figure(at, options.decimals ?? 1) };
    }),
    figure: { x: ring.x, y: ring.y + radius * FIGURE.middle },
    letters: { label, figure: Math.max(letters(24), Math.min(px(46), radius * FIGURE.size)) },
    classes: (options.classes ?? []).map((named, i) => ({
      name: named[lang],
      span: options.levels
        ? figure(middles[i], decimals)
        : `${figure(starts[i], decimals)}–${figure(ends[i], decimals)}`,
      colour: colours[i]!,
      here: i === here,
    })),
  };
}

function limitsOf(options: GaugeOptions, member: Member | undefined, lang: 'zh' | 'en') {
  return (options.limits ?? []).flatMap(({ value, attribute, name }) => {
    const at = attribute ? member?.own[attribute] : value;
    return typeof at === 'number' ? [{ at, name: name[lang] }] : [];
  });
}

/** A slim kite from behind the middle almost to the ring. */
function needlePath(ring: Ring, degrees: number): string {
  const tip = onCircle(ring, ring.inner - ring.outer * 0.03, degrees);
  const left = onCircle(ring, ring.outer * 0.06, degrees - 90);
  const right = onCircle(ring, ring.outer * 0.06, degrees + 90);
  const tail = onCircle(ring, ring.outer * 0.1, degrees + 180);
  return `M${tip.join(' ')}L${right.join(' ')}L${tail.join(' ')}L${left.join(' ')}Z`;
}
