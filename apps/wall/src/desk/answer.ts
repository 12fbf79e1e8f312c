import type { DeskAlarm } from '@citywall/protocol';

const ms = (time: unknown) => (typeof time === 'string' ? Date.parse(time) : null);

/** An alarm as `/api/v1` answers it (times as ISO 8601) in the form of the desk (Unix ms); null: it is none. */
export function alarmOf(answer: unknown): DeskAlarm | null {
  if (typeof answer !== 'object' || answer === null || !('id' in answer) || !('version' in answer)) return null;
  const item = answer as Record<string, unknown>;
  const at = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return null;
    const times = Object.fromEntries(
      (['at', 'until'] as const).flatMap((key) => (key in value ? [[key, ms((value as never)[key])]] : [])),
    );
    return { ...value, ...times };
  };
  return {
    town: null,
    cause: '',
    ...item,
    raisedAt: ms(item.raisedAt),
    changedAt: ms(item.changedAt),
    clearedAt: ms(item.clearedAt),
    acknowledged: at(item.acknowledged),
    shelved: at(item.shelved),
    outOfService: at(item.outOfService),
    comments: Array.isArray(item.comments) ? item.comments.map(at) : [],
  } as unknown as DeskAlarm;
}
