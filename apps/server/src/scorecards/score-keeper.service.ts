import { quietState } from '@citywall/aggregate';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { RedisHealth } from '../infra/redis-health.js';
import { PacksService } from '../packs/index.js';
import { type FeedFacts, feedFacts } from '../readings/feed-facts.js';
import type { ApplyResult } from '../state/index.js';
import { ScoreBook, type Scored } from './score-book.js';
import { ScorecardsRepository } from './scorecards.repository.js';

/** Keeps the score of every feed in the process that ingests it. */
@Injectable()
export class ScoreKeeper implements OnModuleDestroy {
  private readonly logger = new Logger(ScoreKeeper.name);
  private readonly book = new ScoreBook();
  private writing: Promise<void> | undefined;

  constructor(
    private readonly packs: PacksService,
    private readonly scores: ScorecardsRepository,
    private readonly health: RedisHealth,
  ) {}

  applied(batch: Scored, result: Pick<ApplyResult, 'feeds'>): void {
    const pack = this.packs.get(batch.system);
    if (pack) this.book.applied(batch, result, feedFacts(pack), Date.now());
  }

  /**
   * Counts what was due since the last look and writes everything counted.
   * @param listeningSince Unix ms; null while the feed's broker or Redis is gone
   */
  look(now: number, listeningSince: (facts: FeedFacts) => number | null): void {
    const expected = this.packs
      .all()
      .flatMap((pack) => pack.feeds.flatMap(({ id, ignore }) => (ignore ? [] : (feedFacts(pack).get(id) ?? []))));
    this.book.look(expected, now, (facts) =>
      facts.quiet && quietState(facts.quiet, facts.zone, now).now ? null : listeningSince(facts),
    );
    this.write();
  }

  async onModuleDestroy(): Promise<void> {
    await this.writing;
    this.write();
    await this.writing;
  }

  /** While Redis is gone nothing is drained: the sums wait, as many as there are feeds and hours. */
  private write(): void {
    if (this.writing || !this.health.up) return;
    const entries = this.book.drain();
    if (entries.length === 0) return;
    this.writing = this.scores
      .add(entries)
      .catch((error: unknown) => {
        // Whether it was added can't be told; a second of statistics is lost rather than counted twice.
        this.logger.debug(`a second of scores is lost: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        this.writing = undefined;
      });
  }
}
