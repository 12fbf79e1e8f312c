import { ORIGINS, type Origin } from '@citywall/model';
import { Injectable } from '@nestjs/common';
import { Packr } from 'msgpackr';
import { RedisConnection } from '../infra/redis.connection.js';
import { KEPT_PAYLOAD } from './batch-encoder.js';
import { unpack } from './codec.js';
import { RECENT } from './scripts.js';

/** Messages of a feed that are kept. */
export const RECENT_MESSAGES = 20;
/** Bytes the kept messages of one feed may have together. */
const RECENT_BYTES = 262_144;
/** A feed that is silent for longer shows none, ms. */
const RECENT_FOR = 86_400_000;

/** A raw message of a feed, a sample of what came. */
export interface RecentMessage {
  topic: string;
  payload: Buffer;
  /** `payload` is only the beginning (64 KiB) */
  truncated: boolean;
  /** Unix ms */
  receivedAt: number;
  retained: boolean;
  origin: Origin;
}

type Packed = [topic: string, receivedAt: number, origin: number, retained: number, truncated: number, payload: Buffer];

const packr = new Packr({ useRecords: false });

/** The last messages of every feed as they came, for people who look at a feed. Samples: nothing depends on them. */
@Injectable()
export class RecentMessagesRepository {
  constructor(private readonly redis: RedisConnection) {}

  async keep(
    system: string,
    feed: string,
    message: Omit<RecentMessage, 'truncated' | 'payload'> & { payload: Uint8Array },
  ): Promise<void> {
    const { topic, payload, receivedAt, retained, origin } = message;
    const packed: Packed = [
      topic,
      receivedAt,
      Math.max(0, ORIGINS.indexOf(origin)),
      retained ? 1 : 0,
      payload.length > KEPT_PAYLOAD ? 1 : 0,
      Buffer.from(payload.subarray(0, KEPT_PAYLOAD)),
    ];
    const args = [1, `cw:{${system}}:recent:${feed}`, packr.pack(packed), RECENT_MESSAGES, RECENT_BYTES, RECENT_FOR];
    const redis = this.redis.commands;
    try {
      await redis.callBuffer('EVALSHA', RECENT.sha, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      await redis.callBuffer('EVAL', RECENT.text, ...args);
    }
  }

  /** Newest first. */
  async newest(system: string, feed: string, limit: number): Promise<RecentMessage[]> {
    const list = await this.redis.commands.lrangeBuffer(`cw:{${system}}:recent:${feed}`, 0, limit - 1);
    return list.map((bytes) => {
      const [topic, receivedAt, origin, retained, truncated, payload] = unpack<Packed>(bytes);
      return {
        topic,
        payload,
        truncated: truncated === 1,
        receivedAt,
        retained: retained === 1,
        origin: ORIGINS[origin] ?? 'live',
      };
    });
  }
}
