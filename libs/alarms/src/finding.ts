import type { AlarmInput, AlarmSubject } from './alarm.js';
import type { Verdict } from './condition.js';
import type { CompiledRule } from './rule-set.js';

/** What judging says about one rule at one subject: all that the life of an alarm knows of readings, stages and silence. */
export interface Finding {
  /** id of the alarm */
  id: string;
  rule: CompiledRule;
  subject: AlarmSubject;
  /**
   * unknown: the input tells nothing · idle: the rule does not run here and now, its alarm ends · null: nothing yet, only
   * when it has to be looked at again has moved
   */
  verdict: Verdict | 'unknown' | 'idle' | null;
  input: AlarmInput;
  /** since when it is so, Unix ms */
  since: number;
}
