import { type Ring, ringPiece } from '../../charts/arc.js';
import { figure } from '../../readings/format.js';
import type { ReadingAttributes } from '../../readings/shown.js';
import { COLOURS, RAMPS } from '../../themes/tokens.js';
import type { Member } from '../parts/members.js';
import type { DonutOptions } from './panel.js';

export interface Slice {
  key: string;
  name: string;
  text: string;
  /** `38 %`; `—` where it has no part in the total */
  share: string;
  colour: string;
  /** empty: nothing to draw */
  path: string;
  stale: boolean;
  attributes: ReadingAttributes | undefined;
}

export interface Donut {
  total: number | null;
  slices: Slice[];
}

const OTHER = '\u0000other';
/** degrees left dark between two parts */
const GAP = 1.5;

/**
 * Parts with their shares. What has no value, or less than none, has no share and is not drawn; a stale part is counted
 * (it is the last that is known) and hatched. Shares are of what is known, which the panel's coverage tells.
 */
export function donutOf(members: Member[], options: DonutOptions, radius: number, other: string): Donut {
  const most = options.parts ?? 6;
  const known = members.filter((member) => (member.value ?? 0) > 0);
  const total = members.some((member) => member.value !== null)
    ? known.reduce((sum, member) => sum + member.value!, 0)
    : null;
  const sorted = options.order ? members : members.toSorted((a, b) => (b.value ?? -1) - (a.value ?? -1));
  const shown = sorted.length > most ? sorted.slice(0, most - 1) : sorted;
  const rest = sorted.slice(shown.length);
  const parts: Pick<Member, 'key' | 'name' | 'value' | 'stale' | 'attributes'>[] = [
    ...shown,
    ...(rest.length
      ? [
          {
            key: OTHER,
            name: other,
            value: rest.every(({ value }) => value === null)
              ? null
              : rest.reduce((sum, { value }) => sum + Math.max(0, value ?? 0), 0),
            stale: rest.every(({ stale }) => stale),
            attributes: undefined,
          },
        ]
      : []),
  ];
  const decimals = options.decimals ?? members[0]?.decimals ?? 0;
  const ring: Ring = { x: radius, y: radius, outer: radius, inner: radius * 0.7 };
  let turned = 0;
  const drawn = parts.filter(({ value }) => (value ?? 0) > 0).length;
  return {
    total,
    slices: parts.map((part, i) => {
      const share = total && (part.value ?? 0) > 0 ? part.value! / total : 0;
      const from = turned;
      turned += share * 360;
      const gap = drawn > 1 ? Math.min(GAP, (turned - from) / 2) : 0;
      return {
        key: part.key,
        name: part.name,
        text: figure(part.value, decimals),
        share: total && part.value !== null ? `${figure(share * 100)} %` : '—',
        colour: part.key === OTHER ? COLOURS.s4 : sliceColour(i, shown.length),
        path: share > 0 ? ringPiece(ring, from + gap / 2, turned - gap / 2) : '',
        stale: part.stale,
        attributes: part.attributes,
      };
    }),
  };
}

const LIGHT_TO_DARK = RAMPS.rain.slice(1).toReversed();

/** One measure, one colour: from light to dark, so that neighbours differ in lightness; the rest is grey. */
function sliceColour(index: number, count: number): string {
  const last = LIGHT_TO_DARK.length - 1;
  if (count <= LIGHT_TO_DARK.length) return LIGHT_TO_DARK[index]!;
  const place = (index * last) / (count - 1);
  const low = Math.min(last - 1, Math.floor(place));
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(1 + at * 2, 3 + at * 2), 16);
  const mixed = [0, 1, 2].map((at) => {
    const [from, to] = [channel(LIGHT_TO_DARK[low]!, at), channel(LIGHT_TO_DARK[low + 1]!, at)];
    return Math.round(from + (to - from) * (place - low));
  });
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
