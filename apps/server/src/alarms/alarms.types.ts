import type { Alarm } from '@citywall/alarms';
import type { AlarmHappening, StandingAlarm } from '@citywall/model';
import type { KeptHappening } from './alarm-list.js';

/** An alarm as kept: for the machine, and as it is told; null while it only is pending. */
export interface KeptAlarm {
  alarm: Alarm;
  told: StandingAlarm | null;
}

/** Somebody has seen an alarm. */
export interface Acknowledgement {
  id: string;
  by: string;
  /** Unix ms */
  at: number;
}

/** What an evaluator wants kept and told, all of it or nothing. */
export interface AlarmsToSave {
  saved: KeptAlarm[];
  gone: string[];
  happenings: AlarmHappening[];
}

/** What one saving changed, in the order of `n`. */
export interface AlarmsChange {
  system: string;
  n: number;
  standing: StandingAlarm[];
  /** ids that stand no more */
  gone: string[];
  happenings: KeptHappening[];
  /** the channel was interrupted: `n` is 0, all is empty, read the system anew */
  lost?: true;
}
