import { noScores, SCORE_FIELDS, type ScoreSums } from '@citywall/aggregate';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import { HOUR, type HourSums } from './score-book.js';

/** An hour's sums are kept for so long, ms. */
export const SCORES_FOR = 8 * 24 * HOUR;
/** Commands sent at once. */
const PIPELINED = 1_000;

const keyOf = (system: string, feed: string, hour: number) => `cw:{${system}}:score:${feed}:${hour}`;

/** `cw:{system}:score:<feed>:<hour>` hash: sums of the feed in the hour since the epoch, eight days. */
@Injectable()
export class ScorecardsRepository {
  constructor(private readonly redis: RedisConnection) {}

  /** Adds to what stands there; sums of other processes as well. */
  async add(entries: readonly HourSums[]): Promise<void> {
    const pipeline = this.redis.commands.pipeline();
    for (const { system, feed, hour, sums } of entries) {
      const key = keyOf(system, feed, hour);
      for (const field of SCORE_FIELDS) {
        if (sums[field] === 0) continue;
        if (field === 'due') pipeline.hincrbyfloat(key, field, sums[field]);
        else pipeline.hincrby(key, field, sums[field]);
      }
      pipeline.pexpireat(key, (hour + 1) * HOUR + SCORES_FOR);
    }
    // exec() resolves even when a command of it failed: what was refused has to be an error here.
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }

  /** Sums of every hour from … to (hours since the epoch, both inclusive), by feed, in the order of `feeds`. */
  async sums(system: string, feeds: readonly string[], from: number, to: number): Promise<ScoreSums[]> {
    const totals = feeds.map(() => noScores());
    const wanted = feeds.flatMap((feed, place) =>
      Array.from({ length: to - from + 1 }, (_, index) => ({ place, key: keyOf(system, feed, from + index) })),
    );
    for (let i = 0; i < wanted.length; i += PIPELINED) {
      const part = wanted.slice(i, i + PIPELINED);
      const pipeline = this.redis.commands.pipeline();
      for (const { key } of part) pipeline.hmget(key, ...SCORE_FIELDS);
      for (const [index, [error, values]] of ((await pipeline.exec()) ?? []).entries()) {
        if (error) throw error;
        const total = totals[part[index]?.place ?? -1];
        if (!total) continue;
        for (const [place, field] of SCORE_FIELDS.entries()) total[field] += Number((values as string[])[place] ?? 0);
      }
    }
    return totals;
  }
}
