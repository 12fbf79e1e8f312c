import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type House, startHouse } from '../../integration/api/house.js';
import { citywall } from '../../unit/apps/server/cli/surroundings.js';

describe('account, on the machine itself', () => {
  let house: House;
  beforeAll(async () => {
    house = await startHouse();
  });
  afterAll(() => house?.stop());

  it('gives the only administrator a new password, ends the sessions, and stands in the audit', async () => {
    const env = { CITYWALL_REDIS_URL: house.redis.url };
    const before = await house.logIn();
    expect(await citywall(['account', 'list'], env)).toMatchObject({ code: 0, out: 'admin  administrator' });
    const run = await citywall(['account', 'reset', 'admin'], env);
    expect(run).toMatchObject({ code: 0, err: '' });
    const password = /new password (\S+) /.exec(run.out)?.[1] ?? '';

    const gone = await house.ask('/api/v1/sessions/current', { headers: { authorization: `Bearer ${before}` } });
    expect(gone.status).toBe(401);
    const logIn = (word: string) =>
      house.ask('/api/v1/sessions', { method: 'POST', body: { user: 'admin', password: word } });
    const { json } = await logIn(password);
    expect(json).toMatchObject({ user: 'admin', mustChange: true });
    const headers = { authorization: `Bearer ${json.token}` };
    const next = 'Another one 2026!';
    const body = { present: password, next };
    expect((await house.ask('/api/v1/sessions/current/password', { method: 'PUT', body, headers })).status).toBe(204);
    const { items } = (await house.ask('/api/v1/audit?action=accounts.reset', { headers })).json;
    expect(items).toMatchObject([{ subject: 'admin', user: null, address: 'this machine', outcome: 'done' }]);
    expect(JSON.stringify(items)).not.toContain(password);
    expect((await house.ask('/api/v1/audit/verification', { headers })).json).toMatchObject({ ok: true });
  });

  it('says who is not there, and what it can do', async () => {
    const env = { CITYWALL_REDIS_URL: house.redis.url };
    expect(await citywall(['account', 'reset', 'nobody'], env)).toMatchObject({
      code: 1,
      err: 'there is no account nobody',
    });
    expect((await citywall(['account', 'reset'], env)).code).toBe(2);
    expect((await citywall(['account', 'list'], { CITYWALL_REDIS_URL: 'redis://127.0.0.1:1' })).code).toBe(1);
  });
});
