import type { AggregateRow, SystemRow, ValueRow, ViewSpec, ViewState } from '@citywall/protocol';
import { figure } from '../../readings/format.js';
import { iso, isStale, type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import type { Summary } from '../../readings/summary.js';
import type { FigureOptions } from './panel.js';

type Show = FigureOptions['main'];

export interface ShownFigure {
  text: string;
  unit: string;
  label: string;
  /** what the element that shows it says of itself; undefined where it is a count, not a reading */
  attributes: ReadingAttributes | undefined;
}

/** Text, unit and reading attributes of one figure of a card. */
export function shownFigure(
  show: Show,
  view: { spec: ViewSpec; state: ViewState | null } | undefined,
  summary: Summary,
  now: number,
  lang: 'zh' | 'en',
): ShownFigure {
  const value = shownValue(show, view);
  const classed = typeof value === 'number' ? classOf(show, value, lang) : undefined;
  return {
    // a lower bound is said to be one
    text: `${show.show === 'count' && view?.state?.meta.capped ? '≥ ' : ''}${typeof value === 'string' ? value : figure(value, show.decimals ?? 0)}`,
    unit: [show.unit?.[lang], classed].filter(Boolean).join(' '),
    label: show.label?.[lang] ?? '',
    attributes: attributesOf(view, summary, now),
  };
}

function shownValue(show: Show, view: { spec: ViewSpec; state: ViewState | null } | undefined): number | string | null {
  const state = view?.state;
  // a view that can't be computed has no rows either: an empty one must not read as zero
  if (!state || state.meta.error !== undefined) return null;
  if (show.show === 'count') return neverHeard(state) ? null : (state.meta.count ?? state.order.length);
  const first = state.rows[state.order[0] ?? ''] as (AggregateRow & Partial<ValueRow>) | undefined;
  if (show.show === 'value') return typeof first?.value === 'number' ? first.value : null;
  if (show.show === 'name') return first?.name ?? '';
  const systems = Object.values(state.rows) as SystemRow[];
  if (show.show === 'systemsLive') return `${liveSystems(systems)}/${systems.length}`;
  const total = systems.reduce((sum, system) => sum + system.total, 0);
  return total > 0 ? (100 * systems.reduce((sum, system) => sum + system.fresh, 0)) / total : null;
}

/** Nothing was ever heard of what would be counted: that is no count of zero. */
export function neverHeard({ meta, order }: ViewState): boolean {
  return order.length === 0 && meta.feedsTotal !== undefined && meta.feedsLive === 0 && meta.heardAt == null;
}

/** Systems that bring anything at all. */
export function liveSystems(systems: SystemRow[]): number {
  return systems.filter((system) => system.state === 'live' || system.state === 'partial').length;
}

function classOf(show: Show, value: number, lang: 'zh' | 'en'): string | undefined {
  return show.classes?.find((range) => range.below === undefined || value < range.below)?.[lang];
}

function attributesOf(
  view: { spec: ViewSpec; state: ViewState | null } | undefined,
  summary: Summary,
  now: number,
): ReadingAttributes | undefined {
  const row = view?.state?.rows[view.state.order[0] ?? ''];
  if (!view || !row) return undefined;
  if (view.spec.kind === 'latest') return readingAttributes(row as ValueRow, now);
  if (view.spec.kind !== 'aggregate') return undefined;
  const aggregate = row as AggregateRow;
  const old =
    aggregate.fresh === 0 ||
    summary.state === 'silent' ||
    (aggregate.total === 1 &&
      aggregate.oldestAt !== null &&
      isStale(aggregate.oldestAt, view.state?.meta.staleAfter, now));
  return {
    'data-asset': aggregate.asset,
    'data-metric': view.spec.of.split('/').at(-1) ?? '',
    'data-at': iso(aggregate.at ?? aggregate.oldestAt),
    'data-quality': old ? 'stale' : (aggregate.quality ?? 'good'),
    'data-origin': aggregate.origin,
  };
}
