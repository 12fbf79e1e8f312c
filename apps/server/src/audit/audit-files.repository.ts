import { join } from 'node:path';
import { dayFiles } from '../archive/archive-files.repository.js';
import { dayOf } from '../archive/chain.js';
import { linesOf } from '../archive/lines.js';
import { AUDIT_JOURNAL, AUDIT_SYSTEM, type AuditEntry } from './audit.types.js';

/** The audit as the archive wrote it. */
export class AuditFiles {
  private readonly folder: string;

  /** @param archive folder of the archive */
  constructor(archive: string) {
    this.folder = join(archive, AUDIT_JOURNAL, AUDIT_SYSTEM);
  }

  /** Entries of the days before and up to a moment, newest first; a day is in memory at a time. */
  async *newest(to: number = Number.POSITIVE_INFINITY): AsyncGenerator<AuditEntry> {
    const files = (await dayFiles(this.folder)).filter(
      ({ day }) => to === Number.POSITIVE_INFINITY || day <= dayOf(to),
    );
    for (const { path } of files.reverse()) {
      const entries: AuditEntry[] = [];
      for await (const entry of entriesOf(path)) entries.push(entry);
      yield* entries.reverse();
    }
  }

  /** All entries, oldest first. */
  async *oldest(): AsyncGenerator<AuditEntry> {
    for (const { path } of await dayFiles(this.folder)) yield* entriesOf(path);
  }
}

async function* entriesOf(path: string): AsyncGenerator<AuditEntry> {
  for await (const { bytes, whole } of linesOf(path)) {
    if (!whole) continue;
    const line = JSON.parse(bytes.toString()) as { audit?: AuditEntry };
    // lines that tell a gap hold none
    if (line.audit) yield line.audit;
  }
}
