import { beforeEach, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { AccountsService } from '../../../../../apps/server/src/auth/accounts.service.js';
import { weaknessOf } from '../../../../../apps/server/src/auth/password.js';
import { SessionsService, sessionHash } from '../../../../../apps/server/src/auth/sessions.service.js';
import { MemoryStore } from './memory-store.js';

const ADDRESS = '10.0.0.7';
const ADMIN = 'correct horse Battery 9';
const CHOSEN = 'Night-shift 2026!';

let store: MemoryStore;
let sessions: SessionsService;
let accounts: AccountsService;

beforeEach(async () => {
  store = new MemoryStore();
  sessions = new SessionsService(store, () => store.now);
  accounts = new AccountsService(store, () => store.now);
  await sessions.ensureFirstAccount(ADMIN);
});

const codeAt = (secret: string, now: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now });

describe('an account', () => {
  it('is made with a password that only its first log-in is for', async () => {
    const made = await accounts.create('seat-2', { roles: ['operator'], grants: ['lead'], name: '席位2' });
    expect(made).toMatchObject({ user: 'seat-2', roles: ['operator'], grants: ['lead'], mustChange: true });
    const { token, mustChange } = await sessions.open('seat-2', made.password, ADDRESS);
    expect(mustChange).toBe(true);
    const hash = sessionHash(token);
    await accounts.choosePassword('seat-2', made.password, CHOSEN, hash);
    await sessions.release(hash);
    expect(await sessions.find(token)).toMatchObject({ mustChange: false, grants: ['lead'] });
    await expect(sessions.open('seat-2', made.password, ADDRESS)).rejects.toMatchObject({
      reason: 'wrong-credentials',
    });
    expect((await sessions.open('seat-2', CHOSEN, ADDRESS)).mustChange).toBe(false);
    expect(JSON.stringify(await accounts.list())).not.toMatch(/argon2/);
  });

  it('of the same name is refused, and nothing happens to the first', async () => {
    await accounts.create('seat-2', { roles: ['operator'] });
    await expect(accounts.create('seat-2', { roles: ['administrator'] })).rejects.toMatchObject({ reason: 'conflict' });
    expect((await accounts.one('seat-2')).roles).toEqual(['operator']);
  });

  it('loses its sessions with what it may, at once', async () => {
    const { password } = await accounts.create('seat-2', { roles: ['operator'] });
    const { token } = await sessions.open('seat-2', password, ADDRESS);
    await accounts.change('seat-2', { name: '席位2' });
    expect(await sessions.find(token)).not.toBeNull();
    await accounts.change('seat-2', { roles: ['guide'] });
    expect(await sessions.find(token)).toBeNull();
    const again = await sessions.open('seat-2', password, ADDRESS);
    await accounts.change('seat-2', { disabled: true });
    expect(await sessions.find(again.token)).toBeNull();
    await expect(sessions.open('seat-2', password, ADDRESS)).rejects.toMatchObject({ reason: 'wrong-credentials' });
  });

  it.each([
    ['barred', () => accounts.change('admin', { disabled: true })],
    ['demoted', () => accounts.change('admin', { roles: ['operator'] })],
    ['removed', () => accounts.remove('admin')],
  ])('of the last administrator can’t be %s', async (_what, act) => {
    await accounts.create('seat-2', { roles: ['operator'] });
    await expect(act()).rejects.toMatchObject({ reason: 'conflict' });
    await accounts.create('second', { roles: ['administrator'] });
    await expect(act()).resolves.not.toThrow();
  });

  it('that another changes at the same moment is read again', async () => {
    await accounts.create('seat-2', { roles: ['operator'] });
    await Promise.all([accounts.change('seat-2', { name: '席位2' }), accounts.change('seat-2', { grants: ['lead'] })]);
    expect(await accounts.one('seat-2')).toMatchObject({ name: '席位2', grants: ['lead'] });
  });
});

describe('administrators', () => {
  it('who take the role from each other at the same moment do not both succeed', async () => {
    await accounts.create('chief', { roles: ['administrator'] });
    const both = await Promise.allSettled([
      accounts.change('admin', { roles: ['operator'] }),
      accounts.change('chief', { roles: ['operator'] }),
    ]);
    expect(both.some(({ status }) => status === 'rejected')).toBe(true);
    expect((await accounts.list()).some(({ roles }) => roles.includes('administrator'))).toBe(true);
    const removed = await Promise.allSettled([accounts.remove('admin'), accounts.remove('chief')]);
    expect(removed.some(({ status }) => status === 'rejected')).toBe(true);
    expect((await accounts.list()).some(({ roles }) => roles.includes('administrator'))).toBe(true);
  });
});

