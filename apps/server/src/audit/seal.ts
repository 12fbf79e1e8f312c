import { createHash } from 'node:crypto';
import type { AuditAct, AuditEntry, AuditHead, AuditQuery } from './audit.types.js';

/** Before the first entry. */
export const BEGINNING: AuditHead = { n: 0, seal: '0'.repeat(64) };

/** The next entry of the chain. */
export function sealed(act: AuditAct, head: AuditHead): AuditEntry {
  const entry = { n: head.n + 1, ...act };
  return { ...entry, seal: sealOf(entry, head.seal) };
}

function sealOf(entry: Omit<AuditEntry, 'seal'>, before: string): string {
  return createHash('sha256').update(before).update(JSON.stringify(entry)).digest('hex');
}

/** Why an entry does not follow the chain; null: it does. */
export function breakOf({ seal, ...entry }: AuditEntry, head: AuditHead): string | null {
  if (entry.n !== head.n + 1) return `entry ${head.n + 1} is missing, this is ${entry.n}`;
  return sealOf(entry, head.seal) === seal ? null : `entry ${entry.n}, or the one before it, was changed`;
}

/** Whether an entry is one that is searched for. */
export function matches(entry: AuditEntry, { user, action, q, outcome, from, to }: AuditQuery): boolean {
  return (
    (user === undefined || entry.user === user) &&
    (action === undefined || entry.action.startsWith(action)) &&
    (outcome === undefined || entry.outcome === outcome) &&
    (from === undefined || entry.at >= from) &&
    (to === undefined || entry.at < to) &&
    (q === undefined || `${entry.subject} ${entry.detail}`.toLowerCase().includes(q.toLowerCase()))
  );
}
