import type {
  AlarmEventKind,
  AlarmPriority,
  Flag,
  Origin,
  Quality,
  ReadingValue,
  StandingState,
  Words,
} from '@citywall/model';
import type { CaseloadViewSpec, GroupsViewSpec, IndexViewSpec, NotableViewSpec } from './city-view.js';

/**
 * A view is one live query. Panels of a scene compile to views; equal views are shared between scenes.
 * `of` is `system/type/metric`, as in `water/reservoir/level`.
 */
export type ViewSpec =
  | LatestViewSpec
  | SeriesViewSpec
  | MatrixViewSpec
  | NormalViewSpec
  | RankViewSpec
  | AggregateViewSpec
  | TallyViewSpec
  | FlowViewSpec
  | CoverageViewSpec
  | ListViewSpec
  | LayerViewSpec
  | CaseloadViewSpec
  | IndexViewSpec
  | GroupsViewSpec
  | NotableViewSpec
  | SystemsViewSpec
  | NoticesViewSpec
  | AlarmsViewSpec
  | AlarmEventsViewSpec;

/** Newest values of named assets (`assets`) or of all assets of a type. */
export interface LatestViewSpec {
  kind: 'latest';
  /** asset ids; absent: all assets of `type` */
  assets?: string[];
  /** `system/type` */
  type?: string;
  metrics: string[];
}

/** One-minute (or wider) windows of one series over the last `window` ms, or over the same time of another day. */
export interface SeriesViewSpec {
  kind: 'series';
  asset: string;
  metric: string;
  /** ms back from now */
  window: number;
  /** ms a point; a multiple of 60,000 */
  step: number;
  /** `today`: from local midnight on, whatever the window; the axis shows the whole day */
  since?: 'today';
  /** ms earlier (86,400,000: yesterday): a line to compare with. Rows keep the times they were measured at */
  shift?: number;
  /** ms beyond now that a shifted line still shows: how it went on then. With `since: today` it is the rest of the day */
  ahead?: number;
}

/** Windows of one metric of several assets over the last `window` ms: time across, members down. Row key: `asset|slot`. */
export interface MatrixViewSpec {
  kind: 'matrix';
  /** asset ids; absent: all assets of `type` */
  assets?: string[];
  /** `system/type` */
  type?: string;
  metric: string;
  /** ms back from now */
  window: number;
  /** ms a cell; a multiple of 60,000 */
  step: number;
}

/**
 * What is usual: quantiles of a series at the same time of day over the last `days` days (today is not among them). Rows are
 * placed in the time that is shown, from `window` ms back to `ahead` ms on; row key: the slot's start in ms as text.
 */
export interface NormalViewSpec {
  kind: 'normal';
  asset: string;
  metric: string;
  /** ms back from now */
  window: number;
  /** ms a slot; a multiple of 3,600,000: only hours are kept that long */
  step: number;
  days: number;
  /** ms beyond now */
  ahead?: number;
  /** `today`: the whole day from local midnight, whatever window and ahead */
  since?: 'today';
}

export interface RankViewSpec {
  kind: 'rank';
  of: string;
  order: 'asc' | 'desc';
  limit: number;
}

export type AggregateFn = 'count' | 'sum' | 'avg' | 'min' | 'max';

/** A condition on a member's value; `{ attribute }` compares with an attribute of the asset (`floodLimit`). */
export interface MemberCondition {
  above?: number | { attribute: string };
  below?: number | { attribute: string };
  atLeast?: number | { attribute: string };
  atMost?: number | { attribute: string };
  is?: ReadingValue[];
}

/** One figure over all assets of a metric, or one figure a group when `by` names an asset attribute. */
export interface AggregateViewSpec {
  kind: 'aggregate';
  of: string;
  fn: AggregateFn;
  where?: MemberCondition;
  /** asset attribute to group by, e.g. `town` */
  by?: string;
}

/** Number of occurrences per value of `by` (`status`, `level`, `type`, `field:name`), `time`: per slot of `step` ms of the last stage, `began`: of the first. */
export interface TallyViewSpec {
  kind: 'tally';
  system: string;
  type?: string;
  by: string;
  /** ms a slot where `by` is `time` or `began`; the row key is the slot's start in ms as text */
  step?: number;
  /** `today` (local midnight in Asia/Shanghai) or ms back */
  since?: 'today' | number;
  status?: string[];
}

/** Number of occurrences that pass from one value to the next: a column of values a stage, a link between neighbours. */
export interface FlowViewSpec {
  kind: 'flow';
  system: string;
  type?: string;
  /** two or more of `status`, `level`, `type`, `field:name`, from left to right */
  stages: string[];
  since?: 'today' | number;
  status?: string[];
}

/** How many assets of some types have a fresh value. */
export interface CoverageViewSpec {
  kind: 'coverage';
  /** `system/type` */
  types: string[];
}

/** Newest occurrences. */
export interface ListViewSpec {
  kind: 'list';
  systems: string[];
  types?: string[];
  status?: string[];
  limit: number;
}

/** Assets of a type on the map, with one metric's value each. */
export interface LayerViewSpec {
  kind: 'layer';
  of: string;
  /** metric of the same type that says where a moving asset heads, degrees clockwise from north */
  heading?: string;
}

/** Status of every connected system. */
export interface SystemsViewSpec {
  kind: 'systems';
}

/** CityWall's own conditions (feed silent, Redis gone …). */
export interface NoticesViewSpec {
  kind: 'notices';
}

/**
 * Standing alarms: unacknowledged P1 first, then by priority, then the newest; those that a cause explains or people set
 * aside are left out and counted in `meta.suppressed`, `shelved`, `outOfService`. With `by` no alarms but how many there are, a row a system or town, most urgent first.
 */
