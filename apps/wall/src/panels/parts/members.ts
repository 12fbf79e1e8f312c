import type { Words } from '@citywall/model';
import type { AggregateRow, SeriesRow, TallyRow, ValueRow, ViewSpec, ViewState } from '@citywall/protocol';
import { hourMinute } from '../../readings/age.js';
import { iso, type ReadingAttributes, readingAttributes } from '../../readings/shown.js';

/** One member of a view with rows of any kind: what a bar, a slice or an axis shows. Times are Unix ms. */
export interface Member {
  key: string;
  name: string;
  /** null: no value, which is not zero */
  value: number | null;
  stale: boolean;
  at: number;
  /** undefined where it is a count, not a reading */
  attributes: ReadingAttributes | undefined;
  decimals: number | undefined;
  unit: string | undefined;
  own: Record<string, string | number | boolean | null>;
}

export interface MemberOptions {
  /** keys, or metrics of one asset, in the order to be shown; others are not shown. @default the view's order */
  order?: string[] | undefined;
  /** names of keys that are not names themselves, or of metrics of one asset */
  words?: Record<string, Words> | undefined;
  /** what a slot of a series says. @default avg */
  slot?: 'avg' | 'max' | 'last' | undefined;
}

interface Shown {
  spec: ViewSpec;
  state: ViewState | null | undefined;
}

export function membersOf(view: Shown | undefined, options: MemberOptions, now: number, lang: 'zh' | 'en'): Member[] {
  const state = view?.state;
  if (!view || !state || state.meta.error !== undefined) return [];
  const keys = isTimed(view.spec) ? slotsOf(view.spec, state, now) : state.order;
  const members = keys.map((key) => memberOf(key, view.spec, state, now, options.slot));
  const named = members.map((member) => ({
    ...member,
    name: (options.words?.[member.key] ?? options.words?.[metricOf(member.key)])?.[lang] ?? member.name,
  }));
  if (!options.order) return named;
  return options.order.map(
    (key) =>
      named.find((member) => member.key === key || metricOf(member.key) === key) ?? {
        ...memberOf(key, view.spec, state, now, options.slot),
        name: options.words?.[key]?.[lang] ?? key,
      },
  );
}

/** Rows of a latest view over one asset are its metrics: their keys end in `|metric`. */
function metricOf(key: string): string {
  return key.slice(key.indexOf('|') + 1);
}

/** Whether the members of a view are slots of time. */
export function isTimed(spec: ViewSpec): boolean {
  return spec.kind === 'series' || (spec.kind === 'tally' && (spec.by === 'time' || spec.by === 'began'));
}

const HOUR = 3_600_000;

/** Slots without a row have their place too: a column that is missing would move all others. */
function slotsOf(spec: ViewSpec, state: ViewState, now: number): string[] {
  const step = spec.kind === 'series' ? spec.step : spec.kind === 'tally' ? (spec.step ?? HOUR) : HOUR;
  const known = state.order.map((key) => Number(key.slice(key.indexOf('|') + 1))).filter(Number.isFinite);
  const back =
    spec.kind === 'series' ? spec.window : spec.kind === 'tally' && typeof spec.since === 'number' ? spec.since : null;
  const zone = 8 * HOUR;
  const newest = Math.floor((now + zone) / step) * step - zone;
  const first = back === null ? Math.min(...known, newest) : newest - (Math.ceil(back / step) - 1) * step;
  const slots: string[] = [];
  for (let at = first; at <= newest && slots.length < 400; at += step) slots.push(String(at));
  return slots;
}

function memberOf(
  key: string,
  spec: ViewSpec,
  state: ViewState,
  now: number,
  slotFigure: 'avg' | 'max' | 'last' = 'avg',
): Member {
  const row = state.rows[key];
  const origin = state.meta.origin ?? 'live';
  const base = { key, name: key, stale: false, at: 0, decimals: state.meta.decimals, unit: state.meta.unit, own: {} };
  if (spec.kind === 'tally') {
    const timed = isTimed(spec);
    return {
      ...base,
      name: timed ? hourMinute(Number(key)) : key,
      // nothing happened: a true zero
      value: (row as TallyRow | undefined)?.count ?? 0,
      attributes: undefined,
    };
  }
  if (spec.kind === 'series') {
    const slot = row as SeriesRow | undefined;
    return {
      ...base,
      name: hourMinute(Number(key)),
      at: Number(key),
      value: slot?.[slotFigure] ?? null,
      attributes: attributesOf(spec.asset, spec.metric, Number(key), origin),
    };
  }
  if (spec.kind === 'aggregate') {
    const figure = row as AggregateRow | undefined;
    const at = figure?.at ?? figure?.oldestAt ?? 0;
    const stale = figure?.fresh === 0;
    return {
      ...base,
      at,
      stale,
      value: figure?.value ?? null,
      attributes: {
        ...attributesOf(figure?.asset ?? key, spec.of.split('/').at(-1) ?? '', at, figure?.origin ?? origin),
        ...(stale && { 'data-quality': 'stale' }),
      },
    };
  }
  const value = row as ValueRow | undefined;
  if (!value) return { ...base, value: null, attributes: attributesOf(key, '', 0, origin) };
  const attributes = readingAttributes(value, now);
  return {
    ...base,
    name: value.name,
    at: value.at,
    value: typeof value.value === 'number' ? value.value : null,
    stale: value.value !== null && attributes['data-quality'] === 'stale',
    attributes,
    decimals: value.decimals ?? base.decimals,
    unit: value.unit ?? base.unit,
    own: value.attributes ?? {},
  };
}

function attributesOf(
  asset: string,
  metric: string,
  at: number,
  origin: ReadingAttributes['data-origin'],
): ReadingAttributes {
  return {
    'data-asset': asset,
    'data-metric': metric,
    'data-at': iso(at),
    'data-quality': 'good',
    'data-origin': origin,
  };
}
