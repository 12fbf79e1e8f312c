import type { AlarmPriority, Asset, Words } from '@citywall/model';

export type Scalar = string | number | boolean | null;
export type Attributes = Asset['attributes'];

/** A number, or an attribute of the asset (`floodLimit`) plus a constant. */
export type Limit = number | { attribute: string; plus?: number };

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
  /** no value for this long; stands alone */
  absent?: number;
  /** change over a time, upwards or (below, a negative number) downwards */
  rate?: { above?: number; below?: number; per: number };
}

/** An alarm rule as a pack says it. Durations are ms. */
export interface AlarmRule {
  id: string;
  name?: Words;
  /** `type/metric` */
  metric?: string;
  occurrence?: { type: string; status?: string | string[]; level?: string | string[] };
  when?: AlarmCondition;
  for?: number;
  clearFor?: number;
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
  /** whether an occurrence of the type is over in this status */
  closed(type: string, status: string): boolean;
}
