import type { OccurrenceRow, ValueRow, ViewState } from '@citywall/protocol';
import { dateText } from '../../readings/age.js';
import { figure, signed } from '../../readings/format.js';
import { isStale, type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import { shortened } from '../parts/names.js';
import type { ProgressOptions } from './panel.js';

const DAY = 86_400_000;
const DEFAULT_LAGGING = 5;

export interface Milestone {
  key: string;
  name: string;
  /** place on the axis, 0–1 */
  place: number;
  /** reached · not yet due · due and not reached */
  state: 'done' | 'ahead' | 'late';
}

/** One work. Places are shares of the axis, 0–1; null where its begin or end is not known. */
export interface ProgressRow {
  key: string;
  name: string;
  /** of the planned time, cut off at the ends of the axis */
  bar: { from: number; to: number; cutLeft: boolean; cutRight: boolean } | null;
  /** end of what is done, and where that should be by now */
  done: number | null;
  should: number | null;
  text: string;
  /** `−3`: points behind the plan */
  lag: string;
  lagging: boolean;
  stale: boolean;
  at: number;
  milestones: Milestone[];
  attributes: ReadingAttributes | undefined;
}

export interface Tick {
  place: number;
  text: string;
}

export interface Progress {
  rows: ProgressRow[];
  more: number;
  /** place of now on the axis, 0–1 */
  now: number;
  from: number;
  to: number;
}

interface Work {
  asset: string;
  name: string;
  metrics: Map<string, ValueRow>;
  /** Unix ms */
  start: number | null;
  end: number | null;
  done: number | null;
  should: number | null;
}

/** Works in order, at most `maxRows`, on an axis that holds them and now. */
export function progressOf(
  state: ViewState | null | undefined,
  listed: ViewState | null | undefined,
  options: ProgressOptions,
  now: number,
): Progress {
  const works = sorted(worksOf(state, options, now), options.sort);
  const shown = works.slice(0, options.maxRows ?? works.length);
  const [from, to] = spanOf(shown, options, now);
  const place = (at: number) => Math.min(1, Math.max(0, (at - from) / (to - from)));
  const milestones = milestonesOf(listed, options, now).filter(({ at }) => at >= from && at <= to);
  return {
    rows: shown.map((work): ProgressRow => {
      const { start, end, done, should } = work;
      const row = work.metrics.get(options.metric);
      const along = (share: number | null) =>
        start === null || end === null || share === null ? null : place(start + ((end - start) * share) / 100);
      const lag = done === null || should === null ? null : done - should;
      return {
        key: work.asset,
        name: shortened(work.name, options.without),
        bar:
          start === null || end === null
            ? null
            : { from: place(start), to: place(end), cutLeft: start < from, cutRight: end > to },
        done: along(done),
        should: along(should),
        text: figure(done, options.decimals ?? row?.decimals ?? 0),
        lag: lag === null ? '' : signed(lag, options.decimals ?? 0),
        lagging: lag !== null && row !== undefined && lag <= -(options.lagging ?? DEFAULT_LAGGING),
        stale: row !== undefined && row.value !== null && isStale(row.at, row.staleAfter, now),
        at: row?.at ?? 0,
        milestones: milestones
          .filter(({ asset }) => asset === work.asset)
          .map(({ key, name, at, state: reached }) => ({ key, name, place: place(at), state: reached })),
        attributes: row && row.value !== null ? readingAttributes(row, now) : undefined,
      };
    }),
    more: works.length - shown.length,
    now: place(now),
    from,
    to,
  };
}

function worksOf(state: ViewState | null | undefined, options: ProgressOptions, now: number): Work[] {
  if (!state || state.meta.error !== undefined) return [];
  const byAsset = new Map<string, Map<string, ValueRow>>();
  for (const key of state.order) {
    const row = state.rows[key] as ValueRow;
    const metrics = byAsset.get(row.asset) ?? new Map<string, ValueRow>();
    byAsset.set(row.asset, metrics.set(row.metric, row));
  }
  return [...byAsset].map(([asset, metrics]) => {
    const first = metrics.values().next().value;
    const start = timeOf(options.start, metrics, -1);
    const end = timeOf(options.end, metrics, 1);
    const known = start !== null && end !== null && end > start;
    const passed = known ? Math.min(1, Math.max(0, (now - start) / (end - start))) * 100 : null;
    return {
      asset,
      name: first?.name ?? asset,
      metrics,
      start: known ? start : null,
      end: known ? end : null,
      done: numberOf(metrics.get(options.metric)),
      should: options.plan === undefined ? passed : numberOf(metrics.get(options.plan)),
    };
  });
}

function numberOf(row: ValueRow | undefined): number | null {
  return typeof row?.value === 'number' ? row.value : null;
}

/** A date as it is written, or so many days before (−1) or after (1) the time at which their number was told. */
function timeOf(
  { metric, attribute }: ProgressOptions['start'],
  metrics: Map<string, ValueRow>,
  direction: -1 | 1,
): number | null {
  const row = metric === undefined ? metrics.values().next().value : metrics.get(metric);
  const value = metric === undefined ? row?.attributes?.[attribute ?? ''] : row?.value;
  if (typeof value === 'number' && row) return row.at + direction * value * DAY;
  if (typeof value !== 'string') return null;
  // a day of the county: it begins there and ends there, wherever the screen stands
  const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00+08:00`) : Date.parse(value);
  if (!Number.isFinite(at)) return null;
  return direction > 0 && value.length === 10 ? at + DAY : at;
}

function sorted(works: Work[], sort: ProgressOptions['sort']): Work[] {
  if (sort === undefined) return works;
  const rank = ({ done, should, end }: Work) =>
    sort === 'end'
      ? (end ?? Number.POSITIVE_INFINITY)
      : done === null || should === null
        ? Number.POSITIVE_INFINITY
        : done - should;
  const order = (a: number, b: number) => (a === b ? 0 : a - b);
  return works.toSorted((a, b) => order(rank(a), rank(b)) || a.name.localeCompare(b.name, 'zh-CN'));
}

function spanOf(works: readonly Work[], { days }: ProgressOptions, now: number): [number, number] {
  if (days) return [now - days.before * DAY, now + days.after * DAY];
  const from = Math.min(now - 30 * DAY, ...works.flatMap(({ start }) => start ?? []));
  const to = Math.max(now + 30 * DAY, ...works.flatMap(({ end }) => end ?? []));
  return [from, to];
}

function milestonesOf(state: ViewState | null | undefined, { milestones: read }: ProgressOptions, now: number) {
  if (!state || !read || state.meta.error !== undefined) return [];
  return state.order.flatMap((key) => {
    const row = state.rows[key] as OccurrenceRow;
    const told = read.time === undefined ? undefined : row.fields[read.time];
    const due = typeof told === 'number' ? told : typeof told === 'string' ? Date.parse(told) : row.at;
    const at = Number.isFinite(due) ? due : row.at;
    const reached: Milestone['state'] = read.done.includes(row.status) ? 'done' : at < now ? 'late' : 'ahead';
    return [{ key, asset: row.asset, name: String(row.fields[read.text] ?? ''), at, state: reached }];
  });
}

/** Beginnings of months, so far apart that `most` of them have room; a year says its number. */
export function ticksOf({ from, to }: Pick<Progress, 'from' | 'to'>, most: number, lang: 'zh' | 'en'): Tick[] {
  if (!(to > from)) return [];
  const months = (to - from) / (30.4 * DAY);
  const step = [1, 2, 3, 6, 12, 24].find((each) => months / each <= Math.max(1, most)) ?? 36;
  const [year = 0, month = 1] = dateText(from).split('-').map(Number);
  const ticks: Tick[] = [];
  for (let index = year * 12 + month; ticks.length < 60; index += 1) {
    const [ofYear, ofMonth] = [Math.floor(index / 12), index % 12];
    const at = Date.parse(`${ofYear}-${String(ofMonth + 1).padStart(2, '0')}-01T00:00:00+08:00`);
    if (at > to) break;
    if (ofMonth % step !== 0 && step <= 12) continue;
    if (step > 12 && (ofMonth !== 0 || ofYear % (step / 12) !== 0)) continue;
    ticks.push({ place: (at - from) / (to - from), text: ofMonth === 0 ? String(ofYear) : monthText(ofMonth, lang) });
  }
  return ticks;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function monthText(month: number, lang: 'zh' | 'en'): string {
  return lang === 'zh' ? `${month + 1}月` : (MONTHS[month] ?? '');
}
