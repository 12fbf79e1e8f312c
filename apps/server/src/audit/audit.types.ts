import type { Role } from '../auth/session.js';

/** Journal and system under which the archive keeps the audit. */
export const AUDIT_JOURNAL = 'audit';
export const AUDIT_SYSTEM = 'house';

/** What became of it. `begun`: a command that was about to be carried out; that it failed says a later entry (`of`). */
export const OUTCOMES = ['begun', 'done', 'refused', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What somebody did, or tried to. */
export interface AuditAct {
  /** Unix ms */
  at: number;
  /** account; null: nobody was logged in */
  user: string | null;
  roles: Role[];
  /** client's address */
  address: string;
  /** row of the policy (`alarms.handle`), and what of it (`POST /api/v1/alarms/{id}/ack`) */
  action: string;
  route: string;
  /** what it was done to: an alarm, an account, a feed; '' where there is only one */
  subject: string;
  /** parameters and body as JSON text, shortened, without what is secret */
  detail: string;
  outcome: Outcome;
  /** reason of a refusal or failure */
  reason?: string;
  /** number of the entry that this one tells the end of */
  of?: number;
}

/** An act in its place of the chain. */
export interface AuditEntry extends AuditAct {
  /** from 1, without a gap */
  n: number;
  /** SHA-256, in hexadecimal, of the seal before it and of this entry without its seal */
  seal: string;
}

/** Where the chain stands; n 0 before the first entry. */
export interface AuditHead {
  n: number;
  seal: string;
}

/** What a search is for; absent: anything. */
export interface AuditQuery {
  user?: string | undefined;
  /** begins with */
  action?: string | undefined;
  /** part of subject or detail */
  q?: string | undefined;
  outcome?: Outcome | undefined;
  /** Unix ms, from (included) */
  from?: number | undefined;
  /** Unix ms, to (excluded) */
  to?: number | undefined;
}
