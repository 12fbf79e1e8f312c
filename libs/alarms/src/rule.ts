import type { AlarmPriority, Asset, Words } from '@citywall/model';

export type Scalar = string | number | boolean | null;
export type Attributes = Asset['attributes'];

/** A number, or an attribute of the asset (`floodLimit`) times a factor, plus a constant. */
export type Limit = number | { attribute: string; factor?: number; plus?: number };

/** When a rule holds; all that is said must hold. Durations are ms. */
export interface AlarmCondition {
  /** strictly above; `clearBelow` belongs to it */
  above?: Limit;
  /** at or above; `clearBelow` belongs to it */
  atLeast?: Limit;
  clearBelow?: Limit;
  /** strictly below; `clearAbove` belongs to it */
  below?: Limit;
  /** at or below; `clearAbove` belongs to it */
  atMost?: Limit;
  clearAbove?: Limit;
  is?: Scalar | Scalar[];
  /** from `low` to `high`, both included; clears `margin` away from them */
  between?: Band;
  /** below `low` or above `high`; clears `margin` inside them */
  outside?: Band;
  /** all of these, each of a metric of its own; stands alone */
  all?: ConditionTerm[];
  /** one of these at least; stands alone */
  any?: ConditionTerm[];
  /** no value for this long; stands alone */
  absent?: number;
  /** change over a time, upwards or (below, a negative number) downwards */
  rate?: { above?: number; below?: number; per: number };
  /** unlike the mean of the same hour a week ago, upwards or downwards */
  deviation?: { above?: Excess; below?: Excess; of: 'week' };
}

/** So much more or less: in the unit of the value, or % of what is usual. */
export type Excess = number | { percent: number };

export interface Band {
  low: Limit;
  high: Limit;
  margin?: number;
}

/** One of several conditions, or several of them together: what is more deeply nested can be written so. */
export type ConditionTerm = ConditionPart | { all: ConditionPart[] } | { any: ConditionPart[] };

/** One of several conditions. */
export interface ConditionPart
  extends Pick<
    AlarmCondition,
    'above' | 'atLeast' | 'clearBelow' | 'below' | 'atMost' | 'clearAbove' | 'is' | 'between' | 'outside'
  > {
  /** of the asset itself (`state`), or `type/metric` of the one that `of` names */
  metric: string;
  /** attribute of the asset that holds `type/key` of another one of the system */
  of?: string;
}

export interface OutageCondition {
  /** of the assets from which signs of life are awaited, % */
  share: number;
  /** all of them within this time, ms */
  within: number;
  /** only assets of these types; absent: all */
  types?: string[];
}

/** An alarm rule as a pack says it. Durations are ms. */
export interface AlarmRule {
  id: string;
  name?: Words;
  /** `type/metric` */
  metric?: string;
  occurrence?: {
    type: string;
    status?: string | string[];
    level?: string | string[];
    /** not where a field has one of these values */
    unless?: Record<string, Scalar | Scalar[]>;
  };
  /** many assets of the system fall silent together */
  outage?: OutageCondition;
  when?: AlarmCondition;
  for?: number;
  clearFor?: number;
  /** so much worse than when it was acknowledged, and it is unacknowledged again */
  worse?: number;
  priority: AlarmPriority;
  /** days of the year it runs, MM-DD, both included */
  season?: { from: string; to: string };
  group?: string[];
  suppressedBy?: string[];
  text: Words;
  guidance?: Words;
}

/** What rules need to know of the city. */
export interface AlarmCatalogue {
  /** by asset id; undefined: nobody declared it, it has no attributes */
  asset(id: string): Pick<Asset, 'attributes' | 'inService'> | undefined;
  /** ms, by `type/metric`; undefined: a value never is stale */
  staleAfter(metric: string): number | undefined;
  /** assets of a type whose attribute holds the `type/key` of another asset. @param asset the other one's id */
  referring(type: string, attribute: string, asset: string): readonly string[];
  /** assets on which an asset depends, the nearest first, each once; none: nothing is known above it */
  upstream(asset: string): readonly string[];
  /** assets that should speak, by id: ms after their last sign of life when they are silent */
  awaited(): ReadonlyMap<string, number>;
  /** whether a value of this `type/metric` is a sign of life of its asset */
  isSign(metric: string): boolean;
  /** `at`, or the end of the quiet hours of the feed in which it lies; Unix ms */
  quietUntil(feed: string, at: number): number;
  /** whether an occurrence of the type is over in this status */
  closed(type: string, status: string): boolean;
}
