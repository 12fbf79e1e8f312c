import type { Summary, Told } from './told.js';

const MINUTE = 60_000;

/** What a target was sent, and what is held back, in a minute. */
export interface Minute {
  /** Unix ms of its beginning */
  from: number;
  sent: number;
  /** null: nothing was held back */
  held: Omit<Summary, 'from' | 'to'> | null;
}

export function minuteAt(now: number): Minute {
  return { from: now - (now % MINUTE), sent: 0, held: null };
}

/** A new or worse alarm of priority 1: it waits for nothing. */
export function isRed({ event, alarm }: Told): boolean {
  return alarm?.priority === 1 && (event === 'raised' || event === 'worsened');
}

/**
 * Whether something may be sent by itself within this minute, or goes into the summary of it. A new or worse alarm of
 * priority 1 is always sent.
 * @param limit messages a minute
 */
export function admit(minute: Minute, told: Told, limit: number): { minute: Minute; passes: boolean } {
  if (isRed(told) || minute.sent < limit) return { minute: { ...minute, sent: minute.sent + 1 }, passes: true };
  return { minute: { ...minute, held: added(minute.held ?? NOTHING, told) }, passes: false };
}

const NOTHING: NonNullable<Minute['held']> = {
  events: 0,
  raised: [0, 0, 0, 0],
  cleared: 0,
  acknowledged: 0,
  notices: 0,
};

function added(held: NonNullable<Minute['held']>, { event, alarm }: Told): NonNullable<Minute['held']> {
  const sum = { ...held, events: held.events + 1, raised: [...held.raised] as Summary['raised'] };
  if (alarm === undefined) sum.notices++;
  else if (event === 'cleared') sum.cleared++;
  else if (event === 'acknowledged') sum.acknowledged++;
  else sum.raised[alarm.priority - 1] = (sum.raised[alarm.priority - 1] ?? 0) + 1;
  return sum;
}

/** The summary of a minute that is over; null: it is not, or nothing was held back. */
export function summaryOf({ from, held }: Minute, now: number): Told | null {
  const to = from + MINUTE;
  if (held === null || now < to) return null;
  return { event: 'summary', at: to, subject: `summary ${from}`, summary: { from, to, ...held } };
}

export function isOver({ from }: Minute, now: number): boolean {
  return now >= from + MINUTE;
}
