import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ArchivedJournal,
  ArchivePositions,
  JournalTail,
  Tail,
  TailEntry,
} from '../../../../../apps/server/src/archive/archive.types.js';
import { compareIds } from '../../../../../apps/server/src/archive/archive.types.js';
import { ArchiveFiles } from '../../../../../apps/server/src/archive/archive-files.repository.js';
import { type ArchivePorts, JournalArchive } from '../../../../../apps/server/src/archive/journal-archive.js';
import { type Verified, verifyArchive } from '../../../../../apps/server/src/archive/verify.js';

/** A stream as Redis keeps it. */
export class FakeStream implements JournalTail {
  entries: TailEntry[] = [];
  added = 0;
  last = '0-0';
  /** entries that are read at once */
  batch = 500;

  add(at: number, text = 'x'): string {
    const [ms = 0, part = 0] = this.last.split('-').map(Number);
    const id = at > ms ? `${at}-0` : `${ms}-${part + 1}`;
    this.entries.push({ id, fields: [Buffer.from('b'), Buffer.from(text)] });
    this.added += 1;
    this.last = id;
    return id;
  }

  async read(_system: string, _journal: ArchivedJournal, after: string): Promise<Tail> {
    const behind = this.entries.filter(({ id }) => compareIds(id, after) > 0);
    return {
      entries: behind.slice(0, this.batch),
      more: behind.length > this.batch,
      added: this.added,
      length: this.entries.length,
      first: this.entries[0]?.id ?? null,
      last: this.last,
    };
  }
}

/** Positions in memory, with the lease of one owner; `break` fails the next move before or after it is done. */
export class FakePositions implements ArchivePositions {
  readonly kept = new Map<string, string>();
  owner: string | null = null;
  fail: 'before' | 'after' | null = null;

  async lease(owner: string): Promise<boolean> {
    if (this.owner !== null && this.owner !== owner) return false;
    this.owner = owner;
    return true;
  }
  async release(owner: string): Promise<void> {
    if (this.owner === owner) this.owner = null;
  }
  async get(system: string, journal: ArchivedJournal): Promise<string | null> {
    return this.kept.get(`${journal}/${system}`) ?? null;
  }
  async move(
    owner: string,
    _ttl: number,
    system: string,
    journal: ArchivedJournal,
    before: string | null,
    after: string,
  ): Promise<boolean> {
    const { fail } = this;
    this.fail = null;
    if (fail === 'before') throw new Error('killed before the position moved');
    const key = `${journal}/${system}`;
    if ((this.kept.get(key) ?? null) !== before || !(await this.lease(owner))) return false;
    this.kept.set(key, after);
    if (fail === 'after') throw new Error('killed after the position moved');
    return true;
  }
}

/** An archive in a temporary folder, with a stream and a clock of its own. */
export class Lab {
  readonly directory = mkdtempSync(join(tmpdir(), 'citywall-archive-'));
  readonly files = new ArchiveFiles(this.directory);
  readonly positions = new FakePositions();
  stream = new FakeStream();
  now = Date.parse('2026-07-09T12:00:00+08:00');
  told: string[] = [];

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** As after a start: what the one before knew is gone. */
  async archive(
    journal: ArchivedJournal = 'occurrences',
    owner = 'a',
    options: Partial<ArchivePorts> = {},
  ): Promise<JournalArchive> {
    const archive = new JournalArchive('water', journal, {
      tail: this.stream,
      positions: this.positions,
      files: this.files,
      owner,
      ttl: 15_000,
      now: () => this.now,
      tell: (text) => this.told.push(text),
      ...options,
    });
    await archive.open();
    return archive;
  }

  async verify(): Promise<Verified> {
    for await (const found of verifyArchive(this.directory)) return found;
    throw new Error('nothing is archived');
  }
}

/** Rounds until there is no more. */
export async function rounds(archive: JournalArchive): Promise<void> {
  while (await archive.round());
}
