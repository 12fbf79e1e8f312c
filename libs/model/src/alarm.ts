import type { Words } from './asset.js';
import type { Place } from './occurrence.js';
import type { Origin } from './quality.js';
import type { ReadingValue } from './reading.js';

/** 1 red 紧急, 2 orange 重要, 3 yellow 一般, 4 blue 提示. A scale of its own: no warning colour, grade or response level. */
export const ALARM_PRIORITIES = [1, 2, 3, 4] as const;
export type AlarmPriority = (typeof ALARM_PRIORITIES)[number];

/** `libs/alarms/SPEC.md` says how one comes from the other. */
export const ALARM_STATES = [
  'normal',
  'pending',
  'active-unacknowledged',
  'active-acknowledged',
  'cleared-unacknowledged',
] as const;
export type AlarmState = (typeof ALARM_STATES)[number];
/** What an operator sees of them: raised and not yet done with. */
export const STANDING_STATES = [
  'active-unacknowledged',
  'active-acknowledged',
  'cleared-unacknowledged',
] as const satisfies readonly AlarmState[];
export type StandingState = (typeof STANDING_STATES)[number];

export const ALARM_EVENTS = [
  'raised', // pending or normal → active
  'cleared', // active → cleared-unacknowledged or normal
  'acknowledged', // a person has seen it
  'ended', // its rule, season or subject is gone: it is no longer judged
  'suppressed', // a cause explains it now
  'released', // no cause explains it any more
  'unknown', // its input fell silent, stale or bad
  'known', // its input is back
] as const;
export type AlarmEventKind = (typeof ALARM_EVENTS)[number];

/** A standing alarm as it is told. Times are Unix ms. */
export interface StandingAlarm {
  /** `system/rule/type/key`, or `system/rule/occurrence:id` */
  id: string;
  system: string;
  rule: string;
  /** asset id; of an occurrence-born alarm the asset it concerns, if any */
  asset: string | null;
  /** id of the occurrence that it was born of */
  occurrence: string | null;
  /** of the asset */
  name: string | null;
  priority: AlarmPriority;
  state: StandingState;
  /** its input is silent, stale or bad: nobody knows whether it still holds */
  unknown: boolean;
  raisedAt: number;
  /** last change of state */
  changedAt: number;
  clearedAt: number | null;
  /** newest value, masked where it is personal; null: an occurrence, an absence */
  value: ReadingValue | null;
  unit: string | null;
  /** personal fields in it are masked */
  text: Words;
  guidance: Words | null;
  /** values of the attributes that put alarms together */
  group: Record<string, string | number | boolean | null>;
  /** attribute (or field) `town` */
  town: string | null;
  /** id of the alarm that explains this one */
  suppressedBy: string | null;
  place: Place | null;
  origin: Origin;
  acknowledged: { by: string; at: number } | null;
  /** visitors are told nothing of it: it is at, or of, a private asset */
  hidden: boolean;
}

/** Something that happened to an alarm, with the alarm as it was then. */
export interface AlarmHappening {
  kind: AlarmEventKind;
  /** Unix ms */
  at: number;
  alarm: Omit<StandingAlarm, 'state'> & { state: AlarmState };
}

/** Standing alarms by priority; those that a cause explains are left out and counted apart. */
export interface AlarmCounts {
  p1: number;
  p2: number;
  p3: number;
  p4: number;
  unacknowledged: number;
  suppressed: number;
  unknown: number;
}
