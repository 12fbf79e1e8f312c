import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';

/**
 * `cw:subscriptions` hash: MQTT session → JSON list of the filters it was last subscribed to. A session outlives the
 * process: only so is known what to unsubscribe when packs changed while the server was down.
 */
@Injectable()
export class SubscriptionsRepository {
  constructor(private readonly redis: RedisConnection) {}

  /** Empty where nothing is known, also while Redis is gone. */
  async filters(session: string): Promise<string[]> {
    try {
      const text = await this.redis.commands.hget('cw:subscriptions', session);
      const parsed: unknown = text === null ? [] : JSON.parse(text);
      return Array.isArray(parsed) ? parsed.filter((filter) => typeof filter === 'string') : [];
    } catch {
      // A filter too many only brings messages that no feed takes.
      return [];
    }
  }

  async keep(session: string, filters: string[]): Promise<void> {
    await this.redis.commands.hset('cw:subscriptions', session, JSON.stringify(filters)).catch(() => {});
  }
}
