import { EVENTS } from '@citywall/protocol';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pairedDisplay } from '../../../apps/server/src/api/schemas/displays.js';
import { DisplayKeeper } from '../../../apps/server/src/displays/display-keeper.service.js';
import { type House, startHouse } from '../api/house.js';
import { TestDisplay } from '../frames/open-frames.js';

jest.setTimeout(60_000);

describe('pairing of displays', () => {
  let house: House;
  let admin: Record<string, string>;
  beforeAll(async () => {
    house = await startHouse({ CITYWALL_DEMO: '0', CITYWALL_ROLES: 'api,push' });
    admin = { authorization: `Bearer ${await house.logIn()}` };
  });
  afterAll(() => house?.stop());

  const own = () => ({ origin: house.url });
  /** A browser without a session asks for a code. */
  const announce = async (cookie = '') => {
    const answer = await house.ask('/api/v1/pairings', {
      method: 'POST',
      headers: { ...own(), ...(cookie ? { cookie } : {}) },
    });
    const [set = ''] = (answer.headers['set-cookie'] as string[] | undefined) ?? [];
    return { ...answer, set, cookie: set.split(';')[0] ?? '' };
  };
  const how = async (cookie: string) =>
    (await house.ask('/api/v1/pairings/current', { headers: { cookie, 'sec-fetch-site': 'same-origin' } })).json;
  const pair = (code: string, name: string, headers = admin) =>
    house.ask('/api/v1/displays/paired', { method: 'POST', body: { code, name }, headers });
  const systems = async (cookie: string, more: Record<string, string> = {}) =>
    (await house.ask('/api/v1/systems', { headers: { cookie, 'sec-fetch-site': 'same-origin', ...more } })).status;
  const entries = async (action: string) =>
    (await house.ask(`/api/v1/audit?action=${action}`, { headers: admin })).json.items as {
      subject: string;
      detail: string;
    }[];

  it('by a code that the desk enters: the browser then watches, and does nothing else', async () => {
    const { status, json, set, cookie } = await announce();
    expect([status, json.state]).toEqual([201, 'waiting']);
    expect(set).toMatch(/^citywall_display=[\w-]{43}; .*HttpOnly/);
    expect(set).toMatch(/SameSite=Strict/);
    expect(JSON.stringify(json)).not.toContain(cookie.split('=')[1]);
    expect(await systems(cookie)).toBe(401);
    // asked again, as a page that is loaded again does, it shows the same
    expect((await announce(cookie)).json).toEqual(json);
    expect(await how(cookie)).toEqual(json);

    const made = await pair(json.code, '大厅左屏');
    expect(made.status).toBe(201);
    pairedDisplay.parse(made.json);
    expect(await how(cookie)).toEqual({ state: 'paired', id: made.json.id, name: '大厅左屏' });
    expect(await systems(cookie)).toBe(200);
    expect((await house.ask('/api/v1/audit', { headers: { cookie, ...own() } })).status).toBe(403);
    // no command goes by it, and no other page and no program can use it
    expect(
      (await house.ask('/api/v1/sessions/current', { method: 'DELETE', headers: { cookie, ...own() } })).status,
    ).toBe(401);
    expect(await systems(cookie, { 'sec-fetch-site': 'cross-site' })).toBe(401);
    expect(
      (await house.ask('/api/v1/systems', { headers: { authorization: `Bearer ${cookie.split('=')[1]}` } })).status,
    ).toBe(401);
    expect((await pair(json.code, 'twice')).json.reason).toBe('not-found');
    const [entry] = (await entries('displays.pair')).filter(({ detail }) => detail.includes('大厅左屏'));
    expect(entry?.detail).not.toContain(json.code);
  });

  it('is not for who may not: displays, guides, nobody; and another site gets no code', async () => {
    const { json } = await announce();
    expect((await pair(json.code, 'mine', {})).status).toBe(401);
    const foreign = await house.ask('/api/v1/pairings', { method: 'POST', headers: { origin: 'http://localhost:1' } });
    expect([foreign.status, foreign.json.reason]).toEqual([403, 'cross-site']);
    const wrong = await pair('I0O1IO', 'typed');
    expect([wrong.status, wrong.json.reason]).toEqual([400, 'invalid-parameter']);
  });

  it('ends within ten seconds of its revocation, for its socket too', async () => {
    const { json, cookie } = await announce();
    const { id } = (await pair(json.code, 'short')).json;
    const display = new TestDisplay(house.url, 'overview', { headers: { cookie, origin: house.url } });
    expect(await display.join()).toEqual({ ok: true });
    await house.server.app.get(DisplayKeeper).keep();
    const { items } = (await house.ask('/api/v1/displays', { headers: admin })).json;
    expect(items).toMatchObject([{ paired: id }]);
    const ended = new Promise<unknown>((resolve) => display.socket.once(EVENTS.close, resolve));
    const began = performance.now();
    expect((await house.ask(`/api/v1/displays/paired/${id}`, { method: 'DELETE', headers: admin })).status).toBe(204);
    expect(await systems(cookie)).toBe(401);
    expect(await ended).toBe('unauthorized');
    expect(performance.now() - began).toBeLessThan(10_000);
    display.close();
    expect(await how(cookie)).toEqual({ state: 'none' });
    expect((await house.ask(`/api/v1/displays/paired/${id}`, { method: 'DELETE', headers: admin })).status).toBe(404);
    expect((await entries('displays.revoke')).some(({ subject }) => subject === id)).toBe(true);
  });

  it('lists who was let in, and that a token was carried elsewhere', async () => {
    const { json, cookie } = await announce();
    const { id } = (await pair(json.code, 'carried')).json;
    await house.ask('/api/v1/systems', { headers: { cookie, 'sec-fetch-site': 'same-origin' } });
    const listed = async () =>
      (await house.ask('/api/v1/displays/paired', { headers: admin })).json.items.find(
        (one: { id: string }) => one.id === id,
      );
    expect((await listed()).addresses).toHaveLength(1);
    expect(await entries('displays.elsewhere')).toEqual([]);
  });

  it('gives no more codes to an address than a wall needs', async () => {
    let last = 201;
    for (let i = 0; i < 40 && last === 201; i++) last = (await announce()).status;
    expect(last).toBe(429);
  });
});

