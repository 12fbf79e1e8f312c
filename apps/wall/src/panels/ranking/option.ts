import type { AggregateRow, ValueRow, ViewState } from '@citywall/protocol';
import { widthOf } from '../../charts/measure.js';
import { figure } from '../../readings/format.js';
import { iso, type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import { COLOURS, RAMPS } from '../../themes/tokens.js';
import { shortened } from '../parts/names.js';
import type { RankingOptions } from './panel.js';

export interface Bar {
  key: string;
  name: string;
  town: string;
  text: string;
  unit: string;
  /** 0–1 */
  share: number;
  colour: string;
  stale: boolean;
  at: number;
  attributes: ReadingAttributes;
}

/** Bars of a view in the order of the view, or the largest first. Bars start at zero; a value of null has no bar and the text —. */
export function barsOf(
  state: ViewState | null | undefined,
  metric: string,
  options: RankingOptions,
  now: number,
  lang: 'zh' | 'en',
): Bar[] {
  if (!state) return [];
  const rows = state.order.map((key) => ({ key, row: rowOf(key, state.rows[key], metric) }));
  // groups have no order of their own; null goes last, equals stay in the order of their names
  const size = ({ row }: { row: ValueRow }) => (typeof row.value === 'number' ? row.value : Number.NEGATIVE_INFINITY);
  if (options.largestFirst) rows.sort((a, b) => (size(a) === size(b) ? 0 : size(b) - size(a)));
  const full = fullOf(state, options);
  return rows.map(({ key, row }) => {
    const attributes = readingAttributes(row, now);
    const value = typeof row.value === 'number' ? row.value : null;
    const share = value === null ? 0 : Math.min(1, Math.max(0, value / full));
    const name = shortened(row.name, options.without);
    return {
      key,
      name,
      town: options.town ? townBeside(name, row.attributes?.town) : '',
      text: figure(value, options.decimals ?? row.decimals ?? state.meta.decimals ?? 0),
      unit: options.unit?.[lang] ?? '',
      share,
      colour: value === null ? COLOURS.s1 : colourOf(options, share, value),
      stale: attributes['data-quality'] === 'stale',
      at: row.at,
      attributes: { ...attributes, 'data-at': iso(row.at) },
    };
  });
}

/** `桂溪` of 桂溪街道; nothing where the name begins with it anyway. */
function townBeside(name: string, town: unknown): string {
  const short = typeof town === 'string' ? town.replace(/(街道|镇|乡)$/, '') : '';
  return name.startsWith(short) ? '' : short;
}

/** Value at which a bar is full: limits stay on the track, whatever the values. */
export function fullOf(state: ViewState | null | undefined, options: RankingOptions): number {
  if (options.max !== undefined) return options.max;
  const values = state?.order.map((key) => (state.rows[key] as { value?: unknown }).value) ?? [];
  const largest = Math.max(
    0,
    ...values.map((value) => (typeof value === 'number' ? value : 0)),
    ...(options.limits ?? []).map(({ value }) => value),
  );
  return largest > 0 ? largest : 1;
}

export interface LimitMark {
  value: number;
  /** place of the line on the track, 0–1 */
  share: number;
  /** what stands below it; empty where there is no room */
  text: string;
  /** middle of the text, px from the track's start */
  x: number;
}

/**
 * Limit lines with what they are called, in a track `width` px long written in letters of `size` px. Where their names have
 * no room beside one another the figures alone stand there, where even those have none, some of them.
 */
export function limitMarks(
  options: RankingOptions,
  full: number,
  width: number,
  size: number,
  lang: 'zh' | 'en',
): LimitMark[] {
  const limits = (options.limits ?? [])
    .toSorted((a, b) => a.value - b.value)
    .map(({ value, name }) => {
      // a limit is said as it was agreed: 0.14 MPa is not 0.1
      const number = figure(value, String(value).split('.')[1]?.length ?? 0);
      return { value, number, whole: name[lang] === number ? number : `${number} ${name[lang]}` };
    });
  const layOut = (textOf: (limit: (typeof limits)[number]) => string) => {
    let end = Number.NEGATIVE_INFINITY;
    return limits.map((limit): LimitMark => {
      const text = textOf(limit);
      const half = (widthOf(text) * size) / 2;
      const share = Math.min(1, limit.value / full);
      const x = Math.min(width - half, Math.max(half, share * width));
      if (x - half < end) return { value: limit.value, share, text: '', x };
      end = x + half + size * 0.6;
      return { value: limit.value, share, text, x };
    });
  };
  const named = layOut(({ whole }) => whole);
  return named.every(({ text }) => text !== '') ? named : layOut(({ number }) => number);
}

/** The middle of a ramp: its darkest steps drown in the track below the bar, its lightest would shout. */
function colourOf(options: RankingOptions, share: number, value: number): string {
  if (!options.ramp) return COLOURS.s1;
  if (options.steps) {
    const colours = RAMPS[options.ramp];
    const step = options.steps.reduce((found, from, index) => (value >= from ? index : found), 0);
    return colours[Math.min(colours.length - 1, options.invert ? options.steps.length - 1 - step : step)]!;
  }
  const ramp = RAMPS[options.ramp].slice(options.ramp === 'congestion' ? 1 : 2, -1);
  return ramp[Math.min(ramp.length - 1, Math.floor(share * ramp.length))]!;
}

function rowOf(key: string, row: unknown, metric: string): ValueRow {
  const value = row as ValueRow & AggregateRow;
  if (value.fresh === undefined) return value;
  // a group of an aggregate: its age is that of its oldest member, silence of all members makes it stale
  return {
    ...value,
    asset: value.asset ?? key,
    name: value.name ?? key,
    metric,
    at: value.at ?? value.oldestAt ?? 0,
    receivedAt: value.oldestAt ?? 0,
    quality: value.quality ?? 'good',
    feed: '',
    ...(value.fresh === 0 && { staleAfter: 0 }),
  };
}
