import type { StandingAlarm } from '@citywall/model';

/** Version of what an alarm desk and the server say to each other over the namespace `/desk`. */
export const DESK_VERSION = 2;

/** Events of the namespace `/desk`. */
export const DESK_EVENTS = {
  /** desk → server, answered: follow the alarms ({@link FollowRequest} → {@link FollowReply}) */
  follow: 'follow',
  /** server → desk: {@link DeskNews} */
  alarms: 'alarms',
  /** desk → server: which alarm is selected (id, or null) */
  looking: 'looking',
  /** server → desk: {@link Presence} of all desks, after a change */
  presence: 'presence',
  /** server → desk, before it ends the connection: {@link DeskClose} */
  close: 'close',
} as const;

export interface FollowRequest {
  v: number;
}
export type FollowReply = { ok: true } | { ok: false; reason: 'version' | 'unauthorized' };
export type DeskClose = 'unauthorized' | 'shutdown' | 'slow';

/** An alarm as a desk gets it: what visitors may see plays no part there. Times are Unix ms. */
export type DeskAlarm = Omit<StandingAlarm, 'hidden'> & {
  /** id of its group: the alarms of one cause or place */
  cause: string;
};

/** Alarms of one cause or place. Which of them are shown follows from it, the alarm and the flood (libs/alarms/SPEC.md [AL42] [AL45]). */
export interface DeskGroup {
  id: string;
  /** values of the attributes that put them together; empty: nothing but the rule of the alarm at their root */
  place: string[];
  /** whose attributes they are; null: a town, which is the whole city's, or no place */
  system: string | null;
  /** the alarm that was raised first; it may be over */
  first: Pick<StandingAlarm, 'id' | 'system' | 'name' | 'text' | 'priority' | 'raisedAt'>;
  /** id of the alarm that is its line in a flood; null: nothing of priority 2 or 3 is open */
  line: string | null;
}

/** How many calls there were of late. Times are Unix ms. */
export interface DeskFlood {
  /** since when there is a flood; null: there is none */
  since: number | null;
  /** of the last ten minutes: all, also those that were held back */
  raw: number;
  /** of the last ten minutes: those that were told */
  announced: number;
  /** of the last ten minutes: those that would have been told without a flood; more than ten a seat are one, fewer than five end it */
  due: number;
  /** the same by minute of Unix time; minutes without one are left out */
  minutes: [minute: number, due: number][];
  seats: number;
}

/**
 * What is new of the alarms, in the order it was sent. After `first` the desk has nothing but what comes; it is whole with the
 * first news that is not `more`.
 */
export interface DeskNews {
  /** Unix ms at the server */
  at: number;
  /** forget all before */
  first?: true;
  /** further parts of the same follow at once */
  more?: true;
  set: DeskAlarm[];
  gone: string[];
  /** groups that are new or have changed */
  groups: DeskGroup[];
  /** ids of groups that are no more */
  groupsGone: string[];
  /** ids of alarms that are announced with this: what is worth a sound */
  announced: string[];
  flood: DeskFlood;
  /** systems whose rules nobody evaluates: none of their alarms is no finding */
  unwatched: string[];
  /** since when all others are evaluated without a break; null: none is */
  watchedSince: number | null;
}

/** Who looks at what. Nobody is locked out by it. */
export interface Presence {
  /** account, or `''` without a log-in */
  user: string;
  /** alarm that is selected there */
  id: string;
}

const MAX_ID = 500;

/** A follow request, or null where it is not one. */
export function readFollow(value: unknown): FollowRequest | null {
  const v = typeof value === 'object' && value !== null ? (value as { v?: unknown }).v : undefined;
  return Number.isInteger(v) ? { v: v as number } : null;
}

/** Id of the alarm that a desk looks at; null: none, undefined: not one. */
export function readLooking(value: unknown): string | null | undefined {
  if (value === null) return null;
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID ? value : undefined;
}
