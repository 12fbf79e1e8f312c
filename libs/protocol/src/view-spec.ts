import type { AlarmEventKind, AlarmPriority, ReadingValue } from '@citywall/model';
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
