import { readFileSync } from 'node:fs';
import type { AnnunciatorState } from '@citywall/alarms';
import { Injectable } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { listen } from '../infra/channel.js';
import { RedisConnection } from '../infra/redis.connection.js';

const lua = (name: string) => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
const FLOOD = lua('flood');
const RELEASE = lua('release');
const KEY = 'cw:{house}:flood';
const LEASE = `${KEY}:lease`;
const CHANNEL = `${KEY}:changed`;
const SEATS = 'cw:{house}:seats';
/** Who was not heard for so long has left the desk, ms. */
const SEATED_MS = 10_000;

/** What of the annunciator outlives a process. */
export interface KeptFlood extends AnnunciatorState {
  /** by system: entry of its journal up to which happenings are counted */
  entries: Record<string, string>;
}

/** What is told of a flood. */
export interface FloodNews {
  /** Unix ms; null: there is none */
  since: number | null;
  seats: number;
}

/** `cw:{house}:flood…`, `cw:{house}:seats` (docs/reference/redis.md). Every method rejects with the error of Redis when it is gone. */
@Injectable()
export class FloodRepository {
  constructor(private readonly redis: RedisConnection) {}

  async kept(): Promise<KeptFlood | null> {
    const text = await this.redis.commands.get(KEY);
    return text === null ? null : (JSON.parse(text) as KeptFlood);
  }

  /**
   * Takes or renews the lease; keeps and tells what is given. Resolves false where another process decides: nothing was done.
   * @param ttl ms
   */
  async keep(owner: string, ttl: number, kept?: KeptFlood, news?: FloodNews): Promise<boolean> {
    const texts = [kept === undefined ? '' : JSON.stringify(kept), CHANNEL, news ? JSON.stringify(news) : ''];
    return (await this.redis.commands.eval(FLOOD, 2, KEY, LEASE, owner, ttl, ...texts)) === 1;
  }

  async release(owner: string): Promise<void> {
    await this.redis.commands.eval(RELEASE, 1, LEASE, owner);
  }

  /** Some people sit at desks of this process. Resolves to how many do at all, each counted once. @param now Unix ms */
  async seats(users: readonly string[], now: number): Promise<number> {
    const pipeline = this.redis.commands.multi();
    if (users.length > 0) pipeline.zadd(SEATS, ...users.flatMap((user) => [now, user]));
    pipeline
      .zremrangebyscore(SEATS, '-inf', now - SEATED_MS)
      .zcard(SEATS)
      .pexpire(SEATS, 2 * SEATED_MS);
    const answers = (await pipeline.exec()) ?? [];
    for (const [error] of answers) if (error) throw error;
    return Number(answers.at(-2)?.[1] ?? 0);
  }

  /** What is told from now on; null whenever the channel is opened: what was told before is in `kept`. */
  changes(): Observable<FloodNews | null> {
    return listen(this.redis.subscriber, [CHANNEL]).pipe(
      map(({ message }) => (message === null ? null : (JSON.parse(message.toString()) as FloodNews))),
    );
  }
}
