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
