import type { SeriesRow, SeriesViewSpec, TallyRow, TallyViewSpec, ViewState } from '@citywall/protocol';
import { signed } from '../../readings/format.js';
import type { CardOptions } from './panel.js';

type Card = CardOptions['cards'][number];

export const AGO: Record<NonNullable<Card['compare']>, number> = {
  hour: 3_600_000,
  yesterday: 86_400_000,
  week: 7 * 86_400_000,
};

/** Averages slot by slot up to now, gaps as null: what a small line draws. */
export function lineOf(
  state: ViewState | null | undefined,
  spec: SeriesViewSpec | undefined,
  now: number,
): (number | null)[] {
  if (!state || !spec || state.meta.error !== undefined || state.order.length === 0) return [];
  const last = Math.floor(now / spec.step) * spec.step;
  const first = last - (Math.ceil(spec.window / spec.step) - 1) * spec.step;
  const values: (number | null)[] = [];
  for (let at = first; at <= last; at += spec.step) {
    values.push((state.rows[String(at)] as SeriesRow | undefined)?.avg ?? null);
  }
  // the slot that has just begun is no gap yet
  while (values.length > 1 && values.at(-1) === null && values.length > Math.ceil(spec.window / spec.step) - 2)
    values.pop();
  return values;
}

const HOUR = 3_600_000;
/** City time begins its days at this hour of UTC, so do its slots. */
const ZONE = 8 * HOUR;

/** Counts slot by slot up to now: a slot in which nothing came is a true zero while its feeds are heard. */
export function countsLine(
  state: ViewState | null | undefined,
  spec: TallyViewSpec | undefined,
  now: number,
): (number | null)[] {
  if (!state || !spec || state.meta.error !== undefined || typeof spec.since !== 'number') return [];
  const { feedsTotal, feedsLive = 0, heardAt } = state.meta;
  if (state.order.length === 0 && feedsTotal !== undefined && feedsLive === 0 && heardAt == null) return [];
  const step = spec.step ?? HOUR;
  const last = Math.floor((now + ZONE) / step) * step - ZONE;
  const count = Math.ceil(spec.since / step);
  return Array.from({ length: count }, (_, i) => {
    const row = state.rows[String(last - (count - 1 - i) * step)] as TallyRow | undefined;
    return row?.count ?? 0;
  });
}

/** Average of the slot in which `at` lies; null where nothing was measured then. */
export function valueAt(
  state: ViewState | null | undefined,
  spec: SeriesViewSpec | undefined,
  at: number,
): number | null {
  if (!state || !spec || state.meta.error !== undefined) return null;
  return (state.rows[String(Math.floor(at / spec.step) * spec.step)] as SeriesRow | undefined)?.avg ?? null;
}

/** Difference as text; — where one of both is not known: an unknown past is no "unchanged". */
export function changeText(value: number | null, before: number | null, decimals: number): string {
  return value === null || before === null ? '—' : signed(value - before, decimals);
}

/** Whether the target is met; null where the figure is not known. */
export function isMet(value: number | null, target: Card['target']): boolean | null {
  if (value === null || target === undefined) return null;
  return target.better === 'below' ? value <= target.value : value >= target.value;
}
