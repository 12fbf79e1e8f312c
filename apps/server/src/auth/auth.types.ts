import type { Grant, Role } from './session.js';

/** An account as kept in state. */
export interface Account {
  /** argon2id in PHC string form */
  password: string;
  /** hashes of passwords before it, the newest first: none of them may be chosen again */
  previous?: string[];
  /** when the password was chosen, Unix ms; absent: with the account */
  chosenAt?: number;
  /** somebody else chose the password: the account has to choose its own before it may do anything */
  mustChange?: boolean;
  roles: Role[];
  /** absent: none */
  grants?: Grant[];
  /** how the person is called on screens (席位2 值班员); absent: as the account */
  name?: string;
  /** nobody gets in with it */
  disabled?: boolean;
  /** TOTP (RFC 6238) secret in base32, and the counter of the last code that was taken: no code counts twice */
  factor?: { secret: string; counter: number };
  /** a secret that was shown and waits for its first code */
  pending?: string;
  /** Unix ms */
  createdAt: number;
}

/** A session as kept in state, under the hash of its token. */
export interface StoredSession {
  user: string;
  roles: Role[];
  /** absent: none */
  grants?: Grant[];
  /** the password has to be changed first */
  mustChange?: boolean;
  /** client's address when it was opened */
  address?: string;
  /** Unix ms */
  createdAt: number;
  /** Unix ms; moves on while the session is used */
  expiresAt: number;
  /** when its person last did something, Unix ms; absent: an earlier CityWall did not note it */
  activeAt?: number;
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
  accounts(): Promise<[user: string, account: Account][]>;
  hasAccounts(): Promise<boolean>;
  createAccount(user: string, account: Account): Promise<boolean>;
  /** Replaces an account as it was read; null removes it. False: it is another one by now. */
  replaceAccount(user: string, before: Account, after: Account | null): Promise<boolean>;
  putSession(hash: string, session: StoredSession, ttl: number): Promise<void>;
  session(hash: string): Promise<StoredSession | null>;
  /** Sessions of an account that still hold, by hash. */
  sessionsOf(user: string): Promise<[hash: string, session: StoredSession][]>;
  extendSession(hash: string, session: StoredSession, ttl: number): Promise<boolean>;
  dropSession(hash: string): Promise<void>;
  countAttempt(key: string, limit: number, lock: number): Promise<FailureCount>;
  forgetAttempts(key: string): Promise<void>;
}
