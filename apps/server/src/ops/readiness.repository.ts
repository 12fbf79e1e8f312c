import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';

/** Asks Redis what only Redis knows. */
@Injectable()
export class ReadinessRepository {
  constructor(private readonly connection: RedisConnection) {}

  /** Writes a key that nobody reads: the only proof that Redis takes writes. @throws what Redis says */
  async write(): Promise<void> {
    await this.connection.commands.set('cw:probe', Date.now(), 'PX', 60_000);
  }

  /** Settings that decide what survives; null where CONFIG is not allowed (managed services). */
  async settings(): Promise<Record<string, string> | null> {
    try {
      const reply = (await this.connection.commands.config('GET', 'append*')) as string[] | Record<string, string>;
      const save = (await this.connection.commands.config('GET', 'save')) as string[] | Record<string, string>;
      return { ...pairs(reply), ...pairs(save) };
    } catch (error) {
      if (error instanceof Error && /unknown command|NOPERM|not allowed|disabled/i.test(error.message)) return null;
      throw error;
    }
  }
}

/** RESP2 answers with a flat list, RESP3 with a map. */
function pairs(reply: string[] | Record<string, string>): Record<string, string> {
  if (!Array.isArray(reply)) return reply;
  const result: Record<string, string> = {};
  for (let index = 0; index + 1 < reply.length; index += 2) result[String(reply[index])] = String(reply[index + 1]);
  return result;
}
