import type { AlarmState } from '@citywall/model';
import type { DeskAlarm } from '@citywall/protocol';

/** What an operator does to an alarm. */
export type DeskAct =
  | { do: 'ack' }
  | { do: 'unack' }
  | { do: 'shelve'; minutes: number; reason: string }
  | { do: 'unshelve' }
  | { do: 'comment'; text: string }
  | { do: 'disable'; reason: string; order: string; countersign: { user: string; password: string; code?: string } }
  | { do: 'enable' };

/** An act that is under way. */
export interface Flight {
  id: string;
  act: DeskAct;
  /** of the alarm as it was seen */
  version: number;
  /** this computer's clock, Unix ms */
  since: number;
}

/** What became of an act that was not simply done; stands with the alarm until its next act. */
export type Note =
  /** somebody else was first: what they did is what counts */
  | { kind: 'theirs'; by: string; at: number; did: 'acknowledged' | 'shelved' | 'changed' }
  /** no answer in time: rolled back */
  | { kind: 'late' }
  /** the server said no, with its words */
  | { kind: 'refused'; detail: string };

/** How long an answer is waited for, ms. */
export const PATIENCE_MS = 3_000;

/**
 * Acts are shown before the server has answered, and taken back where it says no or nothing. One act at a time and alarm; what
 * others did is never overwritten: each act carries the version that was seen.
 */
export class Handling {
  private readonly flights = new Map<string, Flight>();
  private readonly notes = new Map<string, Note>();

  /** Begins an act; null where one is under way for the alarm. */
  begin(alarm: Pick<DeskAlarm, 'id' | 'version'>, act: DeskAct, now: number): Flight | null {
    if (this.flights.has(alarm.id)) return null;
    const flight = { id: alarm.id, act, version: alarm.version, since: now };
    this.flights.set(alarm.id, flight);
    this.notes.delete(alarm.id);
    return flight;
  }

  /** The server did it. An answer that came too late for the eye counts all the same: news bring what it did. */
  done(flight: Flight): void {
    if (this.flights.get(flight.id) === flight) this.flights.delete(flight.id);
    if (this.notes.get(flight.id)?.kind === 'late') this.notes.delete(flight.id);
  }

  /** The server did not do it. @param theirs the alarm as it is, where somebody was first */
  refuse(flight: Flight, detail: string, theirs: DeskAlarm | null): void {
    if (this.flights.get(flight.id) === flight) this.flights.delete(flight.id);
    this.notes.set(flight.id, theirs === null ? { kind: 'refused', detail } : noteOf(theirs));
  }

  /** Gives up acts without an answer. @returns their alarms */
  expire(now: number): string[] {
    const late: string[] = [];
    for (const [id, { since }] of this.flights) if (now - since >= PATIENCE_MS) late.push(id);
    for (const id of late) {
      this.flights.delete(id);
      this.notes.set(id, { kind: 'late' });
    }
    return late;
  }

  /** Nobody answered. */
  expireNow(flight: Flight): void {
    if (this.flights.get(flight.id) !== flight) return;
    this.flights.delete(flight.id);
    this.notes.set(flight.id, { kind: 'late' });
  }

  flight(id: string): Flight | undefined {
    return this.flights.get(id);
  }

  note(id: string): Note | undefined {
    return this.notes.get(id);
  }

  /** A note is read: the eye has left its alarm. */
  forget(id: string): void {
    this.notes.delete(id);
  }

  /** The alarm as it will be, if the server does what is under way. */
  show(alarm: DeskAlarm, me: string): DeskAlarm {
    const flight = this.flights.get(alarm.id);
    // news of the act itself may be here before its answer
    if (flight === undefined || alarm.version > flight.version) return alarm;
    const { act, since } = flight;
    if (act.do === 'ack') return { ...alarm, state: 'active-acknowledged', acknowledged: { by: me, at: since } };
    if (act.do === 'unack') return { ...alarm, state: 'active-unacknowledged', acknowledged: null };
    if (act.do === 'shelve')
      return {
        ...alarm,
        state: 'shelved',
        shelved: { by: me, at: since, until: since + act.minutes * 60_000, reason: act.reason },
      };
    // two persons and a password: that is shown when it is done
    if (act.do === 'disable' || act.do === 'enable') return alarm;
    if (act.do === 'unshelve') return { ...alarm, state: 'active-unacknowledged', shelved: null };
    return { ...alarm, comments: [...alarm.comments, { by: me, at: since, text: act.text }] };
  }
}

function noteOf({ acknowledged, shelved, changedAt }: DeskAlarm): Note {
  if (shelved !== null) return { kind: 'theirs', by: shelved.by, at: shelved.at, did: 'shelved' };
  if (acknowledged !== null) return { kind: 'theirs', by: acknowledged.by, at: acknowledged.at, did: 'acknowledged' };
  return { kind: 'theirs', by: '', at: changedAt, did: 'changed' };
}

/** What may be done to an alarm as it stands. */
export function actsOf(alarm: DeskAlarm, may: ReadonlySet<string>): ReadonlySet<DeskAct['do']> {
  const acts = new Set<DeskAct['do']>();
  if (!may.has('alarms.handle')) return acts;
  const aside = alarm.shelved !== null || alarm.outOfService !== null;
  const state: AlarmState = alarm.state;
  acts.add('comment');
  if (!aside && (state === 'active-unacknowledged' || state === 'cleared-unacknowledged')) acts.add('ack');
  if (!aside && state === 'active-acknowledged') acts.add('unack');
  if (alarm.outOfService !== null) {
    if (may.has('alarms.disable')) acts.add('enable');
  } else if (may.has('alarms.disable')) acts.add('disable');
  if (alarm.shelved !== null) acts.add('unshelve');
  else if (!aside && may.has(alarm.priority === 1 ? 'alarms.shelve-critical' : 'alarms.shelve')) acts.add('shelve');
  return acts;
}

/**
 * Why a key does nothing to an alarm, as a word (`console.desk.cannot.<word>`); null: there is nothing to say to it, what it
 * asks for is so already.
 * @param ended it stands no more, and is shown only until the eye has left it
 */
export function refusalOf(
  alarm: DeskAlarm,
  what: 'ack' | 'shelve' | 'comment',
  may: ReadonlySet<string>,
  ended = false,
) {
  if (!may.has('alarms.handle')) return 'role';
  if (ended) return 'ended';
  if (what === 'comment') return null;
  if (alarm.outOfService !== null) return 'outOfService';
  if (what === 'ack') return alarm.shelved === null ? null : 'shelved';
  return alarm.priority === 1 && !may.has('alarms.shelve-critical') ? 'lead' : null;
}

/** Ids and versions that one key acknowledges: the visible rows of a group, never a P1. */
export function groupToAcknowledge(alarms: readonly DeskAlarm[]): DeskAlarm[] {
  return alarms.filter(
    ({ priority, state, shelved, outOfService }) =>
      priority !== 1 &&
      shelved === null &&
      outOfService === null &&
      (state === 'active-unacknowledged' || state === 'cleared-unacknowledged'),
  );
}
