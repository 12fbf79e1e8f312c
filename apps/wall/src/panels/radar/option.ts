import { onCircle } from '../../charts/arc.js';
import { measures, widthOf } from '../../charts/measure.js';
import { figure } from '../../readings/format.js';
import type { ChartTheme } from '../../themes/tokens.js';
import type { Member } from '../parts/members.js';
import type { RadarOptions } from './panel.js';

export interface Spoke {
  name: string;
  unit: string;
  text: string;
  value: number | null;
  past: number | null;
  normal: number | null;
  max: number;
  stale: boolean;
  member: Member | undefined;
}

/** Rows of a latest view over one asset are its metrics: their keys end in `|metric`. */
function rowOf(members: Member[], key: string): Member | undefined {
  return members.find((member) => member.key === key || member.key.endsWith(`|${key}`));
}

export function spokesOf(values: Member[], past: Member[], options: RadarOptions, lang: 'zh' | 'en'): Spoke[] {
  return options.axes.map((axis) => {
    const member = rowOf(values, axis.key);
    return {
      name: axis.name[lang],
      unit: axis.unit?.[lang] ?? '',
      text: figure(member?.value, axis.decimals ?? member?.decimals ?? 0),
      value: member?.value ?? null,
      past: rowOf(past, axis.key)?.value ?? null,
      normal: axis.normal ?? null,
      max: axis.max,
      stale: member?.stale ?? false,
      member,
    };
  });
}

export interface Radar {
  grid: string[];
  spokes: string;
  /** fills and lines; a spoke without a value breaks the line, it has no corner at zero */
  value: { area: string; line: string };
  past: string;
  normal: string;
  /** wedges around spokes without a value */
  gaps: string;
  corners: { x: number; y: number; stale: boolean }[];
  corner: number;
  labels: { x: number; y: number; anchor: 'start' | 'middle' | 'end'; spoke: Spoke }[];
  letters: { name: number; value: number };
}

const RINGS = 4;

/** The picture in px of this screen: pure. Spokes go clockwise from the top. */
export function radarOf(
  spokes: Spoke[],
  box: { width: number; height: number },
  theme: Pick<ChartTheme, 'factor'>,
): Radar {
  const { px, letters } = measures(theme);
  const size = { name: letters(15), value: letters(17) };
  const label = size.name * 1.2 + size.value * 1.15;
  const widest = Math.max(
    0,
    ...spokes.map(({ name, text, unit }) =>
      Math.max(widthOf(name) * size.name, widthOf(text) * size.value + widthOf(` ${unit}`) * size.name),
    ),
  );
  const middle = { x: box.width / 2, y: box.height / 2 };
  const radius = Math.max(12, Math.min(box.height / 2 - label - px(6), box.width / 2 - widest - px(14)));
  const turn = 360 / spokes.length;
  const at = (share: number, i: number) => onCircle(middle, radius * Math.min(1.08, Math.max(0, share)), i * turn);
  const path = (points: [number, number][]) => points.map((point, i) => `${i ? 'L' : 'M'}${point.join(' ')}`).join('');
  const whole = (share: (spoke: Spoke) => number) => `${path(spokes.map((spoke, i) => at(share(spoke), i)))}Z`;
  const ring = (key: 'value' | 'past' | 'normal') =>
    brokenRing(spokes.map((spoke, i) => (spoke[key] === null ? null : at(spoke[key] / spoke.max, i))));
  const known = spokes.flatMap((spoke, i) => (spoke.value === null ? [] : [{ spoke, i }]));
  const [line, complete] = ring('value');

  return {
    grid: Array.from({ length: RINGS }, (_, i) => whole(() => (i + 1) / RINGS)),
    spokes: spokes.map((_, i) => `M${middle.x} ${middle.y}L${at(1, i).join(' ')}`).join(''),
    value: { line, area: complete ? line : '' },
    past: ring('past')[0],
    normal: ring('normal')[0],
    gaps: spokes
      .flatMap(({ value }, i) => {
        if (value !== null) return [];
        const [before, after] = [at(1, i - 0.5), at(1, i + 0.5)];
        const cut = Math.cos((turn / 2) * (Math.PI / 180));
        const half = ([x, y]: [number, number]) =>
          `${middle.x + (x - middle.x) * cut} ${middle.y + (y - middle.y) * cut}`;
        return [`M${middle.x} ${middle.y}L${half(before)}L${at(1, i).join(' ')}L${half(after)}Z`];
      })
      .join(''),
    corners: known.map(({ spoke, i }) => {
      const [x, y] = at(spoke.value! / spoke.max, i);
      return { x, y, stale: spoke.stale };
    }),
    corner: px(3.5),
    labels: spokes.map((spoke, i) => {
      const [x, y] = onCircle(middle, radius + px(8), i * turn);
      const side = Math.abs(x - middle.x) < 1 ? 'middle' : x > middle.x ? 'start' : 'end';
      const upright = Math.cos((i * turn * Math.PI) / 180);
      return {
        x,
        y: y - (upright > 0.9 ? label / 2 : upright < -0.9 ? -label / 2 : 0),
        anchor: side as 'start' | 'middle' | 'end',
        spoke,
      };
    }),
    letters: size,
  };
}

/** A closed line where every corner is known, else its pieces between those that are. */
function brokenRing(points: ([number, number] | null)[]): [path: string, complete: boolean] {
  const known = points.filter((point) => point !== null);
  if (known.length === points.length)
    return [`${known.map((point, i) => `${i ? 'L' : 'M'}${point.join(' ')}`).join('')}Z`, true];
  let path = '';
  points.forEach((point, i) => {
    const next = points[(i + 1) % points.length];
    if (point && next) path += `M${point.join(' ')}L${next.join(' ')}`;
  });
  return [path, false];
}
