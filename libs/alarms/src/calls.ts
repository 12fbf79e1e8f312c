import type { AlarmEventKind, AlarmState, StandingAlarm } from '@citywall/model';

/** Why something that stands, or called, is held back; in this order where several hold. */
export const HOLDS = [
  'out-of-service', // two persons took it out of service
  'shelved', // a person set it aside for a time
  'suppressed', // a cause explains it
  'chattering', // of calls alone: it came again while it comes and goes
  'list', // flood: priority 4 is in the list only
  'flood', // flood: collapsed into the line of its group
] as const;
export type Hold = (typeof HOLDS)[number];
/** Those that need no flood. */
export type OwnHold = Extract<Hold, 'out-of-service' | 'shelved' | 'suppressed'>;

/** Why an alarm is held back by itself, flood or not [AL42]; null: it is not. */
export function heldBack({
  state,
  suppressedBy,
}: {
  state: AlarmState;
  suppressedBy: StandingAlarm['suppressedBy'];
}): OwnHold | null {
  if (state === 'out-of-service' || state === 'shelved') return state;
  return suppressedBy === null ? null : 'suppressed';
}

/** Kinds of happenings that may be a call: whoever counts calls needs no others. */
export const CALLING = ['raised', 'worsened', 'released', 'unshelved'] as const satisfies readonly AlarmEventKind[];

/** What has to be known of a happening. */
export interface Happened {
  kind: AlarmEventKind;
  /** the person who did it; absent or null: it came by itself */
  by?: string | null;
  /** after it */
  state: AlarmState;
}

/**
 * Whether it calls for somebody: an alarm that begins, becomes worse, or is back and nobody has seen it [AL43]. The one
 * definition of what alarms ask of a seat, for the flood, the figures of the desk and the handover. Whether the call is told
 * or held back is another question ({@link heldBack}).
 */
export function isCall({ kind, by, state }: Happened): boolean {
  if (kind === 'raised' || kind === 'worsened') return true;
  const back = kind === 'released' || (kind === 'unshelved' && (by ?? null) === null);
  return back && state === 'active-unacknowledged';
}
