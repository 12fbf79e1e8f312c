import type { Alarm, AlarmCommand, CommandAnswer } from '@citywall/alarms';
import type { AlarmHappening, StandingAlarm } from '@citywall/model';
import type { KeptHappening } from './alarm-list.js';

/** An alarm as kept: for the machine, and as it is told; null while it only is pending. */
export interface KeptAlarm {
  alarm: Alarm;
  told: StandingAlarm | null;
}

/** A command as it was asked for. */
export interface AskedCommand extends AlarmCommand {
  /** its place among the commands of the system */
  entry: string;
  /** when it was asked for, Unix ms; absent: it counts however late it comes */
  at?: number;
}

/** What became of a command; `late`: nobody evaluated the system's alarms in time, nothing was done. */
export type CommandOutcome = CommandAnswer | 'late';

/** A command that is dealt with. */
export interface Settled {
  entry: string;
  outcome: CommandOutcome;
}

/** What an evaluator wants kept and told, all of it or nothing. */
export interface AlarmsToSave {
  saved: KeptAlarm[];
  gone: string[];
  happenings: AlarmHappening[];
  settled: Settled[];
}

/** What one saving changed, in the order of `n`. */
export interface AlarmsChange {
  system: string;
  n: number;
  standing: StandingAlarm[];
  /** ids that stand no more */
  gone: string[];
  happenings: KeptHappening[];
  settled: Settled[];
  /** the channel was interrupted: `n` is 0, all is empty, read the system anew */
  lost?: true;
}
