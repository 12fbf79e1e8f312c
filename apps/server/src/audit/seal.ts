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
function breakOf({ seal, ...entry }: AuditEntry, head: AuditHead): string | null {
  if (entry.n !== head.n + 1) return `entry ${head.n + 1} is missing, this is ${entry.n}`;
  return sealOf(entry, head.seal) === seal ? null : `entry ${entry.n}, or the one before it, was changed`;
}

/** Walks a chain from its oldest entry that is kept. */
export class ChainWalk {
  /** number of the first entry; above 1 when older ones were removed for their age; 0: none yet */
  first = 0;
  head: AuditHead = BEGINNING;

  /** entries that hold */
  get entries(): number {
    return this.first === 0 ? 0 : this.head.n - this.first + 1;
  }

  /** Takes the next entry; one that was taken is passed over. @returns why it does not follow; null: it does */
  take(entry: AuditEntry): string | null {
    if (entry.n <= this.head.n) return null;
    // what is older than the archive keeps is gone: the first that is left is where it begins
    const problem = this.first === 0 && entry.n > 1 ? null : breakOf(entry, this.head);
    if (problem !== null) return problem;
    if (this.first === 0) this.first = entry.n;
    this.head = { n: entry.n, seal: entry.seal };
    return null;
  }
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
