import { type Alarm, alarmId } from './alarm.js';
import type { Context } from './context.js';

/** Where alarms are found. */
type Alarms = { get(id: string): Alarm | undefined };

/** First rule whose active alarm at the same subject explains this one [AL21]; null: none. */
export function causeOf(alarm: Alarm, { system, rules }: Context, alarms: Alarms): string | null {
  for (const cause of rules.byId.get(alarm.rule)?.rule.suppressedBy ?? [])
    if (alarms.get(alarmId(system, cause, alarm))?.standing === 'active') return cause;
  return null;
}

/** Alarms that one of `cause` may explain. */
export function* consequencesOf(cause: Alarm, { system, rules }: Context, alarms: Alarms): Generator<Alarm> {
  for (const rule of rules.byId.get(cause.rule)?.consequences ?? []) {
    const alarm = alarms.get(alarmId(system, rule, cause));
    if (alarm !== undefined) yield alarm;
  }
}
