import { DESK_EVENTS, DESK_VERSION } from '@citywall/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import { AuthRepository } from '../../../apps/server/src/auth/auth.repository.js';
import { SESSION_IDLE, sessionHash } from '../../../apps/server/src/auth/sessions.service.js';
import { type House, PASSWORD, startHouse } from '../api/house.js';

/** A desk that was left: what still is shown, and what is not. */
describe('a session whose person did nothing for two hours', () => {
  let house: House;
  let cookie: Record<string, string>;
  let hash: string;
  beforeAll(async () => {
    house = await startHouse({ CITYWALL_DEMO: '0' });
    const token = await house.logIn();
    hash = sessionHash(token);
    cookie = { cookie: `citywall_session=${token}`, origin: house.url, 'sec-fetch-site': 'same-origin' };
  });
  afterAll(() => house?.stop());

  const kept = async () => {
    const session = await house.server.app.get(AuthRepository).session(hash);
    if (session === null) throw new Error('the session is gone');
    return session;
  };
  /** @param ago ms since its person did something; the session itself holds, as it does while a wall shows it */
  const left = async (ago: number) => {
    const now = Date.now();
    const session = {
      ...(await kept()),
      createdAt: now - 5 * 3_600_000,
      activeAt: now - ago,
      expiresAt: now + 3_600_000,
    };
    await house.server.app.get(AuthRepository).putSession(hash, session, 3_600_000);
    return session;
  };
  const follow = async () => {
    const options = { transports: ['websocket'], parser, reconnection: false, extraHeaders: cookie };
    const socket = io(`${house.server.url}/desk`, options);
    const reply = await socket.emitWithAck(DESK_EVENTS.follow, { v: DESK_VERSION });
    socket.disconnect();
    return reply;
  };
  const get = (path: string) => house.ask(`/api/v1/${path}`, { headers: cookie });
  const post = (path: string) => house.ask(`/api/v1/${path}`, { method: 'POST', headers: cookie });

  it('what the page asks, and what is pushed to it, keeps nobody in; a key does', async () => {
    const { activeAt, expiresAt } = await left(SESSION_IDLE - 30 * 60_000);
    expect((await get('sessions/current')).json.idleAt).toBe(new Date(activeAt + SESSION_IDLE).toISOString());
    expect((await get('alarms/history')).status).toBe(200);
    expect(await follow()).toEqual({ ok: true });
    expect(await kept()).toMatchObject({ activeAt, expiresAt });
    const { status, json } = await post('sessions/current/activity');
    expect(status).toBe(200);
    expect(Date.parse(json.idleAt)).toBeGreaterThan(activeAt + SESSION_IDLE);
    expect((await kept()).activeAt).toBeGreaterThan(activeAt);
  });

  it('has the wall, and nothing of the desk; no key brings it back', async () => {
    const { activeAt } = await left(SESSION_IDLE + 1);
    expect((await get('systems')).status).toBe(200);
    for (const path of ['sessions/current', 'alarms/history', 'handover', 'audit'])
      expect((await get(path)).json).toMatchObject({ status: 401, reason: 'unauthorized' });
    for (const path of ['sessions/current/activity', 'simulator/stop'])
      expect((await post(path)).json).toMatchObject({ status: 401, reason: 'unauthorized' });
    expect(await follow()).toEqual({ ok: false, reason: 'unauthorized' });
    expect((await kept()).activeAt).toBe(activeAt);
  });

  it('is told to nobody by another site', async () => {
    await left(SESSION_IDLE - 30 * 60_000);
    const headers = { ...cookie, origin: 'http://localhost:1', 'sec-fetch-site': 'cross-site' };
    const answer = await house.ask('/api/v1/sessions/current/activity', { method: 'POST', headers });
    expect([401, 403]).toContain(answer.status);
  });

  it('logs in anew', async () => {
    await left(SESSION_IDLE + 1);
    const body = { user: 'admin', password: PASSWORD };
    expect((await house.ask('/api/v1/sessions', { method: 'POST', body, headers: cookie })).status).toBe(201);
  });
});
