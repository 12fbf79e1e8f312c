import { Problem } from '../api/problem.js';
import type { Account, AuthStore, StoredSession } from './auth.types.js';
import { BARRED_PASSWORDS, hashPassword, randomPassword, verifyPassword, weaknessOf } from './password.js';
import { counterOf, newSecret, secretUri } from './second-factor.js';
import type { Grant, Role } from './session.js';

/** Of several who change one account at once each tries again so often. */
const TRIES = 5;
/** More accounts can only be a mistake. */
const MAX_ACCOUNTS = 500;
/** A password older than this should be changed, ms: said at every log-in, never a lock-out in the middle of a shift. */
export const PASSWORD_AGE = 90 * 86_400_000;

/** What is told of an account; never a hash or a secret. */
export interface AccountSummary {
  user: string;
  name: string | null;
  roles: Role[];
  grants: Grant[];
  disabled: boolean;
  secondFactor: boolean;
  mustChange: boolean;
  /** sessions that hold */
  sessions: number;
  /** Unix ms */
  createdAt: number;
  /** Unix ms */
  chosenAt: number;
}

/** What an administrator sets of an account; absent: as it was. */
export interface AccountChange {
  name?: string | null | undefined;
  roles?: Role[] | undefined;
  grants?: Grant[] | undefined;
  disabled?: boolean | undefined;
}

/** Who may log in, as an administrator and as the person concerned change it. */
export class AccountsService {
  constructor(
    private readonly store: AuthStore,
    private readonly now: () => number = Date.now,
  ) {}

  /** All accounts, by name. */
  async list(): Promise<AccountSummary[]> {
    const accounts = await this.store.accounts();
    accounts.sort(([a], [b]) => (a < b ? -1 : 1));
    return Promise.all(accounts.map(([user, account]) => this.summary(user, account)));
  }

  async one(user: string): Promise<AccountSummary> {
    return this.summary(user, await this.required(user));
  }

  /**
   * Makes an account with a password that is told once, here, and has to be changed at the first log-in.
   * @throws Problem `conflict` where there is one of this name, or too many
   */
  async create(user: string, wanted: AccountChange): Promise<AccountSummary & { password: string }> {
    if ((await this.store.accounts()).length >= MAX_ACCOUNTS)
      throw new Problem('conflict', `there are ${MAX_ACCOUNTS} accounts: remove some first`);
    const password = randomPassword();
    const now = this.now();
    const account: Account = {
      ...changed({ password: await hashPassword(password), roles: [], createdAt: now }, wanted),
      chosenAt: now,
      mustChange: true,
    };
    if (!(await this.store.createAccount(user, account)))
      throw new Problem('conflict', `account ${user} is there already`);
    return { ...(await this.summary(user, account)), password };
  }

  /**
   * Changes what an account may; its sessions end, so that none goes on with what it may no more.
   * @throws Problem `not-found`; `conflict` where no administrator would be left
   */
  async change(user: string, wanted: AccountChange): Promise<AccountSummary> {
    const account = await this.replace(user, (before) => changed(before, wanted));
    if (wanted.roles !== undefined || wanted.grants !== undefined || wanted.disabled === true)
      await this.endSessions(user);
    return this.summary(user, account);
  }

  /** Removes an account, and ends its sessions. @throws as `change` */
  async remove(user: string): Promise<void> {
    await this.replace(user, () => null);
    await this.endSessions(user);
  }

  /**
   * A new password for somebody who forgot it, told once, here; a second factor goes with the telephone that was lost.
   * Its sessions end. @throws Problem `not-found`
   */
  async reset(user: string): Promise<AccountSummary & { password: string }> {
    const password = randomPassword();
    const hash = await hashPassword(password);
    const account = await this.replace(user, ({ factor: _f, pending: _p, ...before }) => ({
      ...before,
      ...withPassword(before, hash, this.now()),
      mustChange: true,
    }));
    await this.endSessions(user);
    return { ...(await this.summary(user, account)), password };
  }

  /** Ends all sessions of an account. @param except hash of the session that asks. @returns how many */
  async endSessions(user: string, except?: string): Promise<number> {
    const sessions = (await this.store.sessionsOf(user)).filter(([hash]) => hash !== except);
    for (const [hash] of sessions) await this.store.dropSession(hash);
    return sessions.length;
  }

  sessions(user: string): Promise<[hash: string, session: StoredSession][]> {
    return this.store.sessionsOf(user);
  }

