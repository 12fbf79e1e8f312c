import type { Grant, Role } from './session.js';

/** An account as kept in state. */
export interface Account {
  /** argon2id in PHC string form */
  password: string;
  roles: Role[];
  /** absent: none */
  grants?: Grant[];
  /** Unix ms */
  createdAt: number;
}

/** A session as kept in state, under the hash of its token. */
export interface StoredSession {
  user: string;
  roles: Role[];
  /** absent: none */
  grants?: Grant[];
  /** Unix ms */
  createdAt: number;
  /** Unix ms; moves on while the session is used */
  expiresAt: number;
}

export interface FailureCount {
  /** attempts since the last success, this one included */
  attempts: number;
  /** ms until the count is forgotten */
  remaining: number;
}

/** What {@link AuthRepository} offers; tests bring one in memory. */
export interface AuthStore {
  account(user: string): Promise<Account | null>;
  hasAccounts(): Promise<boolean>;
  createAccount(user: string, account: Account): Promise<boolean>;
  putSession(hash: string, session: StoredSession, ttl: number): Promise<void>;
  session(hash: string): Promise<StoredSession | null>;
  extendSession(hash: string, session: StoredSession, ttl: number): Promise<boolean>;
  dropSession(hash: string): Promise<void>;
  countAttempt(key: string, limit: number, lock: number): Promise<FailureCount>;
  forgetAttempts(key: string): Promise<void>;
}
