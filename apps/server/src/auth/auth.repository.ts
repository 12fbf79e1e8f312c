import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../infra/redis.connection.js';
import type { Account, AuthStore, FailureCount, StoredSession } from './auth.types.js';

/**
 * Accounts, sessions and failed log-ins in Redis.
 *
 * - `cw:accounts` hash: user → JSON {@link Account}
 * - `cw:session:<sha-256 of the token>` JSON {@link StoredSession}, expires by itself
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

  async hasAccounts(): Promise<boolean> {
    return (await this.redis.hlen('cw:accounts')) > 0;
  }

  /** False when the account is there already (another process was first). */
  async createAccount(user: string, account: Account): Promise<boolean> {
    return (await this.redis.hsetnx('cw:accounts', user, JSON.stringify(account))) === 1;
  }

  /** @param ttl ms until it is gone */
  async putSession(hash: string, session: StoredSession, ttl: number): Promise<void> {
    await this.redis.set(`cw:session:${hash}`, JSON.stringify(session), 'PX', Math.max(1, Math.floor(ttl)));
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
