import type { Account, AuthStore, StoredSession } from '../../../../../apps/server/src/auth/auth.types.js';

/** Redis' part, in memory and with the test's clock. */
export class MemoryStore implements AuthStore {
  now = 1_000_000;
  refusesWrites = false;
  readonly kept = new Map<string, Account>();
  readonly sessions = new Map<string, { session: StoredSession; until: number }>();
  readonly attempts = new Map<string, { n: number; until: number }>();

  async account(user: string) {
    return this.kept.get(user) ?? null;
  }
  async accounts() {
    return [...this.kept];
  }
  async hasAccounts() {
    return this.kept.size > 0;
  }
  async createAccount(user: string, account: Account) {
    if (this.kept.has(user)) return false;
    this.kept.set(user, account);
    return true;
  }
  async replaceAccount(user: string, before: Account, after: Account | null) {
    if (JSON.stringify(this.kept.get(user)) !== JSON.stringify(before)) return false;
    if (after === null) this.kept.delete(user);
    else this.kept.set(user, after);
    return true;
  }
  async putSession(hash: string, session: StoredSession, ttl: number) {
    this.sessions.set(hash, { session, until: this.now + ttl });
  }
  async session(hash: string) {
    const kept = this.sessions.get(hash);
    return kept && kept.until > this.now ? kept.session : null;
  }
  async sessionsOf(user: string) {
    return [...this.sessions].flatMap(([hash, { session, until }]): [string, StoredSession][] =>
      session.user === user && until > this.now ? [[hash, session]] : [],
    );
  }
  async extendSession(hash: string, session: StoredSession, ttl: number) {
    if (this.refusesWrites) throw new Error('MISCONF Redis is configured to save');
    if (!(await this.session(hash))) return false;
    await this.putSession(hash, session, ttl);
    return true;
  }
  async dropSession(hash: string) {
    this.sessions.delete(hash);
  }
  async countAttempt(key: string, limit: number, lock: number) {
    const known = this.attempts.get(key);
    const n = known && known.until > this.now ? known.n + 1 : 1;
    const until = n <= limit || !known ? this.now + lock : known.until;
    this.attempts.set(key, { n, until });
    return { attempts: n, remaining: until - this.now };
  }
  async forgetAttempts(key: string) {
    this.attempts.delete(key);
  }
}
