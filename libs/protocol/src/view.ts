import type { Origin } from '@citywall/model';

/** Facts about the whole view, beside its rows. Every member is a plain scalar so that a delta can replace it. */
export interface ViewMeta {
  fresh?: number;
  total?: number;
  oldestAt?: number | null;
  unit?: string;
  decimals?: number;
  /** least and largest value the metric can physically have, as its catalogue declares */
  rangeMin?: number;
  rangeMax?: number;
  /** worst origin of the members */
  origin?: Origin;
  /** sum of a tally, number of rows before a list's or a layer's limit */
  count?: number;
  /** `count` is a lower bound: older occurrences are not kept in memory */
  capped?: boolean;
  /** ms, staleness of the members where it is one for all */
  staleAfter?: number;
  /** list, tally, flow: feeds that can bring such occurrences; absent where no feed is declared for them, or not known yet */
  feedsTotal?: number;
  /** how many of those feeds brought a message when one was expected: whether "nothing new" is news or silence */
  feedsLive?: number;
  /** when the newest of those feeds was last heard, Unix ms, null never; only where none of them lives */
  heardAt?: number | null;
  /** index: 0–100, one decimal; null where too little of its data is there */
  score?: number | null;
  /** index: share of its data that is there, 0–1 */
  coverage?: number;
  /** alarms, systems: standing ones by priority that no cause explains, also those beyond the limit */
  p1?: number;
  p2?: number;
  p3?: number;
  p4?: number;
  unacknowledged?: number;
  /** alarms: standing ones that a cause explains; they are in no other count */
  suppressed?: number;
  /** alarms: those that people set aside for a time; they are in no other count */
  shelved?: number;
  /** alarms: those that people took out of service; they are in no other count */
  outOfService?: number;
  /** alarms: those (not suppressed, not set aside) of which nobody knows whether they still hold */
  unknown?: number;
  /** alarms: since when there is a flood of alarms, of all systems together, Unix ms; absent: there is none */
  flood?: number;
  /** alarms, alarm-events: systems of the view whose rules nobody evaluates now; none of their alarms is no finding */
  unwatched?: number;
  /** alarms, alarm-events: since when all its systems' rules are evaluated without a break, Unix ms */
  watchedSince?: number;
  /** why the view can't be computed; the panel shows it in place of its body */
  error?: string;
}

/**
 * State of a view: rows by key, in `order`. What a snapshot carries and what a chain of deltas rebuilds.
 * `rows` made by this library has no prototype, so a key such as `__proto__` is a key like any other.
 */
export interface ViewState<Row = unknown> {
  meta: ViewMeta;
  rows: Record<string, Row>;
  /** keys in the order of display; holds exactly the keys of `rows` */
  order: string[];
}

/** Members of several rows that changed alike: one column a member, as long as `rows`. */
export interface RowPatch {
  /** positions in the order *before* the delta */
  rows: number[];
  members: string[];
  columns: unknown[][];
}

/**
 * Difference of two states of the same view. Absent members changed nothing.
 * Rows are named by position where both sides know the position, so that a frame doesn't repeat ids.
 */
export interface ViewDelta<Row = unknown> {
  /** replaced members of meta */
  meta?: ViewMeta;
  /** members of meta that are gone */
  metaGone?: (keyof ViewMeta)[];
  /** rows of which some members changed */
  patch?: RowPatch[];
  /** new rows, and rows replaced as a whole, by key */
  set?: [key: string, row: Row][];
  /** positions (in the order before) of rows that are gone */
  gone?: number[];
  /**
   * absent: the old order without `gone`, new keys of `set` appended;
   * else the new order as positions in exactly that list
   */
  order?: number[];
}
