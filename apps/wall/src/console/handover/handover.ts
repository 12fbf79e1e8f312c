import type { AlarmCounts, AlarmPriority, NoticeReason, Origin, StandingState, Words } from '@citywall/model';

/** Shapes of `/api/v1/handover`, as far as the page shows them. Times are ISO 8601. */
export interface Signature {
  by: string;
  at: string;
  remarks: string;
}

export interface HeldAlarm {
  id: string;
  system: string;
  name: string | null;
  town: string | null;
  text: Words;
  priority: AlarmPriority;
  state: StandingState;
  unknown: boolean;
  raisedAt: string;
  acknowledged: { by: string; at: string } | null;
  comments: { by: string; at: string; text: string }[];
  origin: Origin;
}

interface Aside {
  id: string;
  system: string;
  name: string | null;
  text: Words;
  priority: AlarmPriority;
  by: string;
  at: string;
  reason: string;
}

export interface ShiftNote {
  id: string;
  at: string;
  by: string;
  text: string;
  alarm: string | null;
}

export interface Facts {
  from: string;
  to: string;
  alarms: {
    counts: AlarmCounts;
    open: HeldAlarm[];
    more: number;
    shelved: (Aside & { until: string })[];
    outOfService: (Aside & { countersigned: string; order: string })[];
    suppressed: { cause: string; text: Words | null; count: number }[];
    unwatched: string[];
  };
  load: {
    raised: number;
    perTenMinutes: number;
    peak: { at: string; count: number } | null;
    /** s */
    acknowledgedWithin: number | null;
    top: { system: string; rule: string; text: Words; count: number }[];
    capped: boolean;
  };
  cases: { system: string; type: string; name: Words; opened: number; open: number; closed: number; capped: boolean }[];
  notices: { id: string; reason: NoticeReason; subject: string | null; since: string; text: Words }[];
  notes: ShiftNote[];
  systems: Record<string, Words>;
  simulated: boolean;
}

export interface HandoverLine {
  n: number;
  state: 'waiting' | 'signed' | 'withdrawn';
  made: Signature;
  signed: Signature | null;
  withdrawn: Signature | null;
  from: string;
  to: string;
}

export interface Handover extends Omit<HandoverLine, 'from' | 'to'> {
  facts: Facts;
  digest: string;
}

export interface Draft {
  previous: number | null;
  waiting: number | null;
  facts: Facts;
}

/** `12 h`: hours of a shift to one digit. */
export function hoursOf({ from, to }: Pick<Facts, 'from' | 'to'>): string {
  return String(Math.round((Date.parse(to) - Date.parse(from)) / 360_000) / 10);
}

/** Digest in groups, as a person compares it. */
export function digestText(digest: string): string {
  return (digest.slice(0, 32).match(/.{8}/g) ?? []).join(' ');
}

/**
 * What whoever comes in wants to see first: the one that waits for their signature; else null, the draft.
 * @param me account
 * @param signs whether they may sign
 */
export function opensAt(
  lines: readonly Pick<HandoverLine, 'n' | 'state' | 'made'>[],
  me: string | null,
  signs: boolean,
) {
  return lines.find(({ state, made }) => signs && state === 'waiting' && made.by !== me)?.n ?? null;
}
