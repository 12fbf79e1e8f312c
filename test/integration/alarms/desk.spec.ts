import type { StandingAlarm } from '@citywall/model';
import { DESK_EVENTS, DESK_VERSION, type DeskNews, type FollowReply, type Presence } from '@citywall/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import type { AlarmList } from '../../../apps/server/src/alarms/alarm-list.js';
import { AuthRepository } from '../../../apps/server/src/auth/auth.repository.js';
import { hashPassword } from '../../../apps/server/src/auth/password.js';
import { permits } from '../../../apps/server/src/auth/policy.js';
import { ROLES, type Role } from '../../../apps/server/src/auth/session.js';
import { SessionsService } from '../../../apps/server/src/auth/sessions.service.js';
import { happening } from '../../support/happening.js';
import { alarmListOf, type House, PASSWORD, startHouse } from '../api/house.js';

const alarm = (key: string) => happening(key).alarm as StandingAlarm;

/** Desks of a running server, one after another. */
describe('the socket of the desk', () => {
  let house: House;
  let list: AlarmList;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    house = await startHouse({ CITYWALL_DEMO: '0' });
    list = await alarmListOf(house, 'water');
    const password = await hashPassword(PASSWORD);
    for (const role of ROLES) {
      const account = { password, roles: [role], createdAt: Date.now() };
      await house.server.app.get(AuthRepository).createAccount(`a-${role}`, account);
    }
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  });
  afterAll(() => house?.stop());

  const tokenOf = async (role: Role) =>
    (await house.server.app.get(SessionsService).open(`a-${role}`, PASSWORD, '127.0.0.1')).token;

  function desk(headers: Record<string, string> = {}) {
    const socket = io(`${house.server.url}/desk`, {
      transports: ['websocket'],
      parser,
      reconnection: false,
      extraHeaders: headers,
    });
    sockets.push(socket);
    const news: DeskNews[] = [];
    const presence: Presence[][] = [];
    socket.on(DESK_EVENTS.alarms, (each: DeskNews) => news.push(each));
    socket.on(DESK_EVENTS.presence, (each: Presence[]) => presence.push(each));
    const until = (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!holds()) return;
          socket.offAny(look);
          resolve();
        };
        socket.onAny(() => queueMicrotask(look));
        look();
      });
    const ended = new Promise<string>((resolve) => socket.on(DESK_EVENTS.close, resolve));
    const follow = (v = DESK_VERSION) => socket.emitWithAck(DESK_EVENTS.follow, { v }) as Promise<FollowReply>;
    return { socket, news, presence, until, ended, follow };
  }

  it.each(ROLES)('%s follows if the policy lets it, and hears nothing if not', async (role) => {
    const { follow, news } = desk({ authorization: `Bearer ${await tokenOf(role)}` });
    const may = permits('alarms.follow', { roles: [role], grants: [] });
    expect(await follow()).toEqual(may ? { ok: true } : { ok: false, reason: 'unauthorized' });
    expect(news.length > 0).toBe(may);
  });

  it('is nobody’s without a session, with a token that was used up, or by a host that is not ours', async () => {
    expect(await desk().follow()).toEqual({ ok: false, reason: 'unauthorized' });
    const token = await tokenOf('operator');
    await house.server.app.get(SessionsService).close(token);
    const old = desk({ authorization: `Bearer ${token}` });
    expect(await old.follow()).toEqual({ ok: false, reason: 'unauthorized' });
    const foreign = desk({ host: 'evil.example', authorization: `Bearer ${await tokenOf('operator')}` });
    await new Promise<void>((resolve) => foreign.socket.once('connect_error', () => resolve()));
    expect(await desk({ authorization: `Bearer ${await tokenOf('operator')}` }).follow(9)).toEqual({
      ok: false,
      reason: 'version',
    });
  });

  it('hears nothing before it follows, whatever it sends', async () => {
    const { socket, news } = desk();
    for (const junk of [undefined, null, 7, { v: 'x' }, { __proto__: { v: 1 } }, 'a'.repeat(5_000)])
      expect(await socket.emitWithAck(DESK_EVENTS.follow, junk)).toMatchObject({ ok: false });
    socket.emit(DESK_EVENTS.looking, 'water/high/reservoir/a');
    list.replace('water', [alarm('unheard')], []);
    expect(await socket.emitWithAck(DESK_EVENTS.follow, { v: DESK_VERSION })).toMatchObject({ ok: false });
    expect(news).toEqual([]);
  });

  it('brings everything once, however often it is asked for', async () => {
    list.replace('water', [alarm('once')], []);
    const { follow, news } = desk({ authorization: `Bearer ${await tokenOf('operator')}` });
    await follow();
    const had = news.length;
    for (let i = 0; i < 20; i++) expect(await follow()).toEqual({ ok: true });
    expect(news.slice(had).filter(({ first }) => first)).toEqual([]);
  });

  it('brings everything, then changes; and who looks at what', async () => {
    list.replace('water', [alarm('a')], []);
    const operator = { authorization: `Bearer ${await tokenOf('operator')}` };
    const one = desk(operator);
    expect(await one.follow()).toEqual({ ok: true });
    await one.until(() => one.news.some(({ set }) => set.some(({ id }) => id.endsWith('/a'))));
    expect(one.news[0]).toMatchObject({ first: true });
    const other = desk({ authorization: `Bearer ${await tokenOf('dispatcher')}` });
    await other.follow();
    list.apply('water', { standing: [alarm('b')], gone: ['water/high/reservoir/a'], happenings: [] });
    for (const each of [one, other])
      await each.until(() => each.news.some(({ gone }) => gone.includes('water/high/reservoir/a')));
    other.socket.emit(DESK_EVENTS.looking, 'water/high/reservoir/b');
    await one.until(() => one.presence.at(-1)?.length === 1);
    expect(one.presence.at(-1)).toEqual([{ user: 'a-dispatcher', id: 'water/high/reservoir/b' }]);
    other.socket.disconnect();
    await one.until(() => one.presence.at(-1)?.length === 0);
  });
});
