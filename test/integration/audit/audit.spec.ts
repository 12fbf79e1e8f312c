import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisConnection } from '../../../apps/server/src/infra/redis.connection.js';
import { type House, PASSWORD, startHouse } from '../api/house.js';

interface Item {
  n: number;
  user: string | null;
  action: string;
  subject: string;
  detail: string;
  outcome: string;
  reason?: string;
  of?: number;
}

describe('the audit of a running server', () => {
  let house: House;
  let admin: Record<string, string>;
  beforeAll(async () => {
    house = await startHouse({ CITYWALL_DEMO: '1' });
    admin = { authorization: `Bearer ${await house.logIn()}` };
  });
  afterAll(() => house?.stop());

  const post = (path: string, body: object, headers: Record<string, string> = admin) =>
    house.ask(path, { method: 'POST', body, headers });
  const search = async (query = '') =>
    (await house.ask(`/api/v1/audit${query}`, { headers: admin })).json as { items: Item[]; next: string | null };

  it('holds log-ins, right and wrong, without what was typed', async () => {
    await post('/api/v1/sessions', { user: 'admin', password: 'a wrong Password 1' }, {});
    const { items } = await search('?action=session.open');
    expect(items.map(({ user, subject, outcome, reason }) => [user, subject, outcome, reason])).toEqual([
      [null, 'admin', 'refused', 'wrong-credentials'],
      ['admin', 'admin', 'done', undefined],
    ]);
    expect(JSON.stringify(items)).not.toContain('wrong Password');
    expect(JSON.stringify(items)).not.toContain(PASSWORD);
  });

  it('holds commands before they are carried out, and that one failed', async () => {
    const made = await post('/api/v1/accounts', { user: 'seat-2', roles: ['operator'] });
    expect(made.status).toBe(201);
    expect((await post('/api/v1/accounts', { user: 'seat-2', roles: ['guide'] })).status).toBe(409);
    const { items } = await search('?action=accounts');
    const [end, second, first] = items;
    expect(first).toMatchObject({ user: 'admin', outcome: 'begun', subject: 'seat-2' });
    expect(second).toMatchObject({ outcome: 'begun' });
    expect(end).toMatchObject({ outcome: 'refused', reason: 'conflict', of: second?.n });
    expect(JSON.stringify(items)).not.toContain(made.json.password);
  });

  it('holds who tried what is not theirs', async () => {
    const { password } = (await house.ask('/api/v1/accounts/seat-2/password', { method: 'POST', headers: admin })).json;
    const { token } = (await post('/api/v1/sessions', { user: 'seat-2', password }, {})).json;
    const mine = { authorization: `Bearer ${token}` };
    const next = 'Night-shift 2026!';
    const chosen = { method: 'PUT', body: { present: password, next }, headers: mine };
    expect((await house.ask('/api/v1/audit', { headers: mine })).json.reason).toBe('password-change');
    expect((await house.ask('/api/v1/sessions/current/password', chosen)).status).toBe(204);
    expect((await house.ask('/api/v1/audit', { headers: mine })).status).toBe(403);
    expect((await post('/api/v1/accounts', { user: 'mine', roles: ['administrator'] }, mine)).status).toBe(403);
    const { items } = await search('?user=seat-2&outcome=refused');
    expect(items.map(({ action, reason }) => [action, reason])).toEqual([
      ['accounts.manage', 'forbidden'],
      ['audit.read', 'forbidden'],
      ['audit.read', 'password-change'],
    ]);
    expect(JSON.stringify((await search()).items)).not.toContain(next);
  });

  it('pages without a gap, exports a table in which nothing is a formula, and says that it did', async () => {
    const names: number[] = [];
    let cursor = '';
    do {
      const page = await search(`?limit=3${cursor}`);
      names.push(...page.items.map(({ n }) => n));
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(names).toEqual(Array.from(names, (_, i) => (names[0] ?? 0) - i));
    expect(names.at(-1)).toBe(1);
    await post(`/api/v1/accounts/${encodeURIComponent('=cmd|calc')}/password`, {}, admin);
    const table = await house.ask('/api/v1/audit/export', { headers: admin });
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(table.text.charCodeAt(0)).toBe(0xfeff);
    expect(table.text).toContain(",'=cmd|calc,");
    expect((await search('?action=audit')).items[0]).toMatchObject({ user: 'admin', outcome: 'begun' });
  });

  it('holds together, and tells who changed it', async () => {
    const verdict = (await house.ask('/api/v1/audit/verification', { headers: admin })).json;
    expect(verdict).toMatchObject({ ok: true, first: 1 });
    const redis = house.server.app.get(RedisConnection).commands;
    const [[id, fields] = ['', []]] = await redis.xrange('cw:{house}:audit', '-', '+', 'COUNT', 1);
    const entry = JSON.parse(fields[1] ?? '{}');
    await redis.xdel('cw:{house}:audit', id);
    expect((await house.ask('/api/v1/audit/verification', { headers: admin })).json.ok).toBe(true);
    expect(entry.n).toBe(1);
    await redis.hset('cw:{house}:audit:head', 'n', 10_000);
    const broken = (await house.ask('/api/v1/audit/verification', { headers: admin })).json;
    expect(broken).toMatchObject({ ok: false });
  });

  it('that can’t be written stops the command', async () => {
    const redis = house.server.app.get(RedisConnection).commands;
    await redis.del('cw:{house}:audit');
    await redis.set('cw:{house}:audit', 'not a stream');
    const refused = await post('/api/v1/accounts', { user: 'unseen', roles: ['operator'] });
    expect(refused.status).toBeGreaterThanOrEqual(500);
    await redis.del('cw:{house}:audit', 'cw:{house}:audit:head');
    const { items } = (await house.ask('/api/v1/accounts', { headers: admin })).json;
    expect(items.map(({ user }: { user: string }) => user)).not.toContain('unseen');
  });
});
