import type { AlarmPriority, Origin, StandingState, Words } from '@citywall/model';
import type { AggregateViewSpec, AlarmsViewSpec, SystemsViewSpec, TallyViewSpec } from './view-spec.js';

/** Views over several systems at once: cases of many kinds, an index of the whole, towns side by side, what is notable. */

/** How many occurrences of some types began, are open and ended. */
export interface CaseloadViewSpec {
  kind: 'caseload';
  /** `system/type` of occurrences, a row each */
  types: string[];
  /** since when begun and ended ones count: local midnight in Asia/Shanghai, or ms back. Open ones count whenever they began */
  since: 'today' | number;
}

/** Views that one number can be taken from. */
export type MeasuredViewSpec = AggregateViewSpec | TallyViewSpec | CaseloadViewSpec | AlarmsViewSpec | SystemsViewSpec;

/**
 * Which number of a view: `value` an aggregate's, `share` the members that meet its `where` in % of the fresh ones, `count` a
 * tally's or of alarms, `opened` `open` `closed` a caseload's, `freshShare` `feedsShare` of all systems in %.
 */
export const TAKES = ['value', 'share', 'count', 'opened', 'open', 'closed', 'freshShare', 'feedsShare'] as const;
export type Take = (typeof TAKES)[number];

export interface IndexMeasure {
  id: string;
  name: Words;
  unit?: Words;
  decimals?: number;
  view: MeasuredViewSpec;
  take: Take;
  /** `[measured, points 0–100]`, rising in the first; a straight line between, the end's points beyond */
  score: [measured: number, points: number][];
  /** among the measures of its part */
  weight: number;
}

export interface IndexPart {
  id: string;
  name: Words;
  /** among the parts; those of systems that are not connected give theirs to the others */
  weight: number;
  measures: IndexMeasure[];
}

/** One index 0–100 over weighted parts, each a mean of scored measures. Row key: id of the part. */
export interface IndexViewSpec {
  kind: 'index';
  /** share of its data (0–1) below which a part, and the whole, has no score */
  atLeast: number;
  parts: IndexPart[];
}

export interface GroupColumn {
  id: string;
  /** an aggregate without `by` (it is grouped by the view's), a caseload, whose types are added up, or alarms */
  view: AggregateViewSpec | CaseloadViewSpec | AlarmsViewSpec;
  take: Take;
}

/** Groups of assets (towns) side by side, a column a measure. Row key: the group. */
export interface GroupsViewSpec {
  kind: 'groups';
  /** attribute of assets; an occurrence has its asset's, else its own field of that name */
  by: string;
  columns: GroupColumn[];
  /** ids of columns: groups stand by the first of them, the largest first, then by the second … */
  order: string[];
  limit: number;
  /** groups that have a row though nothing is known of them; others that data name come beside them */
  all?: string[];
}

/** Whether a measure stands: shown · thin: too little of its data · waiting: never any · unconnected: no pack describes its system. */
export type MeasureState = 'shown' | 'thin' | 'waiting' | 'unconnected';

export interface MeasureRow {
  id: string;
  name: Words;
  unit?: Words;
  decimals?: number;
  state: MeasureState;
  value: number | null;
  /** 0–100, one decimal */
  score: number | null;
  /** members, feeds or systems it rests on */
  fresh: number;
  total: number;
  /** the asset that holds an extreme */
  asset?: string;
  place?: string;
}

/** Row of an index view: a part. */
export interface IndexRow {
  name: Words;
  /** its share of the whole in %, after the parts that are not connected gave theirs away; 0 for these */
  share: number;
  state: MeasureState;
  score: number | null;
  /** 0–1 */
  coverage: number;
  measures: MeasureRow[];
  origin: Origin;
}

/** Row of a groups view; lists are as long as the columns. */
export interface GroupRow {
  values: (number | null)[];
  /** members of the group that an aggregate counts; 0 and 0 for occurrences */
  fresh: number[];
  total: number[];
  origin: Origin;
}

/** Row of a caseload view; the key is `system/type`. */
export interface CaseloadRow {
  system: string;
  type: string;
  state: 'live' | 'partial' | 'silent' | 'waiting' | 'unconnected';
  opened: number;
  open: number;
  closed: number;
  /** the counts are lower bounds: older occurrences are not kept in memory */
  capped?: boolean;
  /** when the feeds that bring them were last heard, where none of them lives; Unix ms, null never */
  heardAt?: number | null;
  origin: Origin;
}

/**
 * Everything notable in one list, newest change first: alarms, occurrences, CityWall's own conditions. One thing is one row
 * that changes: an alarm that clears moves up, it does not come twice. Row key: `alarm:…`, `occurrence:…`, `notice:…`.
 */
export interface NotableViewSpec {
  kind: 'notable';
  /** ms back from now, at most a day */
  window: number;
  limit: number;
  /** priorities of alarms; absent: no alarms */
  alarms?: AlarmPriority[];
  /** `system/type` of occurrences, and the levels that make one notable (absent: all) */
  occurrences?: { type: string; levels?: string[] }[];
  /** fields of occurrences tried in turn for their text */
  text?: string[];
  /** CityWall's own conditions: feeds that fell silent and are back */
  notices?: boolean;
}

/** Row of a notable view. Times are Unix ms. */
export interface NotableRow {
  source: 'alarm' | 'occurrence' | 'notice';
  /** `''` of a condition that belongs to none */
  system: string;
  short?: Words;
  /** newest change */
  at: number;
  since: number;
  /** when it was over; null: it is not */
  until: number | null;
  text: Words;
  /** of the asset, else the town */
  place?: string;
  /** alarm */
  priority?: AlarmPriority;
  state?: StandingState;
  /** alarm: nobody knows whether it still holds */
  unknown?: boolean;
  /** alarms of P3 and P4: how many of the same rule the row stands for; absent: one */
  count?: number;
  /** occurrence: in the words of its pack */
  status?: Words;
  level?: Words;
  origin: Origin;
}
