import type { Origin } from '@citywall/model';
import type { OccurrenceRow, ViewState } from '@citywall/protocol';
import { dateText, hourMinute } from '../../readings/age.js';
import { type OccurrenceTypes, statusText, typeText } from '../../readings/occurrenceWords.js';
import type { TimelineOptions } from './panel.js';

export interface TimelineItem {
  key: string;
  at: number;
  time: string;
  text: string;
  status: string;
  /** over · running · ahead of now */
  phase: 'done' | 'open' | 'planned';
  origin: Origin;
}

const HOUR = 3_600_000;

/** Items by their time, newest first. One without a time it could be placed by is left out of the axis, not of the list. */
export function itemsOf(
  state: ViewState | null | undefined,
  options: TimelineOptions,
  types: OccurrenceTypes,
  now: number,
  lang: 'zh' | 'en',
): TimelineItem[] {
  if (!state || state.meta.error !== undefined) return [];
  return state.order
    .map((key): TimelineItem => {
      const row = state.rows[key] as OccurrenceRow;
      const at = timeOf(row, options);
      return {
        key,
        at,
        time: dateText(at) === dateText(now) ? hourMinute(at) : `${dateText(at).slice(5)} ${hourMinute(at)}`,
        text: textOf(row, options) ?? row.name ?? typeText(types, row, lang),
        status: statusText(types, row, options.statuses, lang),
        phase: at > now ? 'planned' : options.done?.includes(row.status) ? 'done' : 'open',
        origin: row.origin,
      };
    })
    .sort((a, b) => b.at - a.at);
}

function timeOf(row: OccurrenceRow, options: TimelineOptions): number {
  const told = options.time === undefined ? undefined : row.fields[options.time];
  const at = typeof told === 'number' ? told : typeof told === 'string' ? Date.parse(told) : Number.NaN;
  return Number.isFinite(at) ? at : row.at;
}

