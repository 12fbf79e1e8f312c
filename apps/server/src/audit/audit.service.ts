import { Logger } from '@nestjs/common';
import { Problem } from '../api/problem.js';
import { addressKey, RateLimit } from '../auth/rate-limit.js';
import type { AuditRepository } from './audit.repository.js';
import type { AuditAct, AuditEntry, AuditQuery } from './audit.types.js';
import type { AuditFiles } from './audit-files.repository.js';
import { ChainWalk, matches, sealed } from './seal.js';

/** Of several processes that write at once each tries again so often. */
const TRIES = 20;
const REFUSALS_A_MINUTE = 60;
const MINUTE = 60_000;

/** What a look at the whole chain found. */
export interface AuditVerdict {
  ok: boolean;
  entries: number;
  /** number of the first entry that is kept; above 1 when older ones were removed for their age */
  first: number;
  last: number;
  /** seal of the last: written down elsewhere it proves the whole */
  seal: string;
  /** what is wrong, and at which entry; absent: nothing */
  problem?: string;
}

/** Writes and finds what people did. */
export class AuditService {
  private readonly logger = new Logger('Audit');
  private readonly refusals: RateLimit;
  /** one at a time: the next entry is sealed with the one before */
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Pick<AuditRepository, 'head' | 'append' | 'newest'>,
    private readonly files: Pick<AuditFiles, 'newest' | 'oldest'>,
    now: () => number = Date.now,
  ) {
    this.refusals = new RateLimit(REFUSALS_A_MINUTE, MINUTE, now);
  }

  /**
   * Writes an act; resolves once it is kept.
   * @throws the error of Redis: what is not written must not be done
   */
  record(act: AuditAct): Promise<AuditEntry> {
    const written = this.writing.then(() => this.append(act));
    this.writing = written.catch(() => {});
    return written;
  }

  /** Writes what was refused, within bounds: whoever is refused must not fill the journal. Never rejects. */
  async recordRefusal(act: AuditAct): Promise<void> {
    if (this.refusals.take(addressKey(act.address)) > 0) return;
    await this.record(act).catch((error) => this.logger.warn(`a refusal is not in the audit: ${error}`));
  }

  /** Entries that are searched for, newest first. @param before number of an entry: only older ones */
  async *search(query: AuditQuery, before: number = Number.POSITIVE_INFINITY): AsyncGenerator<AuditEntry> {
    for await (const entry of this.all(query.to)) {
      if (query.from !== undefined && entry.at < query.from) return;
      if (entry.n < before && matches(entry, query)) yield entry;
    }
  }

  /** Walks the whole chain, in files and in Redis. */
  async verify(): Promise<AuditVerdict> {
    const walk = new ChainWalk();
    const verdict = (problem?: string): AuditVerdict => ({
      ok: problem === undefined,
      entries: walk.entries,
      first: walk.first,
      last: walk.head.n,
      seal: walk.head.seal,
      ...(problem === undefined ? {} : { problem }),
    });
    for await (const entry of this.files.oldest()) {
      const problem = walk.take(entry);
      if (problem !== null) return verdict(`in the archive: ${problem}`);
    }
    const recent: AuditEntry[] = [];
    for await (const entry of this.store.newest()) recent.push(entry);
    for (const entry of recent.reverse()) {
      const problem = walk.take(entry);
      if (problem !== null) return verdict(`in Redis: ${problem}`);
    }
    const told = await this.store.head();
    if (told.n > walk.head.n) return verdict(`entries ${walk.head.n + 1} to ${told.n} are missing at the end`);
    return verdict();
  }

  /** Redis first, then what only the files have. */
  private async *all(to: number | undefined): AsyncGenerator<AuditEntry> {
    let oldest = Number.POSITIVE_INFINITY;
    for await (const entry of this.store.newest()) {
      oldest = entry.n;
      yield entry;
    }
    if (oldest === 1) return;
    for await (const entry of this.files.newest(to)) if (entry.n < oldest) yield entry;
  }

  private async append(act: AuditAct): Promise<AuditEntry> {
    for (let left = TRIES; left > 0; left--) {
      const head = await this.store.head();
      const entry = sealed(act, head);
      if (await this.store.append(entry, head)) return entry;
    }
    throw new Problem('unavailable', 'the audit is written by others all the time; try again', { retryAfter: 1 });
  }
}
