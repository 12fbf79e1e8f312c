import { createHash, randomBytes } from 'node:crypto';
import { Problem } from '../api/problem.js';
import type { AuthStore } from './auth.types.js';
import { hashPassword, MAX_PASSWORD, randomPassword, verifyPassword } from './password.js';
import type { Session } from './session.js';

/** A session unused for so long has ended, ms. */
export const SESSION_IDLE = 12 * 3_600_000;
/** No session outlives this, ms. */
export const SESSION_MAX = 30 * 86_400_000;
/** Use moves the expiry at most this often, ms: one write an hour, not one a request. */
const RENEW_EVERY = 3_600_000;
/** Failed log-ins of one account from one address before it is locked. */
export const MAX_FAILURES = 5;
/** How long it is locked, ms. */
export const LOCK_TIME = 20 * 60_000;

/** First account (design §15). */
export const FIRST_USER = 'admin';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Accounts, log-ins and sessions. Nothing of a password or a token is kept but its hash. */
export class SessionsService {
  /** Verified against when the account does not exist, so that the answer takes as long. */
  private decoy: Promise<string> | undefined;

  constructor(
    private readonly store: AuthStore,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Makes the first account when there is none.
   * @returns the random password that was made up for it and has to be printed now; null when nothing is to be printed
   */
  async ensureFirstAccount(password: string | undefined): Promise<string | null> {
    if (await this.store.hasAccounts()) return null;
    const chosen = password ?? randomPassword();
    const created = await this.store.createAccount(FIRST_USER, {
      password: await hashPassword(chosen),
      roles: ['administrator'],
      createdAt: this.now(),
    });
    return created && password === undefined ? chosen : null;
  }

  /**
   * Logs in.
   * @param address the client's, for the lock-out
   * @throws Problem `wrong-credentials`, `locked`
   */
  async open(user: string, password: string, address: string): Promise<Session & { token: string }> {
    const attempt = sha256(`${user}\n${address}`);
    const { attempts, remaining } = await this.store.countAttempt(attempt, MAX_FAILURES, LOCK_TIME);
    if (attempts > MAX_FAILURES) {
      throw new Problem('locked', `log-in of this account from this address is locked after ${MAX_FAILURES} failures`, {
        retryAfter: remaining / 1000,
      });
    }
    const account = password.length <= MAX_PASSWORD ? await this.store.account(user) : null;
    this.decoy ??= hashPassword(randomPassword());
    const right = await verifyPassword(account?.password ?? (await this.decoy), password.slice(0, MAX_PASSWORD));
    if (!account || !right) throw new Problem('wrong-credentials', 'user or password is wrong');
    await this.store.forgetAttempts(attempt);

    const now = this.now();
    const token = randomBytes(32).toString('base64url');
    const { roles, grants = [] } = account;
    const session = { user, roles, grants, createdAt: now, expiresAt: now + SESSION_IDLE };
    await this.store.putSession(sha256(token), session, SESSION_IDLE);
    return { user, roles, grants, expiresAt: session.expiresAt, token };
  }

  /** The session of a token, null when it never was or has ended. Being asked for keeps it alive. */
  async find(token: string): Promise<Session | null> {
    const hash = sha256(token);
    const stored = await this.store.session(hash);
    const now = this.now();
    if (!stored || stored.expiresAt <= now) return null;
    const { user, roles, grants = [] } = stored;
    const expiresAt = Math.min(now + SESSION_IDLE, stored.createdAt + SESSION_MAX);
    if (expiresAt - stored.expiresAt < RENEW_EVERY) return { user, roles, grants, expiresAt: stored.expiresAt };
    try {
      const extended = await this.store.extendSession(hash, { ...stored, expiresAt }, expiresAt - now);
      return extended ? { user, roles, grants, expiresAt } : null;
    } catch {
      // A Redis that refuses writes (full disk) must not log everybody out; the next use tries again.
      return { user, roles, grants, expiresAt: stored.expiresAt };
    }
  }

  async close(token: string): Promise<void> {
    await this.store.dropSession(sha256(token));
  }
}