function textOf(row: OccurrenceRow, options: TimelineOptions): string | undefined {
  for (const field of options.text ?? []) {
    const value = row.fields[field];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return undefined;
}

export type TimelineLine =
  | { kind: 'item'; key: string; item: TimelineItem }
  | { kind: 'now'; key: 'now' }
  /** an hour whose items have no room of their own */
  | { kind: 'hour'; key: string; from: string; count: number; partly: boolean; statuses: [string, number][] };

/**
 * Lines that fit into `room`: all items while they do; else the newest, and the hours before them as one line each with
 * their count. The last line says what is older still, so that nothing goes without a word.
 * @param more items that the view left out, older than these
 */
export function linesOf(items: readonly TimelineItem[], room: number, now: number, more = 0): TimelineLine[] {
  const single = (count: number) =>
    withNow(
      items.slice(0, count).map((item): TimelineLine => ({ kind: 'item', key: item.key, item })),
      now,
    );
  const older = rest(more);
  if (single(items.length).length + older.length <= room) return [...single(items.length), ...older];
  for (let count = items.length - 1; count >= 0; count--) {
    const lines = single(count);
    const hours = hoursOf(items.slice(count), items[count - 1]);
    if (lines.length + hours.length + older.length <= room) return [...lines, ...hours, ...older];
    // half of the room stays with the newest: the hours that then have none become one line
    const free = room - lines.length - 1;
    if (count > Math.floor(room / 2) || free < 0) continue;
    const left = hours.slice(free).reduce((sum, line) => sum + (line.kind === 'hour' ? line.count : 0), 0);
    return [...lines, ...hours.slice(0, free), ...rest(left + more)];
  }
  return rest(items.length + more);
}

function rest(count: number): TimelineLine[] {
  return count > 0 ? [{ kind: 'hour', key: 'older', from: '', count, partly: false, statuses: [] }] : [];
}

/** A line at now between what is planned and what happened, where both are there. */
function withNow(lines: TimelineLine[], now: number): TimelineLine[] {
  const first = lines.findIndex((line) => line.kind === 'item' && line.item.at <= now);
  return first <= 0 ? lines : [...lines.slice(0, first), { kind: 'now', key: 'now' }, ...lines.slice(first)];
}

/** @param above the last item with a line of its own: its hour is told in part already */
function hoursOf(items: readonly TimelineItem[], above: TimelineItem | undefined): TimelineLine[] {
  const hours = new Map<number, TimelineItem[]>();
  for (const item of items) {
    const hour = Math.floor(item.at / HOUR) * HOUR;
    hours.set(hour, [...(hours.get(hour) ?? []), item]);
  }
  return [...hours.entries()].map(([hour, inside]) => {
    const counts = new Map<string, number>();
    for (const { status } of inside) counts.set(status, (counts.get(status) ?? 0) + 1);
    return {
      kind: 'hour',
      key: `h${hour}`,
      from: hourMinute(hour),
      count: inside.length,
      partly: above !== undefined && Math.floor(above.at / HOUR) * HOUR === hour,
      statuses: [...counts.entries()].sort((a, b) => b[1] - a[1]).slice(0, 3),
    };
  });
}

export interface AxisMark {
  item: TimelineItem;
  /** px from the left of the axis */
  x: number;
  lane: number;
  /** the label stands left of its dot where it would run out at the right */
  leftward: boolean;
}

export interface TimelineAxis {
  ticks: { x: number; text: string }[];
  nowX: number;
  marks: AxisMark[];
  /** in the span, but no lane had room for its words: a dot on the axis itself */
  crowded: { item: TimelineItem; x: number }[];
  /** outside the span, before and after */
  before: number;
  after: number;
}

/**
 * Places items along an axis, the newest first choosing a lane, so that words never lie over each other.
 * @param widthOf px that the words of an item take
 */
export function axisOf(
  items: readonly TimelineItem[],
  options: TimelineOptions,
  now: number,
  size: { width: number; lanes: number; tick: number },
  widthOf: (item: TimelineItem) => number,
): TimelineAxis {
  const hours = options.hours ?? { before: 4, after: 2 };
  const from = now - hours.before * HOUR;
  const to = now + hours.after * HOUR;
  const xOf = (at: number) => ((at - from) / (to - from)) * size.width;
  const nowX = xOf(now);
  const taken: [number, number][][] = Array.from({ length: size.lanes }, () => []);
  const marks: AxisMark[] = [];
  const crowded: TimelineAxis['crowded'] = [];
  const inside = items.filter(({ at }) => at >= from && at <= to);
  // nearest to now first: what is at hand keeps its words
  for (const item of inside.toSorted((a, b) => Math.abs(a.at - now) - Math.abs(b.at - now))) {
    const x = xOf(item.at);
    const width = widthOf(item);
    // what happened stands left of now where it can: the bar at now crosses no words
    const crosses = (x + width > size.width || (x < nowX && x + width > nowX)) && item.at <= now;
    const leftward = (crosses || x + width > size.width) && x - width >= 0;
    const span: [number, number] = leftward ? [x - width, x + 8] : [x - 8, x + width];
    const lane = taken.findIndex((spans) => spans.every(([left, right]) => span[1] < left || span[0] > right));
    if (lane < 0 || span[1] > size.width + 1) {
      crowded.push({ item, x });
      continue;
    }
    taken[lane]!.push(span);
    marks.push({ item, x, lane, leftward });
  }
  return {
    ticks: ticksOf(from, to, xOf, size),
    nowX,
    marks,
    crowded,
    before: items.filter(({ at }) => at < from).length,
    after: items.filter(({ at }) => at > to).length,
  };
}

function ticksOf(from: number, to: number, xOf: (at: number) => number, size: { width: number; tick: number }) {
  const steps = [HOUR / 4, HOUR / 2, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR];
  const step = steps.find((each) => xOf(from + each) >= size.tick) ?? 24 * HOUR;
  const ticks: { x: number; text: string }[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const x = xOf(at);
    // half a label must not run out of the panel
    if (x >= size.tick / 3 && x <= size.width - size.tick / 3) ticks.push({ x, text: hourMinute(at) });
  }
  return ticks;
}
