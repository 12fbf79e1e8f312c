import { type AlarmHappening, ORIGINS, type RejectionReason } from '@citywall/model';
import type { AuditEntry } from '../audit/audit.types.js';
import type { HandoverEntry } from '../handover/handover.types.js';
import { decodeOccurrence, unpack } from '../state/codec.js';
import type { ArchivedJournal, LineContent, TailEntry } from './archive.types.js';

/** An entry as the archive writes it. What cannot be read is kept as it is. */
export function archivedContent(journal: ArchivedJournal, { id, fields }: TailEntry): LineContent {
  try {
    const named = new Map(
      Array.from({ length: fields.length / 2 }, (_, i) => [String(fields[i * 2]), fields[i * 2 + 1]!]),
    );
    const field = (name: string): Buffer => {
      const value = named.get(name);
      if (!value) throw new Error(`no ${name}`);
      return value;
    };
    if (journal === 'occurrences') return { id, occurrence: decodeOccurrence(unpack(field('b'))) };
    if (journal === 'alarms') return { id, ...(JSON.parse(field('e').toString()) as AlarmHappening) };
    if (journal === 'audit') return { id, audit: JSON.parse(field('e').toString()) as AuditEntry };
    if (journal === 'handover') return { id, ...(JSON.parse(field('e').toString()) as HandoverEntry) };
    return {
      id,
      feed: field('feed').toString(),
      topic: field('topic').toString(),
      receivedAt: Number(field('at').toString()),
      origin: ORIGINS[Number(field('origin').toString())] ?? 'live',
      retained: field('retained').toString() === '1',
      payload: field('payload').toString('base64'),
      truncated: field('truncated').toString() === '1',
      rejections: unpack<[RejectionReason, string, string][]>(field('list')).map(([reason, detail, path]) => ({
        reason,
        detail,
        ...(path ? { path } : {}),
      })),
    };
  } catch {
    return { id, raw: fields.map((field) => field.toString('base64')) };
  }
}