describe('a password', () => {
  it.each([
    ['Short-1', 'it has 7 characters, 10 are needed'],
    ['alllowercase', 'it has 1 of small letters'],
    ['lower and 12', null],
    ['Xseat-2-2026', 'contains the name'],
    ['夜班值守密码2026Ab', null],
  ])('%s', (password, weakness) => {
    const found = weaknessOf(password, 'seat-2');
    if (weakness === null) expect(found).toBeNull();
    else expect(found).toContain(weakness);
  });

  it('is not chosen again within five, and only by who knows the present one', async () => {
    await expect(accounts.choosePassword('admin', 'wrong', CHOSEN, '')).rejects.toMatchObject({
      reason: 'wrong-credentials',
    });
    let present = ADMIN;
    for (const next of ['Second one 2', 'Third one 3', 'Fourth one 4', 'Fifth one 5']) {
      await accounts.choosePassword('admin', present, next, '');
      present = next;
    }
    const used = accounts.choosePassword('admin', present, ADMIN, '');
    await expect(used).rejects.toMatchObject({ reason: 'invalid-parameter' });
    await accounts.choosePassword('admin', present, 'Sixth one 6', '');
    await expect(accounts.choosePassword('admin', 'Sixth one 6', ADMIN, '')).resolves.toBeUndefined();
  });

  it('that is chosen ends the other sessions, not the one that asked', async () => {
    const mine = await sessions.open('admin', ADMIN, ADDRESS);
    const other = await sessions.open('admin', ADMIN, ADDRESS);
    await accounts.choosePassword('admin', ADMIN, CHOSEN, sessionHash(mine.token));
    expect(await sessions.find(mine.token)).not.toBeNull();
    expect(await sessions.find(other.token)).toBeNull();
  });
});

describe('a second factor', () => {
  it('is not exchanged by who found a seat open: the one before ends first, which takes the password', async () => {
    const { secret } = await accounts.beginFactor('admin');
    await accounts.confirmFactor('admin', codeAt(secret, store.now));
    await expect(accounts.beginFactor('admin')).rejects.toMatchObject({ reason: 'conflict' });
    await accounts.endFactor('admin', ADMIN);
    await expect(accounts.beginFactor('admin')).resolves.toHaveProperty('secret');
  });

  it('that was begun before another one was confirmed does not take its place', async () => {
    const { secret } = await accounts.beginFactor('admin');
    await accounts.confirmFactor('admin', codeAt(secret, store.now));
    await expect(accounts.confirmFactor('admin', codeAt(secret, store.now))).rejects.toMatchObject({
      reason: 'conflict',
    });
  });

  it('counts once its first code was given; a code counts once', async () => {
    store.now = 1_800_000_000_000;
    const { secret, uri } = await accounts.beginFactor('admin');
    expect(uri).toMatch(/^otpauth:\/\/totp\/CityWall:admin\?/);
    await sessions.open('admin', ADMIN, ADDRESS);
    await expect(accounts.confirmFactor('admin', '000000')).rejects.toMatchObject({ reason: 'invalid-parameter' });
    await accounts.confirmFactor('admin', codeAt(secret, store.now));

    await expect(sessions.open('admin', ADMIN, ADDRESS)).rejects.toMatchObject({ reason: 'second-factor' });
    const used = sessions.open('admin', ADMIN, ADDRESS, codeAt(secret, store.now));
    await expect(used).rejects.toMatchObject({ reason: 'wrong-credentials' });
    store.now += 30_000;
    const code = codeAt(secret, store.now);
    const both = await Promise.allSettled([
      sessions.open('admin', ADMIN, ADDRESS, code),
      sessions.open('admin', ADMIN, ADDRESS, code),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    // a telephone half a minute behind
    store.now += 60_000;
    await sessions.open('admin', ADMIN, ADDRESS, codeAt(secret, store.now - 30_000));
    await accounts.endFactor('admin', ADMIN);
    await sessions.open('admin', ADMIN, ADDRESS);
  });

  it('guessed, locks as a wrong password does', async () => {
    store.now = 1_800_000_000_000;
    const { secret } = await accounts.beginFactor('admin');
    await accounts.confirmFactor('admin', codeAt(secret, store.now));
    for (let i = 0; i < 5; i++) await sessions.open('admin', ADMIN, ADDRESS, '000000').catch(() => {});
    await expect(sessions.open('admin', ADMIN, ADDRESS, codeAt(secret, store.now + 30_000))).rejects.toMatchObject({
      reason: 'locked',
    });
  });

  it('goes with a password that was reset', async () => {
    const { password } = await accounts.create('seat-2', { roles: ['operator'] });
    const { secret } = await accounts.beginFactor('seat-2');
    await accounts.confirmFactor('seat-2', codeAt(secret, store.now));
    await expect(sessions.open('seat-2', password, ADDRESS)).rejects.toMatchObject({ reason: 'second-factor' });
    const reset = await accounts.reset('seat-2');
    expect(await sessions.open('seat-2', reset.password, ADDRESS)).toMatchObject({ mustChange: true });
  });
});
