import { createHash, randomBytes } from 'node:crypto';
import { Problem } from '../api/problem.js';
import type { Account, AuthStore } from './auth.types.js';
import { hashPassword, MAX_PASSWORD, randomPassword, verifyPassword } from './password.js';
import { addressKey } from './rate-limit.js';
import { counterOf } from './second-factor.js';
import { isSeated, type Session, type SessionUse } from './session.js';

/** A session that is not used for so long has ended, ms; that of a person at a desk when they did nothing for so long. */
export const SESSION_IDLE = 2 * 3_600_000;
/** No session of a person outlives this, ms: two shifts of twelve hours. A display that has to go on is paired. */
export const SESSION_MAX = 24 * 3_600_000;
/** Use moves the expiry at most this often, ms: a write in five minutes, not one a request. */
const RENEW_EVERY = 5 * 60_000;
/** That somebody does something is written down at most this often, ms. */
const NOTE_EVERY = 60_000;
/** Failed log-ins of one account from one address before it is locked. */
export const MAX_FAILURES = 5;
/** How long it is locked, ms. */
export const LOCK_TIME = 20 * 60_000;

/** First account (design §15). */
export const FIRST_USER = 'admin';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What is kept of a token. */
export const sessionHash = sha256;

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
   * @param code of the second factor, where the account has one
   * @throws Problem `wrong-credentials`, `second-factor` (the password was right, the code is missing), `locked`
   */
  async open(user: string, password: string, address: string, code?: string): Promise<Session & { token: string }> {
    const account = await this.prove(user, password, address, code);
    const { roles, grants = [], mustChange = false } = account;
    const now = this.now();
    const token = randomBytes(32).toString('base64url');
    const expiresAt = now + SESSION_IDLE;
    const kept = { user, roles, grants, ...(mustChange ? { mustChange } : {}), address, createdAt: now };
    const session = { ...kept, expiresAt, activeAt: now };
    await this.store.putSession(sha256(token), session, SESSION_IDLE);
    // Whoever changed the account while the password was proven ended its sessions before this one was there.
    if (!isSameRight(account, await this.store.account(user))) {
      await this.store.dropSession(sha256(token));
      throw new Problem('wrong-credentials', 'the account was changed at this moment; log in again');
    }
    return { user, roles, grants, mustChange, expiresAt, ...(isSeated({ roles }) ? { idleAt: expiresAt } : {}), token };
  }

  /**
   * The second person under a command: proves who they are as for a log-in, without a session.
   * @throws as `open`; Problem `password-change` where somebody else chose the password
   */
  async sign(
    user: string,
    password: string,
    address: string,
    code?: string,
  ): Promise<Pick<Session, 'roles' | 'grants'>> {
    const { roles, grants = [], mustChange = false } = await this.prove(user, password, address, code);
    if (mustChange) throw new Problem('password-change', `${user} has to log in and choose a password first`);
    return { roles, grants };
  }

  private async prove(user: string, password: string, address: string, code?: string): Promise<Account> {
    const attempt = sha256(`${user}\n${addressKey(address)}`);
    const { attempts, remaining } = await this.store.countAttempt(attempt, MAX_FAILURES, LOCK_TIME);
    if (attempts > MAX_FAILURES) {
      throw new Problem('locked', `log-in of this account from this address is locked after ${MAX_FAILURES} failures`, {
        retryAfter: remaining / 1000,
      });
    }
    const account = password.length <= MAX_PASSWORD ? await this.store.account(user) : null;
    this.decoy ??= hashPassword(randomPassword());
    const right = await verifyPassword(account?.password ?? (await this.decoy), password.slice(0, MAX_PASSWORD));
    if (!account || !right || account.disabled) throw new Problem('wrong-credentials', 'user or password is wrong');
    if (account.factor) await this.checkCode(user, account, account.factor, code, this.now());
    await this.store.forgetAttempts(attempt);
    return account;
  }

  /** A code counts once; a second log-in with it at the same moment finds another account than it read. */
  private async checkCode(
    user: string,
    account: Account,
    { secret, counter }: NonNullable<Account['factor']>,
    code: string | undefined,
    now: number,
  ): Promise<void> {
    if (code === undefined) throw new Problem('second-factor', 'the code of the second factor is needed, too');
    const taken = counterOf(secret, code, counter, now);
    const after = { ...account, factor: { secret, counter: taken ?? counter } };
    if (taken === null || !(await this.store.replaceAccount(user, account, after)))
      throw new Problem('wrong-credentials', 'the code is wrong, or was used already');
  }

  /**
   * The session of a token, null when it never was or has ended. Use keeps it alive; that of a person at a desk only what the
   * person does, or a screen that shows it: pages that ask by themselves ask all night.
   */
  async find(token: string, use: SessionUse = 'poll'): Promise<Session | null> {
    const hash = sha256(token);
    const stored = await this.store.session(hash);
    const now = this.now();
    // one that an earlier CityWall opened for longer ends as those of today do
    if (!stored || stored.expiresAt <= now || stored.createdAt + SESSION_MAX <= now) return null;
    const { user, roles, grants = [], mustChange = false, createdAt } = stored;
    const seated = isSeated({ roles });
    const activeAt = stored.activeAt ?? Math.max(createdAt, stored.expiresAt - SESSION_IDLE);
    const told = (expiresAt: number, active: number): Session => {
      const idleAt = Math.min(active + SESSION_IDLE, createdAt + SESSION_MAX);
      const seat = seated ? { idleAt, ...(idleAt <= now ? { idle: true as const } : {}) } : {};
      return { user, roles, grants, mustChange, expiresAt, ...seat };
    };
    const before = told(stored.expiresAt, activeAt);
    // whoever was away too long does not come back by pressing a key
    const active = use === 'act' && !before.idle;
    const expiresAt = Math.min(now + SESSION_IDLE, createdAt + SESSION_MAX);
    const noted = active && now - activeAt >= NOTE_EVERY;
    const renewed = (!seated || active || use === 'watch') && expiresAt - stored.expiresAt >= RENEW_EVERY;
    if (!noted && !renewed) return before;
    const after = { ...stored, expiresAt, ...(active ? { activeAt: now } : { activeAt }) };
    try {
      const extended = await this.store.extendSession(hash, after, expiresAt - now);
      return extended ? told(expiresAt, after.activeAt) : null;
    } catch {
      // A Redis that refuses writes (full disk) must not log everybody out; the next use tries again.
      return before;
    }
  }

  /** The session may do again what its roles let it: the password is its own now. */
  async release(hash: string): Promise<void> {
    const stored = await this.store.session(hash);
    if (!stored?.mustChange) return;
    const { mustChange: _, ...free } = stored;
    await this.store.extendSession(hash, free, free.expiresAt - this.now());
  }

  async close(token: string): Promise<void> {
    await this.store.dropSession(sha256(token));
  }
}

/** Whether an account still lets its person in with what they gave, and lets them do the same. */
function isSameRight(before: Account, now: Account | null): boolean {
  const right = (account: Account) => {
    const { password, roles, grants = [], disabled = false, mustChange = false } = account;
    return JSON.stringify([password, roles, grants, disabled, mustChange]);
  };
  return now !== null && right(before) === right(now);
}
