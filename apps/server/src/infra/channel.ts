import type { Redis } from 'ioredis';
import { Observable } from 'rxjs';

/** What a channel says; `message` is null when it was (re)opened: what was said before is not known. */
export interface Said {
  channel: string;
  message: Buffer | null;
}

/** Listens to channels of Redis, over interruptions. Without a channel nothing is ever said. */
export function listen(redis: Redis, channels: readonly string[]): Observable<Said> {
  return new Observable((subscriber) => {
    const mine = new Set(channels);
    const onMessage = (bytes: Buffer, message: Buffer) => {
      const channel = bytes.toString();
      if (mine.has(channel)) subscriber.next({ channel, message });
    };
    const open = async () => {
      if (mine.size === 0 || redis.status !== 'ready') return;
      await redis.subscribe(...mine);
      for (const channel of mine) subscriber.next({ channel, message: null });
    };
    // The next `ready` tries again: a failed attempt needs no answer.
    const onReady = () => void open().catch(() => {});
    redis.on('messageBuffer', onMessage);
    redis.on('ready', onReady);
    onReady();
    return () => {
      redis.off('messageBuffer', onMessage);
      redis.off('ready', onReady);
    };
  });
}
