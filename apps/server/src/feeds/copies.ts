import { createHash } from 'node:crypto';

/** One content on one topic. */
interface Content {
  /** how often it came by each subscription */
  came: Map<number, number>;
  /** how many publications of it were taken */
  taken: number;
  at: number;
}

/** Copies of one publication follow each other; what came so long ago has none any more, ms. */
const LATEST_COPY_MS = 10_000;

/**
 * Tells the copies of a publication from publications of the same content. A broker may send a message once for every
 * subscription that matches it (mosquitto does), and a value without a time of its own would count twice. Of one content,
 * as many publications were made as came by the subscription that brought most; what another one brings up to that number
 * are copies. Bounded: a copy is known among the next `limit` contents, later it is a message of its own.
 */
export class Copies {
  private young = new Map<string, Content>();
  private old = new Map<string, Content>();

  constructor(private readonly limit = 1_000) {}

  /** @param by identifiers of the subscriptions the message came by */
  isCopy(topic: string, payload: Uint8Array, by: number | readonly number[], now: number): boolean {
    const content = this.content(`${createHash('sha1').update(payload).digest('base64')}${topic}`, now);
    let most = 0;
    for (const identifier of typeof by === 'number' ? [by] : by) {
      const times = (content.came.get(identifier) ?? 0) + 1;
      content.came.set(identifier, times);
      most = Math.max(most, times);
    }
    if (most <= content.taken) return true;
    content.taken = most;
    return false;
  }

  private content(key: string, now: number): Content {
    const known = this.young.get(key) ?? this.old.get(key);
    const content =
      known && now - known.at <= LATEST_COPY_MS ? known : { came: new Map<number, number>(), taken: 0, at: now };
    content.at = now;
    this.young.set(key, content);
    if (this.young.size >= this.limit) {
      this.old = this.young;
      this.young = new Map();
    }
    return content;
  }
}
