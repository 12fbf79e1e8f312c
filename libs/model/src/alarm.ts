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
  'shelved',
  'out-of-service',
] as const;
export type AlarmState = (typeof ALARM_STATES)[number];
/** Set aside by people: nobody is told of it until its time is over, or somebody brings it back. */
export const ASIDE_STATES = ['shelved', 'out-of-service'] as const satisfies readonly AlarmState[];
/** What an operator sees of them: raised and not yet done with, or set aside. */
export const STANDING_STATES = [
  'active-unacknowledged',
  'active-acknowledged',
  'cleared-unacknowledged',
  ...ASIDE_STATES,
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
  'unacknowledged', // a person took the acknowledgement back
  'shelved', // a person set it aside for a time
  'unshelved', // its time on the shelf is over, or a person brought it back
  'commented', // a person wrote something to it
  'disabled', // two persons took it out of service
  'enabled', // it is in service again
  'worsened', // worse than when it was acknowledged: unacknowledged again
  'chattering', // it comes and goes: one line until it is quiet, told once
  'quiet', // it comes and goes no more
  'reannounced', // critical and still unacknowledged: for the sound, no change
] as const;
export type AlarmEventKind = (typeof ALARM_EVENTS)[number];

/** Longest time on the shelf, ms (8 h: a shift). */
export const MAX_SHELVED = 8 * 3_600_000;

/** Set aside for a time. Times are Unix ms. */
export interface Shelved {
  by: string;
  at: number;
  until: number;
  reason: string;
}

/** Out of service, until somebody puts it back: not judged, never ended by silence. Times are Unix ms. */
export interface OutOfService {
  by: string;
  /** the second person */
  countersigned: string;
  at: number;
  reason: string;
  /** number of the work order */
  order: string;
}

/** It has become worse. */
export interface Worsened {
  /** value when it was acknowledged, or the priority below: `P3` */
  from: string;
  to: string;
  /** Unix ms */
  at: number;
}

/** It comes and goes. Times are Unix ms. */
export interface Chattering {
  since: number;
  /** how often it came */
  count: number;
  /** when it last came or went */
  last: number;
}

/** What somebody wrote to an alarm. */
export interface AlarmComment {
  by: string;
  /** Unix ms */
  at: number;
  text: string;
}

/** A size that a rule sets: reached from below (`above`) or from above (`below`). In the metric's unit. */
export interface AlarmLimit {
  side: 'above' | 'below';
  value: number;
}

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
  /** name of the metric that is judged; absent: an occurrence */
  metric?: string;
  /** what the value is held against; absent: no size, or not the same for all of the condition */
  limit?: AlarmLimit;
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
  /** grows with every change but that of the value alone, also over its lives: who commands says which one was seen */
  version: number;
  /** the condition holds; beside the state, which says no more than that it is set aside */
  active: boolean;
  shelved: Shelved | null;
  outOfService: OutOfService | null;
  /** the newest, oldest first */
  comments: AlarmComment[];
  worsened: Worsened | null;
  chattering: Chattering | null;
  /** visitors are told nothing of it: it is at, or of, a private asset */
  hidden: boolean;
  /** name and place are not told to anybody: who has to know them gives a reason */
  masked?: true;
}

/** Something that happened to an alarm, with the alarm as it was then. */
export interface AlarmHappening {
  kind: AlarmEventKind;
  /** Unix ms */
  at: number;
  /** the person who did it; absent: nobody, it came by itself (also in journals of before) */
  by?: string;
  /** what the person said: the reason, the comment */
  note?: string;
  alarm: Omit<StandingAlarm, 'state'> & { state: AlarmState };
}

/** Standing alarms by priority; those that a cause explains or people set aside are left out and counted apart. */
export interface AlarmCounts {
  p1: number;
  p2: number;
  p3: number;
  p4: number;
  unacknowledged: number;
  suppressed: number;
  shelved: number;
  outOfService: number;
  unknown: number;
}
