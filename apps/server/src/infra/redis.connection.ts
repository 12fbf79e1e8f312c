import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { Config, withoutSecrets } from '../config/index.js';
import { RedisHealth } from './redis-health.js';

/** What ioredis wants to know for a `redis://`, `rediss://` or `unix://` address (`unix:///path/redis.sock?db=1`). */
export function redisOptions(url: string): RedisOptions {
  const parsed = new URL(url);
  const user = { username: decodeURIComponent(parsed.username), password: decodeURIComponent(parsed.password) };
  const account: RedisOptions = {
    ...(user.username ? { username: user.username } : {}),
    ...(user.password ? { password: user.password } : {}),
  };
  if (parsed.protocol === 'unix:') {
    const db = Number(parsed.searchParams.get('db') ?? 0);
    return { ...account, path: decodeURIComponent(parsed.pathname), db };
  }
  return {
    ...account,
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: Number(parsed.port || 6379),
    db: Number(parsed.pathname.slice(1) || 0),
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

/** How long the start waits for Redis before it goes on without (and says so): a restarting Redis loads its file first. */
const FIRST_CONNECT_MS = 10_000;
/** A stopped Redis keeps its sockets open: it is asked, and missed when it does not answer. */
const ASK_EVERY_MS = 1_500;
const ANSWER_WITHIN_MS = 2_500;
const NO_ANSWER = 'no answer';

/**
 * The connections to Redis. Commands fail at once while it is gone (no offline queue, no silent resend): whoever
 * writes decides what a failure means. `commands` serves queries, `writes` only the ingest, so that a long read never
 * delays an acknowledgement; `subscriber` is in subscribe mode.
 */
@Injectable()
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnection.name);
  private readonly open: Redis[] = [];
  private asking: NodeJS.Timeout | undefined;
  private missing: NodeJS.Timeout | undefined;
  readonly commands: Redis;
  readonly writes: Redis;
  readonly subscriber: Redis;

  constructor(
    private readonly config: Config,
    private readonly health: RedisHealth,
  ) {
    this.commands = this.connection('commands');
    this.writes = this.connection('writes');
    this.subscriber = this.connection('subscribe');
    // whoever follows a system listens by itself: a city has more of them than ten
    this.subscriber.setMaxListeners(0);
  }

  async onModuleInit(): Promise<void> {
    if (!this.config.redisUrl) return;
    this.writes.on('ready', () => {
      this.health.set('up');
      this.logger.log(`Redis is there: ${withoutSecrets(this.config.redisUrl)}`);
    });
    this.writes.on('close', () => this.health.set('gone', this.health.now.detail || 'connection closed'));
    this.writes.on('error', (error) => {
      if (this.health.now.state !== 'up') this.health.set('gone', error.message);
    });
    const first = this.open.map(
      (redis) =>
        new Promise<void>((resolve) => {
          redis.once('ready', resolve);
          redis.connect().catch(() => {});
        }),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), FIRST_CONNECT_MS);
    });
    if ((await Promise.race([Promise.all(first), late])) === 'late') {
      this.logger.error(
        `No Redis at ${withoutSecrets(this.config.redisUrl)} yet: ${this.health.now.detail}. Trying on.`,
      );
    }
    clearTimeout(timer);
    this.asking = setInterval(() => void this.ask(), ASK_EVERY_MS);
    this.asking.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.asking);
    clearTimeout(this.missing);
    for (const redis of this.open) redis.disconnect();
  }

  private async ask(): Promise<void> {
    if (this.missing !== undefined || this.writes.status !== 'ready') return;
    this.missing = setTimeout(() => this.health.set('gone', NO_ANSWER), ANSWER_WITHIN_MS);
    try {
      await this.writes.ping();
      if (this.health.now.detail === NO_ANSWER) this.health.set('up');
    } catch {
      // A broken connection speaks for itself (`close`).
    } finally {
      clearTimeout(this.missing);
      this.missing = undefined;
    }
  }

  private connection(name: string): Redis {
    const redis = new Redis({
      ...(this.config.redisUrl ? redisOptions(this.config.redisUrl) : {}),
      replyMapping: 'legacy',
      connectionName: `citywall-${name}`,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // Not 1: then ioredis forgets what was under way when the first attempt to reconnect succeeds (it is neither sent
      // again nor rejected), and whoever waits for it waits for ever. 0 rejects everything as soon as a connection closes.
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 1_000),
    });
    // Without a listener every failed attempt would print a stack; the condition is told by RedisHealth.
    redis.on('error', (error) => this.logger.debug(`${name}: ${error.message}`));
    this.open.push(redis);
    return redis;
  }
}
