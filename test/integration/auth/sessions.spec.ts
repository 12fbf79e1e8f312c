import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { type Service, startRedis } from '../../support/services.js';
import { type House, PASSWORD, startHouse } from '../api/house.js';

const openRedis = (service: Service) => new Redis({ path: service.url.replace('unix://', '') });

describe('with CITYWALL_DEMO=0', () => {
  let house: House;
  beforeAll(async () => {
    house = await startHouse({ CITYWALL_DEMO: '0' });
  });
  afterAll(() => house?.stop());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    house.ask('/api/v1/sessions', { method: 'POST', body, headers });

  it('reading needs a session, the page to log in does not', async () => {
    const refused = await house.ask('/api/v1/systems');
    expect([refused.status, refused.json.reason]).toEqual([401, 'unauthorized']);
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="citywall"');
    expect((await house.ask('/')).status).toBe(200);
    expect((await house.ask('/healthz')).status).toBe(200);
  });

  it('logs in: bearer token and cookie, which end together', async () => {
    const opened = await post({ user: 'admin', password: PASSWORD });
    expect(opened.status).toBe(201);
    expect(opened.json).toEqual({
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      user: 'admin',
      roles: ['administrator'],
      expiresAt: expect.stringMatching(/Z$/),
    });
    expect(opened.headers['cache-control']).toBe('no-store');
    const [cookie = ''] = opened.headers['set-cookie'] as string[];
    expect(cookie).toMatch(new RegExp(`^citywall_session=${opened.json.token};`));
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    expect(cookie).toMatch(/; Path=\//);
    expect(cookie).not.toMatch(/Secure/);

    const byToken = { authorization: `Bearer ${opened.json.token}` };
    const byCookie = { cookie: `citywall_session=${opened.json.token}` };
    for (const headers of [byToken, byCookie]) {
      expect((await house.ask('/api/v1/systems', { headers })).status).toBe(200);
      const current = await house.ask('/api/v1/sessions/current', { headers });
      expect(current.json).toMatchObject({ user: 'admin', roles: ['administrator'] });
    }

    // A command by cookie needs the Origin of our own page.
    const bare = await house.ask('/api/v1/sessions/current', { method: 'DELETE', headers: byCookie });
    expect([bare.status, bare.json.reason]).toEqual([403, 'cross-site']);
    const elsewhere = { ...byCookie, origin: 'http://localhost:1' };
    expect((await house.ask('/api/v1/sessions/current', { method: 'DELETE', headers: elsewhere })).status).toBe(403);
    expect((await house.ask('/api/v1/systems', { headers: byCookie })).status).toBe(200);

    const ours = { ...byCookie, origin: house.url };
    const closed = await house.ask('/api/v1/sessions/current', { method: 'DELETE', headers: ours });
    expect([closed.status, closed.text]).toEqual([204, '']);
    expect((closed.headers['set-cookie'] as string[])[0]).toMatch(/^citywall_session=; .*Expires=Thu, 01 Jan 1970/);
    for (const headers of [byToken, byCookie]) {
      expect((await house.ask('/api/v1/systems', { headers })).status).toBe(401);
    }
  });

  it('another site cannot log its visitor in', async () => {
    const origin = `http://localhost:${Number(new URL(house.url).port) + 1}`;
    const answer = await post({ user: 'admin', password: PASSWORD }, { origin });
    expect([answer.status, answer.json.reason]).toEqual([403, 'cross-site']);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('state holds neither password nor token', async () => {
    const token = await house.logIn();
    const redis = openRedis(house.redis);
    try {
      const keys = await redis.keys('*');
      const kept = JSON.stringify([
        keys,
        await redis.hgetall('cw:accounts'),
        ...(await Promise.all(keys.filter((key) => key.startsWith('cw:session:')).map((key) => redis.get(key)))),
      ]);
      expect(kept).toContain('$argon2id$');
      expect(kept).not.toContain(PASSWORD);
      expect(kept).not.toContain(token);
      const [session = ''] = keys.filter((key) => key.startsWith('cw:session:'));
      expect(await redis.pttl(session)).toBeGreaterThan(3_600_000);
    } finally {
      redis.disconnect();
    }
  });

  it('metrics are for this machine', async () => {
    expect((await house.ask('/metrics')).status).toBe(200);
    const forwarded = await house.ask('/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(forwarded.status).toBe(403);
  });
});

describe('who is not logged in', () => {
  it('on this machine in demo mode is told what may be read; no command is among it', async () => {
    const house = await startHouse();
    try {
      const { status, json } = await house.ask('/api/v1/sessions/current');
      expect([status, json.user, json.roles, json.expiresAt]).toEqual([200, null, [], null]);
      expect(json.may).toEqual(expect.arrayContaining(['city.read', 'alarms.follow']));
      expect(json.may).not.toEqual(expect.arrayContaining(['alarms.handle']));
    } finally {
      await house.stop();
    }
  });
});

describe('guesses', () => {
  it('are counted and lock account and address; a rate limit stands before', async () => {
    const house = await startHouse();
    try {
      const guess = (password: string) =>
        house.ask('/api/v1/sessions', { method: 'POST', body: { user: 'admin', password } });
      for (let i = 0; i < 5; i++) {
        const answer = await guess('wrong');
        expect([answer.status, answer.json.reason]).toEqual([401, 'wrong-credentials']);
      }
      const locked = await guess(PASSWORD);
      expect([locked.status, locked.json.reason]).toEqual([429, 'locked']);
      expect(Number(locked.headers['retry-after'])).toBeGreaterThan(1_000);
      const reasons = new Set<string>();
      for (let i = 0; i < 6; i++) reasons.add((await guess(PASSWORD)).json.reason);
      expect([...reasons]).toEqual(['locked', 'rate-limited']);
    } finally {
      await house.stop();
    }
  });
});

describe('first start', () => {
  it('prints a made-up password once, and it works', async () => {
    const redis = await startRedis();
    const printed: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
    try {
      const first = await startHouse({ CITYWALL_ADMIN_PASSWORD: '' }, redis);
      const lines = printed.filter((line) => line.includes('password'));
      expect(lines).toHaveLength(1);
      const password = /password (\S+)/.exec(lines[0] ?? '')?.[1];
      const opened = await first.ask('/api/v1/sessions', { method: 'POST', body: { user: 'admin', password } });
      expect(opened.status).toBe(201);
      await first.stop();
      printed.length = 0;

      const second = await startHouse({}, redis);
      expect(printed.filter((line) => line.includes('password'))).toEqual([]);
      const headers = { authorization: `Bearer ${opened.json.token}` };
      expect((await second.ask('/api/v1/sessions/current', { headers })).status).toBe(200);
      const other = await second.ask('/api/v1/sessions', {
        method: 'POST',
        body: { user: 'admin', password: PASSWORD },
      });
      expect(other.status).toBe(401);
      await second.stop();
    } finally {
      write.mockRestore();
      await redis.stop();
    }
  });
});
