import { firstSlot, slotsOf, startOfDay } from '@citywall/aggregate';
import type { MatrixViewSpec, SeriesRow, SeriesViewSpec, ValueRow, ViewState } from '@citywall/protocol';
import { fitted, measures, widthOf } from '../../charts/measure.js';
import { dateText, hourMinute } from '../../readings/age.js';
import { figure } from '../../readings/format.js';
import { type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import { type ChartTheme, RAMPS } from '../../themes/tokens.js';
import { shortened } from '../parts/names.js';
import type { HeatOptions } from './panel.js';

const DAY = 86_400_000;

export interface HeatRow {
  key: string;
  name: string;
  stale: boolean;
  /** newest value of a member; days have none */
  newest: number | null;
  /** a value a column; null: not measured, undefined: not yet, or before what is asked for */
  cells: (number | null | undefined)[];
}

export interface HeatTable {
  /** what stands below a column, where anything does */
  columns: string[];
  rows: HeatRow[];
}

/** Rows and columns of what was asked: members by slots of time, or days by hours of the day. */
export function heatTable(
  spec: MatrixViewSpec | SeriesViewSpec,
  state: ViewState<SeriesRow> | null,
  members: ValueRow[],
  options: Pick<HeatOptions, 'sort' | 'without'>,
  now: number,
): HeatTable {
  return spec.kind === 'matrix' ? memberTable(spec, state, members, options, now) : dayTable(spec, state, now);
}

function memberTable(
  spec: MatrixViewSpec,
  state: ViewState<SeriesRow> | null,
  members: ValueRow[],
  options: Pick<HeatOptions, 'sort' | 'without'>,
  now: number,
): HeatTable {
  const { from, to } = slotsOf(spec, now);
  const slots = Array.from({ length: Math.round((to - from) / spec.step) }, (_, i) => from + i * spec.step);
  return {
    columns: slots.map((at) => hourMinute(at)),
    rows: sorted(members, options.sort).map((member) => ({
      key: member.asset,
      name: shortened(member.name, options.without),
      newest: numberOf(member),
      stale: member.value === null || readingAttributes(member, now)['data-quality'] === 'stale',
      cells: slots.map((at) => state?.rows[`${member.asset}|${at}`]?.avg ?? null),
    })),
  };
}

function numberOf({ value }: ValueRow): number | null {
  return typeof value === 'number' ? value : null;
}

/** Whoever has no value comes last; equals keep their order. */
function sorted(members: ValueRow[], sort: HeatOptions['sort']): ValueRow[] {
  if (sort === undefined) return members;
  const sign = sort === 'asc' ? 1 : -1;
  return members.toSorted((a, b) => {
    const [x, y] = [numberOf(a), numberOf(b)];
    return x === null || y === null ? Number(x === null) - Number(y === null) : sign * (x - y);
  });
}

/** Newest day first. Hours that are still to come are no gap. */
function dayTable(spec: SeriesViewSpec, state: ViewState<SeriesRow> | null, now: number): HeatTable {
  const today = startOfDay(now);
  const first = firstSlot(now, spec.window, spec.step);
  const days = Math.max(1, Math.round((today - startOfDay(first)) / DAY) + 1);
  const hours = Array.from({ length: Math.round(DAY / spec.step) }, (_, i) => i * spec.step);
  return {
    columns: hours.map((hour) => hourMinute(today + hour)),
    rows: Array.from({ length: days }, (_, i) => {
      const day = today - i * DAY;
      return {
        key: String(day),
        name: dateText(day).slice(5),
        stale: false,
        newest: null,
        cells: hours.map((hour) => {
          const at = day + hour;
          if (at > now || at < first) return undefined;
          return state?.rows[String(at)]?.avg ?? null;
        }),
      };
    }),
  };
}

/** Step of the ramp a value falls into, 0 the darkest. */
export function stepOf(value: number, options: Pick<HeatOptions, 'steps' | 'invert'>): number {
  const count = options.steps.length;
  const above = options.steps.filter((step) => value >= step).length;
  const step = Math.max(0, above - 1);
  return options.invert ? count - 1 - step : step;
}

/** Colours of the steps, dark to light, spread over the ramp. */
export function stepColours(options: Pick<HeatOptions, 'steps' | 'ramp'>): string[] {
  const ramp = RAMPS[options.ramp ?? 'congestion'];
  const count = options.steps.length;
  return options.steps.map((_, i) => ramp[Math.round((i * (ramp.length - 1)) / Math.max(1, count - 1))]!);
}

export interface HeatPicture {
  /** one path a colour: the picture is a handful of elements however many cells it has */
  steps: { colour: string; path: string }[];
  /** cells that were not measured */
  gaps: string;
  names: { x: number; y: number; text: string; stale: boolean }[];
  /** the newest values, right-aligned at `x` */
  newest: { x: number; y: number; text: string; stale: boolean }[];
  ticks: { x: number; y: number; text: string; anchor: 'start' | 'middle' | 'end' }[];
  letters: number;
  /** letters of the newest values, px */
  figures: number;
  /** rows there is room for */
  shown: number;
}

/** The picture in px of this screen: pure. */
export function heatPicture(
  table: HeatTable,
  options: HeatOptions,
  box: { width: number; height: number },
  theme: Pick<ChartTheme, 'factor'>,
): HeatPicture {
  const { px, letters } = measures(theme);
  const size = letters(15);
  const least = size * 1.12;
  const foot = size * 1.5;
  const room = Math.max(1, Math.floor((box.height - foot) / least));
  const rows = table.rows.slice(0, room);
  const longest = Math.max(0, ...rows.map(({ name }) => widthOf(name)));
  const left = Math.min(longest * size, box.width * 0.32) + px(8);
  const figures = options.newest ? rows.map(({ newest }) => figure(newest, options.decimals ?? 0)) : [];
  const right = figures.length ? Math.max(...figures.map(widthOf)) * letters(17) * 1.1 + px(10) : 0;
  const width = Math.max(1, box.width - left - right);
  const height = Math.min((box.height - foot) / Math.max(1, rows.length), px(34));
  // whole px: cells of unequal widths by a hair show as stripes
  const edges = (count: number, length: number, start: number) =>
    Array.from({ length: count + 1 }, (_, i) => Math.round(start + (i * length) / count));
  const xs = edges(table.columns.length, width, left);
  const ys = edges(rows.length, height * rows.length, 0);
  const gap = Math.max(1, Math.round(px(1)));
  const paths = options.steps.map(() => '');
  let gaps = '';
  for (const [r, row] of rows.entries()) {
    for (const [c, value] of row.cells.entries()) {
      if (value === undefined) continue;
      const cell = `M${xs[c]} ${ys[r]}h${Math.max(1, xs[c + 1]! - xs[c]! - gap)}v${Math.max(1, ys[r + 1]! - ys[r]! - gap)}h${-Math.max(1, xs[c + 1]! - xs[c]! - gap)}z`;
      if (value === null) gaps += cell;
      else paths[stepOf(value, options)] += cell;
    }
  }
  return {
    steps: stepColours(options).map((colour, i) => ({ colour, path: paths[i]! })),
    gaps,
    names: rows.map((row, r) => ({
      x: left - px(8),
      y: (ys[r]! + ys[r + 1]!) / 2,
      text: fitted(row.name, (left - px(8)) / size),
      stale: row.stale,
    })),
    newest: figures.map((text, r) => ({
      x: box.width,
      y: (ys[r]! + ys[r + 1]!) / 2,
      text,
      stale: rows[r]!.stale,
    })),
    ticks: ticksOf(table.columns, xs, width, size).map(({ index, anchor }) => ({
      x: anchor === 'end' ? xs.at(-1)! : anchor === 'start' ? xs[index]! : (xs[index]! + xs[index + 1]!) / 2,
      y: ys.at(-1)! + foot / 2,
      text: table.columns[index]!,
      anchor,
    })),
    letters: size,
    figures: Math.min(letters(17), Math.max(14, height)),
    shown: rows.length,
  };
}

/** First and last column, and evenly those between that have room. */
function ticksOf(columns: string[], xs: number[], width: number, size: number) {
  const count = columns.length;
  const each = size * 3.2;
  const wanted = Math.max(1, Math.min(4, Math.floor(width / each) - 1));
  const stride = Math.max(1, Math.round((count - 1) / wanted));
  const ticks: { index: number; anchor: 'start' | 'middle' | 'end' }[] = [];
  for (let index = 0; index < count; index += stride) {
    const last = index === 0 ? 'start' : 'middle';
    // the last label needs its own room
    if (index > 0 && xs[count]! - xs[index]! < each * 1.2) break;
    ticks.push({ index, anchor: last });
  }
  if (count > 1) ticks.push({ index: count - 1, anchor: 'end' });
  return ticks;
}

/** Newest value of every member, in words. */
export function heatReadings(
  members: ValueRow[],
  now: number,
  text: (member: ValueRow) => string,
): { key: string; name: string; text: string; attributes: ReadingAttributes }[] {
  return members.map((member) => ({
    key: `${member.asset}|${member.metric}`,
    name: member.name,
    text: text(member),
    attributes: readingAttributes(member, now),
  }));
}
