import type { ViewSpec, ViewState } from '@citywall/protocol';
import { isStale } from './shown.js';

/**
 * loading: no snapshot yet · waiting: nothing ever came · live · partial: some members without a fresh value ·
 * silent: had values, none is fresh · error: the view can't be computed.
 */
export type PanelState = 'loading' | 'waiting' | 'live' | 'partial' | 'silent' | 'error';

/** What a panel says of all that is below it. Times are Unix ms. */
export interface Summary {
  state: PanelState;
  /** null where the view has no members to count (lists, tallies all of whose feeds live) */
  coverage: { fresh: number; total: number } | null;
  /** what the coverage counts, where it is no members. @default members */
  counts?: 'feeds';
  /** measured time of the oldest member counted */
  oldestAt: number | null;
  /** measured time of the newest member known, for 末次 */
  newestAt: number | null;
  error: string | null;
}

interface AgedRow {
  asset?: string;
  at?: number;
  value?: unknown;
  staleAfter?: number;
  oldestAt?: number | null;
  newestAt?: number | null;
}

const NOTHING: Summary = { state: 'loading', coverage: null, oldestAt: null, newestAt: null, error: null };
/** views whose empty rows are an answer, not a lack of one: their feeds say whether it is believed */
const MAY_BE_EMPTY = new Set(['tally', 'flow', 'caseload', 'list', 'notices', 'alarms', 'alarm-events', 'notable']);

/** ms that counts are believed after the server was last heard: their members' own ages are not known here. */
const COUNTS_GOOD_FOR = 60_000;

/** Assets of which every value is fresh. */
function assetCoverage(rows: AgedRow[], view: ViewState, now: number): { fresh: number; total: number } {
  const assets = new Map<string, boolean>();
  for (const row of rows) {
    const fresh = row.value !== null && !isStale(row.at ?? 0, row.staleAfter ?? view.meta.staleAfter, now);
    assets.set(row.asset ?? '', (assets.get(row.asset ?? '') ?? true) && fresh);
  }
  return { fresh: [...assets.values()].filter(Boolean).length, total: assets.size };
}

/**
 * Occurrences come when something happens: that none came is news only while their feeds live. Rows say nothing of that, the
 * server does; and of what it said before the link was lost nobody knows whether it still is so.
 */
function ofFeeds({ meta, order }: ViewState, now: number, heard: number, newestAt: number | null): Summary {
  if (now - heard > COUNTS_GOOD_FOR) return { ...NOTHING, state: 'silent', newestAt: heard };
  const { feedsTotal, feedsLive = 0, heardAt } = meta;
  if (feedsTotal === undefined || feedsLive >= feedsTotal) return { ...NOTHING, state: 'live', newestAt };
  if (feedsLive > 0) {
    return {
      ...NOTHING,
      state: 'partial',
      coverage: { fresh: feedsLive, total: feedsTotal },
      counts: 'feeds',
      newestAt,
    };
  }
  if (heardAt == null && order.length === 0) return { ...NOTHING, state: 'waiting' };
  return { ...NOTHING, state: 'silent', newestAt: heardAt ?? newestAt };
}

/** Whether no part of it (no kind of cases, no part of an index) was ever told of. */
function isUnheard({ rows }: ViewState): boolean {
  return (Object.values(rows) as { state?: string }[]).every(
    ({ state }) => state === 'waiting' || state === 'unconnected',
  );
}

/** An index is worked out anew every second: what counts is how many of its measures stand. */
function ofMeasures(view: ViewState, now: number, heard: number): Summary {
  const coverage = { fresh: view.meta.fresh ?? 0, total: view.meta.total ?? 0 };
  if (isUnheard(view)) return { ...NOTHING, state: 'waiting' };
  if (now - heard > COUNTS_GOOD_FOR) return { ...NOTHING, coverage, state: 'silent', newestAt: heard };
  if (coverage.fresh === 0) return { ...NOTHING, coverage, state: 'silent' };
  return { ...NOTHING, coverage, state: coverage.fresh < coverage.total ? 'partial' : 'live' };
}

