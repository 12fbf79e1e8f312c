import type { Flag, Origin, Quality } from './quality.js';

/** A measured value: number, boolean, text (a state or a text reading) or a position `[lon, lat]` in WGS-84 degrees. */
export type ReadingValue = number | boolean | string | [number, number];

/** One value of one metric of one asset, as measured. Times are Unix milliseconds, UTC. */
export interface Reading {
  /** `system/type/key` */
  asset: string;
  metric: string;
  value: ReadingValue;
  /** when it was measured (or received, where the message has no usable time: then a flag says so) */
  at: number;
  receivedAt: number;
  quality: Quality;
  origin: Origin;
  flags: Flag[];
}

/** The newest measured value of a series, as kept in state. */
export interface LatestValue {
  value: ReadingValue;
  at: number;
  receivedAt: number;
  quality: Quality;
  origin: Origin;
  flags: Flag[];
  /** id of the feed that brought it */
  feed: string;
}