  /**
   * The person's own choice of a password; the other sessions end.
   * @throws Problem `wrong-credentials` where the present one is not it, `invalid-parameter` where the new one is too weak or was used before
   */
  async choosePassword(user: string, present: string, next: string, session: string): Promise<void> {
    const account = await this.required(user);
    if (!(await verifyPassword(account.password, present)))
      throw new Problem('wrong-credentials', 'the present password is another one');
    const weakness = weaknessOf(next, user) ?? (await this.usedBefore(account, next));
    if (weakness !== null) throw refused('next', weakness);
    const hash = await hashPassword(next);
    await this.replace(user, ({ mustChange: _, ...before }) => ({
      ...before,
      ...withPassword(before, hash, this.now()),
    }));
    await this.endSessions(user, session);
  }

  /**
   * Begins a second factor: it counts once its first code was given (`confirmFactor`).
   * @throws Problem `conflict` where there is one: who finds a seat open must not exchange it for their own
   */
  async beginFactor(user: string): Promise<{ secret: string; uri: string }> {
    const secret = newSecret();
    await this.replace(user, (before) => {
      if (before.factor !== undefined)
        throw new Problem('conflict', 'there is a second factor: end it first, with the password');
      return { ...before, pending: secret };
    });
    return { secret, uri: secretUri(secret, user) };
  }

  /** @throws Problem `conflict` where none was begun, `invalid-parameter` where the code is wrong */
  async confirmFactor(user: string, code: string): Promise<void> {
    await this.replace(user, ({ pending, ...before }) => {
      if (pending === undefined) throw new Problem('conflict', 'no second factor waits for its first code');
      const counter = counterOf(pending, code, 0, this.now());
      if (counter === null) throw refused('code', 'is not the present code of this secret');
      return { ...before, factor: { secret: pending, counter } };
    });
  }

  /** @throws Problem `wrong-credentials` where the password is not it */
  async endFactor(user: string, password: string): Promise<void> {
    const account = await this.required(user);
    if (!(await verifyPassword(account.password, password)))
      throw new Problem('wrong-credentials', 'the present password is another one');
    await this.replace(user, ({ factor: _f, pending: _p, ...before }) => before);
  }

  private async usedBefore({ password, previous = [] }: Account, next: string): Promise<string | null> {
    for (const hash of [password, ...previous])
      if (await verifyPassword(hash, next)) return `it is one of the last ${BARRED_PASSWORDS}`;
    return null;
  }

  private async required(user: string): Promise<Account> {
    const account = await this.store.account(user);
    if (account === null) throw new Problem('not-found', `there is no account ${user}`);
    return account;
  }

  private async replace<After extends Account | null>(user: string, by: (before: Account) => After): Promise<After> {
    for (let left = TRIES; left > 0; left--) {
      const before = await this.required(user);
      const after = by(before);
      if (governs(before) && !(after !== null && governs(after)) && !(await this.otherGoverns(user)))
        throw new Problem('conflict', `${user} is the last administrator who can log in: make another one first`);
      if (!(await this.store.replaceAccount(user, before, after))) continue;
      if (!governs(before) || (after !== null && governs(after)) || (await this.otherGoverns(user))) return after;
      // the other administrator was changed at the same moment: each of both takes it back
      if (after === null) await this.store.createAccount(user, before);
      else await this.store.replaceAccount(user, after, before);
    }
    throw new Problem('conflict', `account ${user} is changed by others all the time`);
  }

  private async otherGoverns(user: string): Promise<boolean> {
    return (await this.store.accounts()).some(([other, account]) => other !== user && governs(account));
  }

  private async summary(user: string, account: Account): Promise<AccountSummary> {
    const { name = null, roles, grants = [], disabled = false, factor, mustChange = false, createdAt } = account;
    return {
      user,
      name,
      roles,
      grants,
      disabled,
      secondFactor: factor !== undefined,
      mustChange,
      sessions: (await this.store.sessionsOf(user)).length,
      createdAt,
      chosenAt: account.chosenAt ?? createdAt,
    };
  }
}

const governs = ({ roles, disabled }: Account) => roles.includes('administrator') && !disabled;

function changed(account: Account, { name, roles, grants, disabled }: AccountChange): Account {
  const after = { ...account };
  if (name === null) delete after.name;
  else if (name !== undefined) after.name = name;
  if (roles !== undefined) after.roles = roles;
  if (grants !== undefined) after.grants = grants;
  if (disabled !== undefined) after.disabled = disabled;
  return after;
}

function withPassword(before: Account, hash: string, now: number): Pick<Account, 'password' | 'previous' | 'chosenAt'> {
  return {
    password: hash,
    previous: [before.password, ...(before.previous ?? [])].slice(0, BARRED_PASSWORDS - 1),
    chosenAt: now,
  };
}

function refused(name: string, detail: string): Problem {
  return new Problem('invalid-parameter', `body: ${name}`, { parameters: [{ name, in: 'body', detail }] });
}
