import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  LOCK_TIME,
  MAX_FAILURES,
  SESSION_IDLE,
  SESSION_MAX,
  SessionsService,
} from '../../../../../apps/server/src/auth/sessions.service.js';
import { MemoryStore } from './memory-store.js';

const PASSWORD = 'correct horse battery';
const ADDRESS = '192.0.2.1';
let store: MemoryStore;
let sessions: SessionsService;

beforeEach(async () => {
  store = new MemoryStore();
  sessions = new SessionsService(store, () => store.now);
  await sessions.ensureFirstAccount(PASSWORD);
});

describe('first account', () => {
  it('takes the given password and prints none', async () => {
    expect(await sessions.ensureFirstAccount(PASSWORD)).toBeNull();
    expect((await sessions.open('admin', PASSWORD, ADDRESS)).roles).toEqual(['administrator']);
  });

  it('makes one up, once, and only a hash of it is kept', async () => {
    const empty = new MemoryStore();
    const fresh = new SessionsService(empty, () => empty.now);
    const password = await fresh.ensureFirstAccount(undefined);
    expect(password).toMatch(/^[A-Za-z2-9]{20}$/);
    expect(await fresh.ensureFirstAccount(undefined)).toBeNull();
    expect(JSON.stringify([...empty.kept])).not.toContain(password);
    expect(empty.kept.get('admin')?.password).toMatch(/^\$argon2id\$v=19\$m=19456,/);
    await expect(fresh.open('admin', password ?? '', ADDRESS)).resolves.toMatchObject({ user: 'admin' });
  });

  it('a later password in the environment changes nothing', async () => {
    await sessions.ensureFirstAccount('another password');
    await expect(sessions.open('admin', 'another password', ADDRESS)).rejects.toMatchObject({
      reason: 'wrong-credentials',
    });
  });
});

describe('the second person under a command', () => {
  it('proves who they are, as at a log-in, without a session', async () => {
    expect(await sessions.sign('admin', PASSWORD, ADDRESS)).toEqual({ roles: ['administrator'], grants: [] });
    expect(store.sessions.size).toBe(0);
    await expect(sessions.sign('admin', 'wrong', ADDRESS)).rejects.toMatchObject({ reason: 'wrong-credentials' });
    for (let i = 1; i < MAX_FAILURES; i++) await sessions.sign('admin', 'wrong', ADDRESS).catch(() => {});
    await expect(sessions.sign('admin', PASSWORD, ADDRESS)).rejects.toMatchObject({ reason: 'locked' });
  });

  it('signs nothing with a password that somebody else chose', async () => {
    const account = await store.account('admin');
    if (account) await store.replaceAccount('admin', account, { ...account, mustChange: true });
    await expect(sessions.sign('admin', PASSWORD, ADDRESS)).rejects.toMatchObject({ reason: 'password-change' });
  });
});

describe('log-in', () => {
  it('is locked for a whole network of IPv6: one customer has as many addresses as there are', async () => {
    for (let i = 0; i < MAX_FAILURES; i++)
      await sessions.open('admin', 'wrong', `2001:db8:1:2::${i + 1}`).catch(() => {});
    await expect(sessions.open('admin', PASSWORD, '2001:db8:1:2:aaaa::9')).rejects.toMatchObject({ reason: 'locked' });
    await expect(sessions.open('admin', PASSWORD, '2001:db8:1:3::1')).resolves.toMatchObject({ user: 'admin' });
  });

  it('gives nothing when the account was changed while the password was proven', async () => {
    const put = store.putSession.bind(store);
    store.putSession = async (...args) => {
      const account = await store.account('admin');
      if (account) await store.replaceAccount('admin', account, { ...account, disabled: true });
      await put(...args);
    };
    await expect(sessions.open('admin', PASSWORD, ADDRESS)).rejects.toMatchObject({ reason: 'wrong-credentials' });
    expect(store.sessions.size).toBe(0);
  });

  it('gives a token of which only the hash is kept', async () => {
    const { token, expiresAt } = await sessions.open('admin', PASSWORD, ADDRESS);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(expiresAt).toBe(store.now + SESSION_IDLE);
    expect(JSON.stringify([...store.sessions])).not.toContain(token);
    expect(await sessions.find(token)).toEqual({
      user: 'admin',
      roles: ['administrator'],
      grants: [],
      mustChange: false,
      expiresAt,
      idleAt: expiresAt,
    });
  });

  it('says the same of a wrong user and a wrong password', async () => {
    const wrong = { reason: 'wrong-credentials', detail: 'user or password is wrong' };
    await expect(sessions.open('admin', 'wrong', ADDRESS)).rejects.toMatchObject(wrong);
    await expect(sessions.open('nobody', PASSWORD, ADDRESS)).rejects.toMatchObject(wrong);
    await expect(sessions.open('__proto__', PASSWORD, ADDRESS)).rejects.toMatchObject(wrong);
    await expect(sessions.open('admin', PASSWORD.padEnd(400, 'x'), ADDRESS)).rejects.toMatchObject(wrong);
  });

  it('locks account and address after five failures, for twenty minutes', async () => {
    for (let i = 0; i < MAX_FAILURES; i++) {
      await expect(sessions.open('admin', 'wrong', ADDRESS)).rejects.toMatchObject({ reason: 'wrong-credentials' });
    }
    const locked = sessions.open('admin', PASSWORD, ADDRESS);
    await expect(locked).rejects.toMatchObject({ reason: 'locked', extra: { retryAfter: LOCK_TIME / 1000 } });
    // Attempts while locked do not prolong it, and others are not locked out with it.
    store.now += LOCK_TIME / 2;
    await expect(sessions.open('admin', PASSWORD, ADDRESS)).rejects.toMatchObject({ reason: 'locked' });
    await expect(sessions.open('admin', PASSWORD, '192.0.2.2')).resolves.toBeDefined();
    store.now += LOCK_TIME / 2;
    await expect(sessions.open('admin', PASSWORD, ADDRESS)).resolves.toBeDefined();
  });

  it('guesses made at the same time cannot pass the limit together', async () => {
    const guesses = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => sessions.open('admin', `guess ${i}`, ADDRESS)),
    );
    const reasons = guesses.map((guess) => (guess.status === 'rejected' ? guess.reason.reason : 'in'));
    expect(reasons.filter((reason) => reason === 'wrong-credentials')).toHaveLength(MAX_FAILURES);
    expect(reasons.filter((reason) => reason === 'locked')).toHaveLength(12 - MAX_FAILURES);
  });

  it('a success forgets the failures before it', async () => {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < MAX_FAILURES - 1; i++) await sessions.open('admin', 'wrong', ADDRESS).catch(() => {});
      await expect(sessions.open('admin', PASSWORD, ADDRESS)).resolves.toBeDefined();
    }
  });
});

