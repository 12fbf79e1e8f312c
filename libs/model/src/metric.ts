import type { Words } from './asset.js';

export const METRIC_KINDS = ['gauge', 'counter', 'state', 'text', 'position'] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

export const HISTORIES = ['none', 'hour', 'day', 'quarter'] as const;
/** How long windows are kept: nothing, an hour, a day, a quarter of a year. */
export type History = (typeof HISTORIES)[number];

/** Catalogue entry of a metric of an asset type. */
export interface Metric {
  /** asset type it belongs to */
  type: string;
  name: string;
  label: Words;
  kind: MetricKind;
  /** as shown: `m`, `mm`, `km/h`; absent for states and texts */
  unit?: string;
  /** physical range; outside → `bad`, flag `range` */
  range?: { min?: number; max?: number };
  /** largest plausible change per minute; above → `uncertain`, flag `rate` */
  maxRatePerMinute?: number;
  /** positions: m/s between two reports; faster → `bad`, flag `rate` */
  maxSpeed?: number;
  /** positions: west, south, east, north; outside → `bad`, flag `range` */
  box?: readonly [west: number, south: number, east: number, north: number];
  /** ms after `at` when a value counts as stale; absent: never (things that report only changes) */
  staleAfter?: number;
  history: History;
  /** decimals shown */
  decimals?: number;
  /** values of a state, in order, with their words */
  states?: Record<string, Words>;
}
