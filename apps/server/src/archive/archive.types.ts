import type { AlarmHappening, Occurrence, Origin, Rejection } from '@citywall/model';
import type { AuditEntry } from '../audit/audit.types.js';
import type { HandoverEntry } from '../handover/handover.types.js';
import type { Tail, TailEntry } from '../state/journal-tail.repository.js';

export type { Tail, TailEntry };

/** Journals of every system that are archived. The readings are not: their volume is a database's. */
export const ARCHIVED_JOURNALS = ['occurrences', 'rejections', 'alarms'] as const;
export type ArchivedJournal = (typeof ARCHIVED_JOURNALS)[number] | 'audit' | 'handover';

/** Entries of a journal that are in no file. */
export interface Gap {
  /** how many; null: it cannot be told */
  missing: number | null;
  /** `trimmed` gone from Redis before they were archived · `day-full` the day's bound · `rewound` Redis lost what was archived */
  reason: 'trimmed' | 'day-full' | 'rewound';
  /** id of the last entry that is archived or given up when this line stands */
  upTo: string;
}

/** What a line holds beside its number, time and hash: one of these. */
export type LineContent =
  | { id: string; occurrence: Occurrence }
  | ({ id: string } & AlarmHappening)
  | { id: string; audit: AuditEntry }
  | ({ id: string } & HandoverEntry)
  | {
      id: string;
      feed: string;
      topic: string;
      receivedAt: number;
      origin: Origin;
      retained: boolean;
      /** base64 */
      payload: string;
      truncated: boolean;
      rejections: Rejection[];
    }
  /** an entry this version cannot read: its fields in base64 */
  | { id: string; raw: string[] }
  | { gap: Gap };

/** How far a journal of a system is archived; kept in Redis, one JSON text a journal and system. */
export interface Position {
  /** last entry that is in a file; `0-0` before the first */
  id: string;
  /** number of the last line; 0 before the first */
  n: number;
  /** hash of the last line */
  hash: string;
  /** day of the file that is written, `YYYY-MM-DD`; empty before the first */
  day: string;
  /** bytes of that file that are known to be on disk */
  offset: number;
  /** entries ever added to the journal up to `id`; null: not known (then a gap is told without a number) */
  added: number | null;
}

/** Reads a journal's stream. */
export interface JournalTail {
  read(system: string, journal: ArchivedJournal, after: string): Promise<Tail>;
}

/** Keeps positions, and who the archiver is. */
export interface ArchivePositions {
  /** Takes or renews the lease; false: another process has it. */
  lease(owner: string, ttl: number): Promise<boolean>;
  release(owner: string): Promise<void>;
  /** The kept text, for `move`. */
  get(system: string, journal: ArchivedJournal): Promise<string | null>;
  /** Replaces `before` by `after` if the lease is `owner`'s and `before` still stands there; false: not ours any more. */
  move(
    owner: string,
    ttl: number,
    system: string,
    journal: ArchivedJournal,
    before: string | null,
    after: string,
  ): Promise<boolean>;
}

/** Stream ids by time and part. */
export function compareIds(a: string, b: string): number {
  const [aMs = 0, aPart = 0] = a.split('-').map(Number);
  const [bMs = 0, bPart = 0] = b.split('-').map(Number);
  return aMs - bMs || aPart - bPart;
}
