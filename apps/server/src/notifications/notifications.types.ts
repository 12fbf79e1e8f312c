import type { Notice } from '@citywall/model';
import type { Minute } from './flood.js';
import type { FailureReason } from './retry.js';
import type { Told } from './told.js';

/** One message on its way to one target. Times are Unix ms. */
export interface Delivery {
  /** by which the target knows a repetition */
  key: string;
  target: string;
  /** order of coming in */
  n: number;
  told: Told;
  queuedAt: number;
  /** made so far */
  attempts: number;
  /** not before this */
  dueAt: number;
  /** of the last attempt */
  reason?: FailureReason;
  detail?: string;
}

/** A message that was given up. */
export interface DeadLetter extends Delivery {
  diedAt: number;
}

/** A message that its target took. Times are Unix ms. */
export interface Delivered extends Pick<Delivery, 'target' | 'told' | 'attempts'> {
  /** order of being delivered */
  n: number;
  deliveredAt: number;
}

/** How a target does. Times are Unix ms. */
export interface TargetState {
  delivered: number;
  deliveredAt: number | null;
  /** since when nothing was delivered though it was tried; null: the last attempt was well */
  failingSince: number | null;
  reason?: FailureReason;
  detail?: string;
}

/** All that the courier keeps. */
export interface Kept {
  /** last entry of a system's alarms journal that was looked at */
  positions: Map<string, string>;
  minutes: Map<string, Minute>;
  /** notices that targets were told of */
  notices: Map<string, Notice>;
  /** alarms that were told as begun and not as over, each with the targets */
  open: Map<string, string[]>;
  queue: Map<string, Delivery>;
  targets: Map<string, TargetState>;
}

/** A field of one of the hashes to be written; `value` null removes it. */
export interface Write {
  hash: keyof Kept | 'dead' | 'again' | 'delivered';
  field: string;
  value: unknown;
}