export interface AlarmsViewSpec {
  kind: 'alarms';
  /** absent: all */
  systems?: string[];
  priorities?: AlarmPriority[];
  by?: 'system' | 'town';
  limit: number;
}

/** What happened to alarms of late, newest first: what was suppressed when it was raised is left out. */
export interface AlarmEventsViewSpec {
  kind: 'alarm-events';
  /** absent: all */
  systems?: string[];
  priorities?: AlarmPriority[];
  /** absent: raised, cleared, acknowledged, ended */
  events?: AlarmEventKind[];
  /** ms back from now, at most a day */
  window: number;
  limit: number;
}

/** What every panel says of the data below it. Times are Unix ms. */
export interface Coverage {
  /** members with a fresh value */
  fresh: number;
  /** expected members (declared and in service, or seen in 24 h where none is declared) */
  total: number;
  /** measured time of the oldest fresh-or-stale member counted, null when no member ever had a value */
  oldestAt: number | null;
}

/** Row of latest, rank and layer views. */
export interface ValueRow {
  asset: string;
  name: string;
  metric: string;
  /** null: never had a value */
  value: ReadingValue | null;
  at: number;
  receivedAt: number;
  quality: Quality;
  origin: Origin;
  flags?: Flag[];
  /** id of the feed that brought it ("where does this come from") */
  feed: string;
  unit?: string;
  decimals?: number;
  /** ms after `at` when it counts as stale; absent: never */
  staleAfter?: number;
  attributes?: Record<string, string | number | boolean | null>;
  /** layer only: WGS-84 */
  place?: [number, number];
  placement?: 'surveyed' | 'schematic';
  /** layer only, moving assets: measured time of the position, Unix ms */
  placeAt?: number;
  /** layer only, where the view asks for it: degrees clockwise from north */
  heading?: number;
}

/** Row of a series or matrix view; the key is the slot's start in ms as text (after `asset|`). A gap is an absent row. */
export interface SeriesRow {
  at: number;
  min: number;
  max: number;
  avg: number;
  last: number;
  count: number;
}

/** Row of a normal view. */
export interface NormalRow {
  at: number;
  p10: number;
  p50: number;
  p90: number;
  /** days that had a value then */
  count: number;
}

/** Row of an aggregate view; the key is the group, or `all`. */
export interface AggregateRow extends Coverage {
  /** null: no member has a value */
  value: number | null;
  origin: Origin;
  /** members that meet `where` */
  matching?: number;
  /** asset that holds the extreme (fn min or max), with its name, measured time and quality */
  asset?: string;
  name?: string;
  at?: number;
  quality?: Quality;
}

export interface TallyRow {
  count: number;
}

/** Row of a flow view; the key is `step>from>to`. An occurrence without a value counts as `''`. */
export interface FlowRow {
  /** 0: from the first stage to the second */
  step: number;
  from: string;
  to: string;
  count: number;
}

/** Row of a coverage view; the key is `system/type`. */
export interface CoverageRow extends Coverage {
  name: Words;
  /** measured time of the newest value of any of them, fresh or not; null: never any */
  newestAt: number | null;
  origin: Origin;
}

/** Row of a list view; the key is `system/id`. Personal fields are masked before they get here. */
export interface OccurrenceRow {
  id: string;
  system: string;
  type: string;
  at: number;
  receivedAt: number;
  status: string;
  level?: string;
  asset?: string;
  name?: string;
  fields: Record<string, ReadingValue | null>;
  place?: [number, number];
  origin: Origin;
}

export interface SystemRow {
  id: string;
  name: Words;
  short: Words;
  order: number;
  state: 'live' | 'partial' | 'silent' | 'waiting';
  fresh: number;
  total: number;
  oldestAt: number | null;
  newestAt: number | null;
  feedsLive: number;
  feedsTotal: number;
  origin: Origin;
  /** standing alarms that no cause explains; absent: not known yet */
  p1?: number;
  p2?: number;
  p3?: number;
  p4?: number;
  unacknowledged?: number;
}

export interface NoticeRow {
  id: string;
  reason: string;
  subject?: string;
  system?: string;
  since: number;
  count: number;
  text: Words;
}

/** Row of an alarms view; the key is the alarm's id. Personal fields in texts are masked before they get here. */
export interface AlarmRow {
  id: string;
  system: string;
  rule: string;
  asset?: string;
  /** id of the occurrence that it was born of */
  occurrence?: string;
  /** of the asset */
  name?: string;
  priority: AlarmPriority;
  state: StandingState;
  /** its input is silent, stale or bad: nobody knows whether it still holds */
  unknown: boolean;
  raisedAt: number;
  changedAt: number;
  clearedAt?: number;
  acknowledgedAt?: number;
  value: ReadingValue | null;
  unit?: string;
  text: Words;
  guidance?: Words;
  town?: string;
  group: Record<string, string | number | boolean | null>;
  place?: [number, number];
  origin: Origin;
}

/** Row of an alarms view with `by`; the key is the system or the town (`''`: none is known). Counts as in its meta. */
export interface AlarmCountRow {
  p1: number;
  p2: number;
  p3: number;
  p4: number;
  unacknowledged: number;
  suppressed: number;
  shelved: number;
  outOfService: number;
  unknown: number;
  origin: Origin;
}

/** Row of an alarm-events view; the key is its place in the journal. */
export interface AlarmEventRow {
  event: AlarmEventKind;
  at: number;
  /** the alarm's */
  id: string;
  system: string;
  rule: string;
  asset?: string;
  name?: string;
  priority: AlarmPriority;
  text: Words;
  town?: string;
  origin: Origin;
}

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
