import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type House, PASSWORD, startHouse } from '../api/house.js';

/** Attempts to get where one has no business, each as somebody would make it. */
const CHOSEN = 'Night-shift 2026!';

describe('an attempt to cross', () => {
  let house: House;
  let admin: Record<string, string>;
  let operator: Record<string, string>;
  beforeAll(async () => {
    // behind a proxy of ours every client has its own address: the limits of one address have a test of their own
    house = await startHouse({ CITYWALL_DEMO: '0', CITYWALL_TRUST_PROXY: '1' });
    admin = { authorization: `Bearer ${await house.logIn()}` };
    operator = bearer(await newcomer('seat-2', ['operator']));
  });
  afterAll(() => house?.stop());

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  let clients = 0;
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = operator) =>
    house.ask(path, {
      method,
      headers: { 'x-forwarded-for': `10.1.0.${++clients}`, ...headers },
      ...(body === undefined ? {} : { body: body as object }),
    });

  /** Makes an account, takes it through its first log-in. Resolves its token. */
  async function newcomer(user: string, roles: string[]): Promise<string> {
    const { password } = (await send('POST', '/api/v1/accounts', { user, roles }, admin)).json;
    const { token } = (await send('POST', '/api/v1/sessions', { user, password }, {})).json;
    const chosen = await send(
      'PUT',
      '/api/v1/sessions/current/password',
      { present: password, next: CHOSEN },
      bearer(token),
    );
    expect(chosen.status).toBe(204);
    return token;
  }

  it('by naming somebody else’s account reaches nothing of theirs', async () => {
    for (const [method, path, body] of [
      ['PUT', '/api/v1/accounts/admin', { roles: ['guide'] }],
      ['PUT', '/api/v1/accounts/seat-2', { roles: ['administrator'] }],
      ['POST', '/api/v1/accounts/admin/password', undefined],
      ['DELETE', '/api/v1/accounts/admin/sessions', undefined],
      ['DELETE', '/api/v1/accounts/admin', undefined],
      ['GET', '/api/v1/accounts', undefined],
    ] as const)
      expect([path, (await send(method, path, body)).json.reason]).toEqual([path, 'forbidden']);
    // a body that names another account than the session's is none that is known
    for (const more of [{ user: 'admin' }, { account: 'admin' }]) {
      const answer = await send('PUT', '/api/v1/sessions/current/password', {
        present: CHOSEN,
        next: 'Another 2026!',
        ...more,
      });
      expect(answer.json.reason).toBe('invalid-parameter');
    }
    expect((await send('GET', '/api/v1/sessions/current', undefined, admin)).json.roles).toEqual(['administrator']);
  });

  it('with a token that is over gets nowhere: logged out, barred, of another role, another password, removed', async () => {
    const current = async (token: string) =>
      (await send('GET', '/api/v1/sessions/current', undefined, bearer(token))).status;
    const ends: [string, (token: string) => Promise<unknown>][] = [
      ['out', (token) => send('DELETE', '/api/v1/sessions/current', undefined, bearer(token))],
      ['barred', () => send('PUT', '/api/v1/accounts/t-barred', { disabled: true }, admin)],
      ['role', () => send('PUT', '/api/v1/accounts/t-role', { roles: ['guide'] }, admin)],
      ['reset', () => send('POST', '/api/v1/accounts/t-reset/password', undefined, admin)],
      ['removed', () => send('DELETE', '/api/v1/accounts/t-removed', undefined, admin)],
    ];
    for (const [name, end] of ends) {
      const made = (await send('POST', '/api/v1/accounts', { user: `t-${name}`, roles: ['operator'] }, admin)).json;
      const { token } = (await send('POST', '/api/v1/sessions', { user: `t-${name}`, password: made.password }, {}))
        .json;
      expect([name, await current(token)]).toEqual([name, 200]);
      await end(token);
      expect([name, await current(token)]).toEqual([name, 401]);
    }
  });

  it('with a session of one’s own choosing keeps none of it: every log-in has a new token', async () => {
    const fixed = { cookie: 'citywall_session=chosen-by-an-attacker' };
    const own = { ...fixed, 'sec-fetch-site': 'same-origin' };
    const answer = await send('POST', '/api/v1/sessions', { user: 'admin', password: PASSWORD }, own);
    expect(answer.status).toBe(201);
    expect(answer.json.token).not.toContain('attacker');
    expect((await house.ask('/api/v1/sessions/current', { headers: fixed })).status).toBe(401);
  });

  it('by prototypes, types and keys that nobody knows is refused, and changes nothing', async () => {
    for (const raw of [
      '{"user":"p-1","roles":["operator"],"__proto__":{"roles":["administrator"]}}',
      '{"user":"p-1","roles":["operator"],"constructor":{"prototype":{"lead":true}}}',
      '{"user":"p-1","roles":["root"]}',
      '{"user":"p-1","roles":"administrator"}',
      '{"user":{"$ne":""},"roles":["operator"]}',
      '{"user":"../admin","roles":["operator"]}',
      '{"user":"a\\r\\nset-cookie: x=1","roles":["operator"]}',
    ]) {
      const answer = await house.ask('/api/v1/accounts', { method: 'POST', headers: admin, raw });
      expect([raw, answer.status]).toEqual([raw, 400]);
    }
    expect(({} as { roles?: unknown }).roles).toBeUndefined();
    const { items } = (await send('GET', '/api/v1/accounts', undefined, admin)).json;
    expect(items.map(({ user }: { user: string }) => user)).not.toContain('p-1');
  });

  it('from another site, by a form or a script, gives no command', async () => {
    const own = { 'sec-fetch-site': 'same-origin' };
    const { token } = (await send('POST', '/api/v1/sessions', { user: 'admin', password: PASSWORD }, own)).json;
    const cookie = `citywall_session=${token}`;
    const body = { user: 'csrf', roles: ['administrator'] };
    for (const site of [
      { origin: 'http://evil.example' },
      { origin: 'http://localhost:3000' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      {},
    ]) {
      const headers = { cookie, ...site } as Record<string, string>;
      expect([site, (await send('POST', '/api/v1/accounts', body, headers)).status]).toEqual([site, 403]);
    }
    const form = await house.ask('/api/v1/accounts', {
      method: 'POST',
      headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' },
      raw: JSON.stringify(body),
    });
    expect([400, 415]).toContain(form.status);
    const { items } = (await send('GET', '/api/v1/accounts', undefined, admin)).json;
    expect(items.map(({ user }: { user: string }) => user)).not.toContain('csrf');
  });

  it('by guessing is locked, for the right password as well, and is in the audit', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const guess = (password: string, address = '10.2.0.1', user = 'seat-2') =>
      send('POST', '/api/v1/sessions', { user, password }, from(address));
    for (let i = 0; i < 5; i++) expect((await guess(`wrong ${i}`)).json.reason).toBe('wrong-credentials');
    const right = await guess(CHOSEN);
    expect([right.status, right.json.reason, Number(right.headers['retry-after']) > 0]).toEqual([429, 'locked', true]);
    // the person it belongs to gets in from where nobody guessed
    expect((await guess(CHOSEN, '10.2.0.2')).status).toBe(201);
    // many accounts from one address
    const reasons: string[] = [];
    for (let i = 0; i < 11; i++) reasons.push((await guess('wrong', '10.2.0.3', `nobody-${i}`)).json.reason);
    expect(reasons.at(-1)).toBe('rate-limited');
    const { items } = (await send('GET', '/api/v1/audit?action=session.open&outcome=refused', undefined, admin)).json;
    const told = new Set(
      items.map(({ subject, reason }: { subject: string; reason: string }) => `${subject} ${reason}`),
    );
    for (const line of ['seat-2 wrong-credentials', 'seat-2 locked', 'nobody-10 rate-limited'])
      expect(told).toContain(line);
  });

  it('by an id that climbs out of its place finds nothing', async () => {
    for (const id of ['..%2F..%2Fetc%2Fpasswd', '%2e%2e', 'water%2F..%2F..', '%00', 'cw:accounts', '*']) {
      const answer = await send('POST', `/api/v1/alarms/${id}/ack`, {});
      expect([id, [400, 404, 503].includes(answer.status)]).toEqual([id, true]);
      expect(answer.text).not.toMatch(/argon2|node_modules|Error:/);
    }
  });

  it('by what a page would run: pages run nothing but their own files, answers are no pages', async () => {
    for (const path of ['/console', '/login', '/display?scene=overview']) {
      const { headers } = await house.ask(path);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    const answer = await send('GET', '/api/v1/systems?<script>alert(1)</script>=1');
    expect(String(answer.headers['content-type'])).toMatch(/^application\/(problem\+)?json/);
  });
});