/**
 * Coverage, age and state of a view as of now.
 * @param heard newest moment the server's word is good for: now while the link is live, else when it was lost. After it the
 * server's count of fresh members grows old too, and rows are judged by their own age.
 */
export function summarise(
  spec: ViewSpec | undefined,
  view: ViewState | null | undefined,
  now: number,
  heard: number,
): Summary {
  if (!spec || !view) return NOTHING;
  const rows = Object.values(view.rows) as AgedRow[];
  const newestAt = rows.reduce<number | null>((newest, row) => {
    const at = row.at ?? (spec.kind === 'coverage' ? row.newestAt : row.oldestAt) ?? null;
    return at !== null && at > 0 && (newest === null || at > newest) ? at : newest;
  }, null);
  if (view.meta.error !== undefined) return { ...NOTHING, state: 'error', newestAt, error: view.meta.error };
  if (MAY_BE_EMPTY.has(spec.kind)) {
    if (spec.kind === 'caseload' && isUnheard(view)) return { ...NOTHING, state: 'waiting' };
    const { counts, ...summary } = ofFeeds(view, now, heard, newestAt);
    // of a caseload the kinds of cases are counted, which the panel names
    return counts === undefined || spec.kind === 'caseload' ? summary : { ...summary, counts };
  }
  if (spec.kind === 'index') return ofMeasures(view, now, heard);
  if (spec.kind === 'groups' && now - heard > COUNTS_GOOD_FOR) return { ...NOTHING, state: 'silent', newestAt: heard };

  const dated = rows.filter((row) => row.at !== undefined && row.value !== undefined);
  const valued = dated.filter((row) => row.value !== null && row.at! > 0);
  const freshRows = valued.filter((row) => !isStale(row.at!, row.staleAfter ?? view.meta.staleAfter, now)).length;
  // several metrics an asset: the server counts values, people count assets
  const assets = spec.kind === 'latest' && spec.metrics.length > 1 ? assetCoverage(dated, view, now) : null;
  // of a single asset the values are what is counted: one old value is not its silence
  const byAsset = assets && assets.total > 1 ? assets : null;
  // all that is expected of them is there: a closed hall owes no queue
  const whole = view.meta.total !== undefined && view.meta.total > 0 && (view.meta.fresh ?? 0) >= view.meta.total;
  let fresh = (whole ? byAsset?.total : byAsset?.fresh) ?? view.meta.fresh ?? freshRows;
  const total = byAsset?.total ?? view.meta.total ?? dated.length;
  // the server's count can only have shrunk since it was last heard
  if (view.meta.fresh !== undefined && view.meta.staleAfter !== undefined && now - heard > view.meta.staleAfter)
    fresh = 0;
  else if (now > heard && dated.length > 0 && freshRows < valued.length) fresh = Math.min(fresh, freshRows);

  const oldestAt =
    view.meta.oldestAt ?? valued.reduce<number | null>((oldest, row) => Math.min(oldest ?? row.at!, row.at!), null);
  const counted = { coverage: total > 0 ? { fresh, total } : null, oldestAt, newestAt, error: null };
  if (spec.kind === 'systems') {
    if (now - heard > COUNTS_GOOD_FOR) return { ...counted, state: 'silent', newestAt: heard };
    return { ...counted, state: rows.length ? 'live' : 'waiting' };
  }
  if (spec.kind === 'coverage') {
    // its oldest is one of the fresh: where none is fresh, the newest of all says whether anything ever came
    if (fresh === 0 || now - heard > COUNTS_GOOD_FOR) {
      return { ...counted, state: newestAt === null ? 'waiting' : 'silent' };
    }
    return { ...counted, state: fresh < total ? 'partial' : 'live' };
  }
  if (spec.kind === 'series') return { ...counted, state: rows.length ? 'live' : 'waiting' };
  if (fresh === 0 && oldestAt === null && valued.length === 0) return { ...counted, state: 'waiting' };
  // no asset is whole, but some of their values are fresh: that is not silence
  if (fresh === 0 && total > 0 && !(byAsset && freshRows > 0 && now <= heard)) return { ...counted, state: 'silent' };
  return { ...counted, state: fresh < total ? 'partial' : 'live' };
}