describe('session', () => {
  it('ends when nobody uses it', async () => {
    const { token } = await sessions.open('admin', PASSWORD, ADDRESS);
    store.now += SESSION_IDLE;
    expect(await sessions.find(token)).toBeNull();
  });

  it('lives on by use, but not for ever', async () => {
    const { token } = await sessions.open('admin', PASSWORD, ADDRESS);
    const opened = store.now;
    let last = opened;
    while (await sessions.find(token, 'act')) {
      last = store.now;
      store.now += SESSION_IDLE - 1;
    }
    expect(last - opened).toBeGreaterThan(SESSION_MAX - SESSION_IDLE);
    expect(last - opened).toBeLessThan(SESSION_MAX);
  });

  it('idles out after two hours, lasts a day at most, and is written down again no more than every five minutes', async () => {
    expect([SESSION_IDLE, SESSION_MAX]).toEqual([2 * 3_600_000, 24 * 3_600_000]);
    const { token } = await sessions.open('admin', PASSWORD, ADDRESS);
    const opened = store.now;
    let writes = 0;
    const extend = store.extendSession.bind(store);
    store.extendSession = async (...all) => {
      writes += 1;
      return extend(...all);
    };
    // a screen that follows asks every five seconds, for a whole day
    for (let hour = 0; hour < 24; hour++)
      for (let n = 0; n < 720; n++) {
        expect(await sessions.find(token, 'watch')).not.toBeNull();
        store.now += 5_000;
      }
    expect(writes).toBeLessThanOrEqual(24 * 12);
    expect(store.now - opened).toBe(SESSION_MAX);
    expect(await sessions.find(token)).toBeNull();
  });

  it('lives on while Redis refuses to extend it', async () => {
    const { token, expiresAt } = await sessions.open('admin', PASSWORD, ADDRESS);
    store.now += SESSION_IDLE / 2;
    store.refusesWrites = true;
    expect(await sessions.find(token, 'act')).toMatchObject({ expiresAt });
  });

  it('of a person at a desk ends while their page asks all night: only what the person does keeps it', async () => {
    const { token } = await sessions.open('admin', PASSWORD, ADDRESS);
    store.now += SESSION_IDLE / 2;
    expect(await sessions.find(token, 'act')).toMatchObject({ idleAt: store.now + SESSION_IDLE });
    const left = store.now;
    for (store.now += 10_000; store.now < left + SESSION_IDLE; store.now += 10_000)
      expect(await sessions.find(token, 'poll')).toMatchObject({ idleAt: left + SESSION_IDLE });
    expect(await sessions.find(token, 'poll')).toBeNull();
  });

  it('goes on for the wall that was opened with it, and no key brings the desk back', async () => {
    const { token } = await sessions.open('admin', PASSWORD, ADDRESS);
    const end = store.now + SESSION_IDLE;
    for (; store.now < end; store.now += 60_000) expect(await sessions.find(token, 'watch')).not.toHaveProperty('idle');
    expect(await sessions.find(token, 'watch')).toMatchObject({ idle: true, idleAt: end });
    expect(await sessions.find(token, 'act')).toMatchObject({ idle: true });
    expect(await sessions.find(token, 'poll')).toMatchObject({ idle: true });
  });

  it('of a display or guide lives on by whatever its page asks', async () => {
    await store.createAccount('kiosk', {
      password: (await store.account('admin'))?.password ?? '',
      roles: ['display'],
      createdAt: store.now,
    });
    const { token } = await sessions.open('kiosk', PASSWORD, ADDRESS);
    for (let hour = 0; hour < 20; hour++, store.now += SESSION_IDLE / 2)
      expect(await sessions.find(token, 'poll')).not.toHaveProperty('idle');
  });

  it('that an earlier CityWall kept counts as used when it was last renewed', async () => {
    const { token } = await sessions.open('admin', PASSWORD, ADDRESS);
    for (const { session } of store.sessions.values()) delete session.activeAt;
    store.now += SESSION_IDLE - 1;
    expect(await sessions.find(token)).not.toHaveProperty('idle');
  });

  it('ends at log-out, and only that one', async () => {
    const one = await sessions.open('admin', PASSWORD, ADDRESS);
    const two = await sessions.open('admin', PASSWORD, ADDRESS);
    await sessions.close(one.token);
    expect(await sessions.find(one.token)).toBeNull();
    expect(await sessions.find(two.token)).not.toBeNull();
    expect(await sessions.find('never given')).toBeNull();
  });
});
