import { randomUUID } from 'node:crypto';
import type { Words } from '@citywall/model';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AUDIT_JOURNAL, AUDIT_SYSTEM } from '../audit/audit.types.js';
import { HANDOVER_JOURNAL, HANDOVER_SYSTEM } from '../handover/handover.types.js';
import { type RedisHealth, refusesWrites } from '../infra/redis-health.js';
import { type NoticesService, noticeId } from '../notices/notices.service.js';
import { isLow, type Space } from '../ops/disk.js';
import { ARCHIVED_JOURNALS, type ArchivedJournal, type ArchivePositions, type JournalTail } from './archive.types.js';
import type { ArchiveFiles } from './archive-files.repository.js';
import { type ArchivePorts, JournalArchive, LeaseLostError } from './journal-archive.js';

const EVERY_MS = 1_000;
/** The archiver that died is followed after this, ms. */
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** Batches of one journal in one look, so that the others have their turn; where one is behind, the next look comes at once. */
const BATCHES = 10;

/** Archives the journals of all systems, in one process at a time. */
export class ArchiveService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ArchiveService.name);
  private readonly owner = randomUUID();
  private readonly ports: ArchivePorts;
  private readonly journals = new Map<string, JournalArchive>();
  private timer: NodeJS.Timeout | undefined;
  private renewal: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private stopped = false;
  private held = false;
  private low = false;
  /** a journal had more than one look takes: the next look comes at once */
  private behind = false;

  constructor(
    private readonly systems: () => string[],
    private readonly positions: ArchivePositions,
    tail: JournalTail,
    files: ArchiveFiles,
    private readonly health: RedisHealth,
    private readonly notices: NoticesService,
    private readonly space: () => Promise<Space>,
    private readonly now: () => number = Date.now,
  ) {
    this.ports = {
      tail,
      positions,
      files,
      owner: this.owner,
      ttl: LEASE_MS,
      now,
      tell: (text) => this.logger.error(text),
    };
  }

  onApplicationBootstrap(): void {
    // Closing a large day takes longer than the lease lasts.
    this.renewal = setInterval(() => {
      if (this.held && this.health.up) void this.positions.lease(this.owner, LEASE_MS).catch(() => {});
    }, RENEW_MS);
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    clearInterval(this.renewal);
    await this.looking;
    // Best effort: when Redis is gone the lease ends by itself.
    if (this.held) await this.positions.release(this.owner).catch(() => {});
    this.held = false;
  }

  private schedule(): void {
    this.timer = setTimeout(
      () => {
        this.looking = this.look().finally(() => {
          if (!this.stopped) this.schedule();
        });
      },
      this.behind ? 0 : EVERY_MS,
    );
  }

  /** One look at all journals. Never rejects: what is wrong is a notice, and the next look tries again. */
  async look(): Promise<void> {
    let problem: string | null = null;
    try {
      this.held = this.health.up && (await this.positions.lease(this.owner, LEASE_MS));
      if (!this.held) {
        this.journals.clear();
        this.notices.clear(noticeId('archive-behind'));
        return;
      }
      this.low = isLow(await this.space(), this.low);
      if (this.low) problem = 'the disk is nearly full';
      else problem = await this.archiveAll();
    } catch (error) {
      problem = this.problemOf(error);
    }
    this.say(problem);
  }

  private async archiveAll(): Promise<string | null> {
    let problem: string | null = null;
    this.behind = false;
    for (const [system, journal] of this.wanted()) {
      if (this.stopped) return problem;
      const key = `${journal}/${system}`;
      try {
        let archive = this.journals.get(key);
        if (!archive) {
          archive = new JournalArchive(system, journal, this.ports);
          await archive.open();
          this.journals.set(key, archive);
        }
        let more = true;
        for (let i = 0; i < BATCHES && more && !this.stopped; i++) more = await archive.round();
        this.behind ||= more;
      } catch (error) {
        this.journals.delete(key);
        if (error instanceof LeaseLostError) throw error;
        problem ??= this.problemOf(error);
      }
    }
    return problem;
  }

  /** The house's own first: the audit is the smallest, and the one that must not wait. */
  private wanted(): [system: string, journal: ArchivedJournal][] {
    const ofSystems = this.systems().flatMap((system) =>
      ARCHIVED_JOURNALS.map((journal): [string, ArchivedJournal] => [system, journal]),
    );
    return [[AUDIT_SYSTEM, AUDIT_JOURNAL], [HANDOVER_SYSTEM, HANDOVER_JOURNAL], ...ofSystems];
  }

  /** What a person should know of an error; null where it is known already, or no trouble. */
  private problemOf(error: unknown): string | null {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof LeaseLostError || !this.health.up || refusesWrites(error)) {
      this.logger.debug(`the archive waits: ${text}`);
      return null;
    }
    return text;
  }

  private say(problem: string | null): void {
    const id = noticeId('archive-behind');
    if (problem === null) {
      if (this.notices.clear(id)) this.logger.log('The archive goes on');
      return;
    }
    const text = words(problem);
    // Said again only when something else is wrong, so that `count` does not count the looks.
    if (this.notices.get(id)?.text.en === text.en) return;
    this.logger.error(`The archive stands still: ${problem}`);
    this.notices.raise('archive-behind', { text }, this.now());
  }
}

function words(problem: string): Words {
  return {
    zh: `日志归档停顿（${problem}）：接收不受影响，恢复后自动续写，其间被清理的条目会记为缺口`,
    en: `The archive stands still (${problem}): nothing else is affected, it goes on by itself; what is trimmed meanwhile will be told as a gap`,
  };
}