it('a token that is carried to another machine is told, once, and goes on until somebody revokes it', async () => {
  const house = await startHouse({
    CITYWALL_DEMO: '0',
    CITYWALL_TRUST_PROXY: '1',
    CITYWALL_PUBLIC_URL: 'https://wall.example',
  });
  try {
    const from = (address: string) => ({
      host: 'wall.example',
      origin: 'https://wall.example',
      'x-forwarded-for': address,
    });
    const admin = { authorization: `Bearer ${await house.logIn()}` };
    const shown = await house.ask('/api/v1/pairings', { method: 'POST', headers: from('203.0.113.5') });
    const [set = ''] = shown.headers['set-cookie'] as string[];
    expect(set).toMatch(/; Secure/);
    const cookie = set.split(';')[0] ?? '';
    const body = { code: shown.json.code, name: 'hall' };
    await house.ask('/api/v1/displays/paired', { method: 'POST', body, headers: admin });
    for (const address of ['203.0.113.5', '198.51.100.7', '203.0.113.5', '198.51.100.7'])
      expect((await house.ask('/api/v1/systems', { headers: { ...from(address), cookie } })).status).toBe(200);
    const [display] = (await house.ask('/api/v1/displays/paired', { headers: admin })).json.items;
    expect(display.addresses.map(({ address }: { address: string }) => address)).toEqual([
      '203.0.113.5',
      '198.51.100.7',
    ]);
    const told = (await house.ask('/api/v1/audit?action=displays.elsewhere', { headers: admin })).json.items;
    expect(told).toMatchObject([{ subject: display.id, address: '198.51.100.7', user: `display/${display.id}` }]);
  } finally {
    await house.stop();
  }
});
