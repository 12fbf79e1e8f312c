import { Redis } from 'ioredis';
import { redisOptions } from '../../infra/redis.connection.js';

/** What a Redis says of itself. */
export interface RedisFacts {
  version: string;
  /** `CONFIG GET`; null where it is not allowed */
  settings: Record<string, string> | null;
  /** bytes */
  used: number;
  /** bytes; 0: no limit */
  maxMemory: number;
  policy: string;
  /** of the machine it runs on, bytes */
  systemMemory: number;
  /** `ok`, or what went wrong when it last wrote its file; absent without one */
  lastWrite: string | null;
  /** its clock minus ours, ms */
  skew: number;
  /** ms of a small command there and back */
  roundTrip: number;
  /** why a write was refused; null: it was taken */
  refusal: string | null;
  /** format of the state in it, null where there is none */
  format: number | null;
}

/** @throws Error that says why there is no connection */
export async function probeRedis(url: string): Promise<RedisFacts> {
  const redis = new Redis({
    ...redisOptions(url),
    replyMapping: 'legacy',
    lazyConnect: true,
    enableOfflineQueue: false,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    retryStrategy: () => null,
  });
  let reason = 'no connection';
  redis.on('error', (error) => {
    reason = error.message || ((error as NodeJS.ErrnoException).code ?? reason);
  });
  try {
    await redis.connect().catch((error: Error) => {
      throw new Error(reason === 'no connection' ? error.message : reason);
    });
    const facts = info(await redis.info());
    const settings = await redis
      .config('GET', '*')
      .then(pairs)
      .catch(() => null);
    const refusal = await redis.set('cw:probe', Date.now(), 'PX', 60_000).then(
      () => null,
      (error: Error) => error.message,
    );
    const begin = performance.now();
    const asked = Date.now();
    const [seconds, micros] = (await redis.time()) as [number | string, number | string];
    const roundTrip = performance.now() - begin;
    const format = await redis.get('cw:format').catch(() => null);
    return {
      version: facts.redis_version ?? '',
      settings,
      used: Number(facts.used_memory ?? 0),
      maxMemory: Number(facts.maxmemory ?? 0),
      policy: facts.maxmemory_policy ?? settings?.['maxmemory-policy'] ?? '',
      systemMemory: Number(facts.total_system_memory ?? 0),
      lastWrite: facts.aof_enabled === '1' ? (facts.aof_last_write_status ?? null) : null,
      // Its clock was read about half-way.
      skew: Number(seconds) * 1000 + Number(micros) / 1000 - (asked + roundTrip / 2),
      roundTrip,
      refusal,
      format: format === null ? null : Number(format),
    };
  } finally {
    redis.disconnect();
  }
}

/** `INFO`: lines of `name:value`. */
function info(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** RESP2 answers with a flat list, RESP3 with a map. */
function pairs(reply: unknown): Record<string, string> {
  if (!Array.isArray(reply)) return reply as Record<string, string>;
  const result: Record<string, string> = {};
  for (let index = 0; index + 1 < reply.length; index += 2) result[String(reply[index])] = String(reply[index + 1]);
  return result;
}
