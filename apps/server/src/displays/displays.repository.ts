import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import type { KeptDisplay } from './displays.types.js';

/** What the keeper needs of Redis; tests bring one in memory. */
export interface DisplayStore {
  write(kept: readonly KeptDisplay[]): Promise<void>;
  /** those that stand there, of the ids asked for */
  read(ids: readonly string[]): Promise<Map<string, KeptDisplay>>;
  all(): Promise<KeptDisplay[]>;
  drop(ids: readonly string[]): Promise<void>;
}

const KEY = 'cw:displays';

/** `cw:displays` hash: screen → JSON {@link KeptDisplay}. */
@Injectable()
export class DisplaysRepository implements DisplayStore {
  constructor(private readonly redis: RedisConnection) {}

  async write(kept: readonly KeptDisplay[]): Promise<void> {
    if (kept.length === 0) return;
    await this.redis.commands.hset(KEY, ...kept.flatMap((one) => [one.id, JSON.stringify(one)]));
  }

  async read(ids: readonly string[]): Promise<Map<string, KeptDisplay>> {
    if (ids.length === 0) return new Map();
    const texts = await this.redis.commands.hmget(KEY, ...ids);
    return new Map(texts.flatMap((text) => parse(text)).map((one) => [one.id, one]));
  }

  async all(): Promise<KeptDisplay[]> {
    return Object.values(await this.redis.commands.hgetall(KEY)).flatMap((text) => parse(text));
  }

  async drop(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.redis.commands.hdel(KEY, ...ids);
  }
}

/** What another version wrote differently is left out rather than shown wrong. */
function parse(text: string | null): KeptDisplay[] {
  if (text === null) return [];
  try {
    const value = JSON.parse(text) as KeptDisplay;
    return typeof value?.id === 'string' && Array.isArray(value.trend?.heap) ? [value] : [];
  } catch {
    return [];
  }
}
