import type { LastingChange } from '@citywall/mapping';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';

/** What nobody adds to or asks for in so long is forgotten, seconds. */
const KEPT_FOR_S = 30 * 86_400;
const FIELDS_OF_CALL = 200;

/** Something that a decoder of a system said in an earlier run. */
export type KeptLasting = LastingChange & { text: string };

const fieldOf = ({ way, key }: { way: string; key: string }) => JSON.stringify([way, key]);

/** `cw:{system}:decoders` hash: way of decoding and key (JSON list) → what a decoder remembers beyond a restart (JSON). */
@Injectable()
export class DecodersRepository {
  constructor(private readonly redis: RedisConnection) {}

  /** Durable, as far as this Redis is, when it resolves; the same again changes nothing. */
  async keep(system: string, changes: readonly LastingChange[]): Promise<void> {
    const key = `cw:{${system}}:decoders`;
    const set = changes.flatMap((change) => (change.text === null ? [] : [fieldOf(change), change.text]));
    const gone = changes.filter(({ text }) => text === null).map(fieldOf);
    const { writes } = this.redis;
    if (gone.length) await writes.hdel(key, ...gone);
    if (set.length) await writes.hset(key, ...set);
    await writes.expire(key, KEPT_FOR_S);
  }

  /** All of a system, in no order. */
  async *kept(system: string): AsyncGenerator<KeptLasting> {
    let cursor = '0';
    do {
      const [next, fields] = await this.redis.commands.hscan(
        `cw:{${system}}:decoders`,
        cursor,
        'COUNT',
        FIELDS_OF_CALL,
      );
      cursor = next;
      for (let i = 0; i + 1 < fields.length; i += 2) {
        const [way, key] = JSON.parse(fields[i] as string) as [string, string];
        yield { way, key, text: fields[i + 1] as string };
      }
    } while (cursor !== '0');
  }

  /** Says that somebody still remembers it. */
  async renew(system: string): Promise<void> {
    await this.redis.commands.expire(`cw:{${system}}:decoders`, KEPT_FOR_S);
  }
}
