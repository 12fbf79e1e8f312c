import type { DeskAlarm } from '@citywall/protocol';
import type { AlarmEntry } from './useAlarmFacts.js';

/** What the alarm itself tells of its life, oldest first: for as long as the server's history is not there. */
export function ownHistory(alarm: DeskAlarm): AlarmEntry[] {
  const { priority } = alarm;
  const entry = (kind: string, at: number, by: string | null = null, note: string | null = null) => ({
    kind,
    at,
    by,
    note,
    priority,
  });
  return [
    entry('raised', alarm.raisedAt),
    ...(alarm.acknowledged ? [entry('acknowledged', alarm.acknowledged.at, alarm.acknowledged.by)] : []),
    ...(alarm.clearedAt === null ? [] : [entry('cleared', alarm.clearedAt)]),
    ...(alarm.shelved ? [entry('shelved', alarm.shelved.at, alarm.shelved.by, alarm.shelved.reason)] : []),
    ...(alarm.outOfService
      ? [entry('disabled', alarm.outOfService.at, alarm.outOfService.by, alarm.outOfService.reason)]
      : []),
    ...alarm.comments.map(({ at, by, text }) => entry('commented', at, by, text)),
  ].sort((a, b) => a.at - b.at);
}
