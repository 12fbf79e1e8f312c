import { createHash } from 'node:crypto';
import type { AlarmEventKind, AlarmHappening, Notice, Words } from '@citywall/model';
import type { ToldEvent } from '@citywall/pack-schema';
import { isShown } from '../alarms/alarm-list.js';

/** An alarm as it is told outside, when something happened to it. Times are Unix ms; personal fields were masked before. */
export interface ToldAlarm
  extends Pick<
    AlarmHappening['alarm'],
    | 'id'
    | 'system'
    | 'rule'
    | 'asset'
    | 'occurrence'
    | 'name'
    | 'priority'
    | 'state'
    | 'unknown'
    | 'raisedAt'
    | 'clearedAt'
    | 'value'
    | 'unit'
    | 'text'
    | 'guidance'
    | 'town'
    | 'place'
    | 'origin'
  > {
  systemName: Words;
}

/** What was held back of a target within a minute, told as one. */
export interface Summary {
  /** Unix ms of the minute */
  from: number;
  to: number;
  events: number;
  /** new or worse alarms by priority, 1 first */
  raised: [number, number, number, number];
  cleared: number;
  acknowledged: number;
  notices: number;
}

/** One thing to tell outside. */
export interface Told {
  event: ToldEvent | 'summary' | 'test';
  /** Unix ms */
  at: number;
  /** alarm or notice: what concerns the same one is delivered in its order */
  subject: string;
  alarm?: ToldAlarm;
  notice?: Pick<Notice, 'id' | 'reason' | 'subject' | 'system' | 'since' | 'text'>;
  summary?: Summary;
  /** nobody is told of it now but whoever was told that it began: a cause explains the alarm, or people set it aside */
  quiet?: true;
  /** the person who did it, and what was said */
  by?: string;
  note?: string;
}

/** What comes back from suppression, the shelf or out of service while it holds begins for whoever is told. */
const EVENTS: Partial<Record<AlarmEventKind | 'worsened', ToldEvent>> = {
  raised: 'raised',
  released: 'raised',
  unshelved: 'raised',
  enabled: 'raised',
  worsened: 'worsened',
  cleared: 'cleared',
  ended: 'cleared',
  acknowledged: 'acknowledged',
};

/**
 * What is told outside of a happening; null: nothing. What a cause explains or people set aside is not told, but its end is to
 * whoever was told of its beginning.
 * @param systemName of the alarm's system
 */
export function toldOf({ kind, at, by, note, alarm }: AlarmHappening, systemName: Words): Told | null {
  const event = EVENTS[kind];
  if (event === undefined) return null;
  const quiet = !isShown(alarm);
  if (quiet && event !== 'cleared') return null;
  if (event === 'raised' && !alarm.active) return null;
  return {
    event,
    at,
    subject: alarm.id,
    alarm: shown(alarm, systemName),
    ...(quiet ? { quiet } : {}),
    ...(by === undefined ? {} : { by }),
    // what people write to a private one may name who lives there
    ...(note === undefined || alarm.hidden ? {} : { note }),
  };
}

/** Nothing that names a private asset leaves the house: that something is there is told, and where to look. */
const WITHHELD: Words = { zh: '涉及隐私，详情见值班台', en: 'Private: see the alarm desk' };

function shown(alarm: AlarmHappening['alarm'], systemName: Words): ToldAlarm {
  const { id, system, rule, priority, state, unknown, raisedAt, clearedAt, origin, town, unit, hidden } = alarm;
  const plain = { system, systemName, rule, priority, state, unknown, raisedAt, clearedAt, origin, town };
  if (hidden) {
    const print = createHash('sha256').update(id).digest('hex').slice(0, 12);
    return {
      ...plain,
      id: `${system}/${rule}/#${print}`,
      asset: null,
      occurrence: null,
      name: null,
      value: null,
      unit: null,
      text: WITHHELD,
      guidance: null,
      place: null,
    };
  }
  const { asset, occurrence, name, value, text, guidance, place } = alarm;
  return { ...plain, id, asset, occurrence, name, value, unit, text, guidance, place };
}

/** A notice that holds, or is over. */
export function toldNotice(notice: Notice, event: 'notice' | 'notice-over', at: number): Told {
  const { id, reason, subject, system, since, text } = notice;
  return {
    event,
    at,
    subject: `notice ${id}`,
    notice: {
      id,
      reason,
      since,
      text,
      ...(subject === undefined ? {} : { subject }),
      ...(system === undefined ? {} : { system }),
    },
  };
}

/** The key by which a target knows a repetition: the same for one happening and target, whatever is killed when. */
export function keyOf(target: string, ...happening: (string | number)[]): string {
  return createHash('sha256')
    .update([target, ...happening].join('\n'))
    .digest('hex')
    .slice(0, 32);
}
