import type { AggregateRow, ValueRow, ViewState } from '@citywall/protocol';
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

/** Bars of a view in the order of the view. Bars start at zero; a value of null has no bar and the text —. */
export function barsOf(
  state: ViewState | null | undefined,
  metric: string,
  options: RankingOptions,
  now: number,
  lang: 'zh' | 'en',
): Bar[] {
  if (!state) return [];
  const rows = state.order.map((key) => ({ key, row: rowOf(key, state.rows[key], metric) }));
  const largest = Math.max(0, ...rows.map(({ row }) => (typeof row.value === 'number' ? row.value : 0)));
  const full = options.max ?? (largest > 0 ? largest : 1);
  return rows.map(({ key, row }) => {
    const attributes = readingAttributes(row, now);
    const value = typeof row.value === 'number' ? row.value : null;
    const share = value === null ? 0 : Math.min(1, Math.max(0, value / full));
    const town = row.attributes?.town;
    return {
      key,
      name: shortened(row.name, options.without),
      town: options.town && typeof town === 'string' ? town.replace(/(街道|镇|乡)$/, '') : '',
      text: figure(value, options.decimals ?? row.decimals ?? state.meta.decimals ?? 0),
      unit: options.unit?.[lang] ?? '',
      share,
      colour: colourOf(options, share),
      stale: attributes['data-quality'] === 'stale',
      at: row.at,
      attributes: { ...attributes, 'data-at': iso(row.at) },
    };
  });
}

/** The middle of a ramp: its darkest steps drown in the track below the bar, its lightest would shout. */
function colourOf(options: RankingOptions, share: number): string {
  if (!options.ramp) return COLOURS.s1;
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
