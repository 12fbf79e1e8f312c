import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import type { Account, AuthStore, FailureCount, StoredSession } from './auth.types.js';

/** Sessions of one account from which on those that have ended are looked for at a log-in. */
const MANY_SESSIONS = 100;

/** Two who change an account at once must not undo each other. */
const REPLACE = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1`;

/**
 * Accounts, sessions and failed log-ins in Redis.
 *
 * - `cw:accounts` hash: user → JSON {@link Account}
 * - `cw:session:<sha-256 of the token>` JSON {@link StoredSession}, expires by itself
 * - `cw:sessions:<user>` set: hashes of the sessions of an account; those that have ended are dropped when it is read
 * - `cw:login:<sha-256 of account and address>` number of failures in a row, expires by itself
 */
@Injectable()
export class AuthRepository implements AuthStore {
  constructor(private readonly connection: RedisConnection) {}

  private get redis() {
    return this.connection.commands;
  }

  async account(user: string): Promise<Account | null> {
    const text = await this.redis.hget('cw:accounts', user);
    return text === null ? null : (JSON.parse(text) as Account);
  }

  async accounts(): Promise<[user: string, account: Account][]> {
    const texts = await this.redis.hgetall('cw:accounts');
    return Object.entries(texts).map(([user, text]) => [user, JSON.parse(text) as Account]);
  }

  async replaceAccount(user: string, before: Account, after: Account | null): Promise<boolean> {
    const texts = [JSON.stringify(before), after === null ? '' : JSON.stringify(after)];
    return (await this.redis.eval(REPLACE, 1, 'cw:accounts', user, ...texts)) === 1;
  }

  async hasAccounts(): Promise<boolean> {
    return (await this.redis.hlen('cw:accounts')) > 0;
  }

  /** False when the account is there already (another process was first). */
  async createAccount(user: string, account: Account): Promise<boolean> {
    return (await this.redis.hsetnx('cw:accounts', user, JSON.stringify(account))) === 1;
  }

  /** @param ttl ms until it is gone */
  async putSession(hash: string, session: StoredSession, ttl: number): Promise<void> {
    const set = `cw:sessions:${session.user}`;
    // both or none: who ends the sessions of an account drops from its list what is not there
    const done = await this.redis
      .multi()
      .set(`cw:session:${hash}`, JSON.stringify(session), 'PX', Math.max(1, Math.floor(ttl)))
      .sadd(set, hash)
      .scard(set)
      .exec();
    for (const [error] of done ?? []) if (error) throw error;
    // a program that logs in all the time leaves more behind than anybody reads
    if (Number(done?.[2]?.[1] ?? 0) > MANY_SESSIONS) await this.sessionsOf(session.user);
  }

  async sessionsOf(user: string): Promise<[hash: string, session: StoredSession][]> {
    const found: [string, StoredSession][] = [];
    for (const hash of await this.redis.smembers(`cw:sessions:${user}`)) {
      const session = await this.session(hash);
      if (session) found.push([hash, session]);
      else await this.redis.srem(`cw:sessions:${user}`, hash);
    }
    return found;
  }

  async session(hash: string): Promise<StoredSession | null> {
    const text = await this.redis.get(`cw:session:${hash}`);
    return text === null ? null : (JSON.parse(text) as StoredSession);
  }

  /** Extends only a session that still is: one ended meanwhile must not come back. */
  async extendSession(hash: string, session: StoredSession, ttl: number): Promise<boolean> {
    const reply = await this.redis.set(
      `cw:session:${hash}`,
      JSON.stringify(session),
      'PX',
      Math.max(1, Math.floor(ttl)),
      'XX',
    );
    return reply === 'OK';
  }

  async dropSession(hash: string): Promise<void> {
    await this.redis.del(`cw:session:${hash}`);
  }

  /**
   * Counts an attempt before it is verified, so that parallel guesses cannot pass the limit together.
   * @param lock ms the count holds; attempts above `limit` do not prolong it
   */
  async countAttempt(key: string, limit: number, lock: number): Promise<FailureCount> {
    const name = `cw:login:${key}`;
    const attempts = await this.redis.incr(name);
    if (attempts <= limit) await this.redis.pexpire(name, lock);
    const remaining = attempts <= limit ? lock : await this.redis.pttl(name);
    return { attempts, remaining: Math.max(0, remaining) };
  }

  async forgetAttempts(key: string): Promise<void> {
    await this.redis.del(`cw:login:${key}`);
  }
}
