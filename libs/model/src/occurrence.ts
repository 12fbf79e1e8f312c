import type { Origin } from './quality.js';
import type { ReadingValue } from './reading.js';

/** WGS-84 degrees. */
export interface Place {
  lon: number;
  lat: number;
}

/** A thing that happened, or a case with a life (城管案件, 预警). Upserted by `id` within its system. */
export interface Occurrence {
  id: string;
  system: string;
  type: string;
  /** asset id it concerns */
  asset?: string;
  /** Unix ms of the stage this message tells of */
  at: number;
  /** Unix ms when it began: as its source says, else of the earliest stage that was told of; absent where that is the one at `at` */
  beganAt?: number;
  receivedAt: number;
  status: string;
  /** the source's own level word or priority; its scale is the type's */
  level?: string;
  place?: Place;
  fields: Record<string, ReadingValue | null>;
  origin: Origin;
}
