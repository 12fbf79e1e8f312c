import type { AlarmHappening, StandingAlarm } from '@citywall/model';
import { DESK_EVENTS, DESK_VERSION, type DeskNews } from '@citywall/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import type { AlarmList, KeptHappening } from '../../../apps/server/src/alarms/alarm-list.js';
import { Annunciation } from '../../../apps/server/src/alarms/annunciation.service.js';
import { AuditService } from '../../../apps/server/src/audit/audit.service.js';
import { happening } from '../../support/happening.js';
import { type Service, startRedis } from '../../support/services.js';
import { alarmListOf, type House, startHouse } from '../api/house.js';

/** A flood of alarms over a restart of the server, with a real Redis. */
describe('a flood of alarms', () => {
  let redis: Service;
  let house: House;
  let list: AlarmList;
  let token: string;
  let n = 0;
  const env = { CITYWALL_DEMO: '0' };
  beforeAll(async () => {
    redis = await startRedis();
    await open();
  });
  afterAll(async () => {
    await house?.stop();
    await redis?.stop();
  });

  async function open() {
    house = await startHouse(env, redis);
    list = await alarmListOf(house, 'urban', 'water');
    token = await house.logIn();
    await found(({ counts }) => counts);
  }
  /** Waits until the server finds something of the flood. */
  function found(holds: (annunciation: Annunciation) => boolean): Promise<void> {
    const annunciation = house.server.app.get(Annunciation);
    return new Promise((resolve) => {
      if (holds(annunciation)) return resolve();
      const end = annunciation.watch(() => {
        if (!holds(annunciation)) return;
        end();
        resolve();
      });
    });
  }
  const raised = (key: string, more: Partial<AlarmHappening['alarm']> = {}): KeptHappening => ({
    ...happening(key, 'raised', more, Date.now()),
    entry: `${Date.now()}-${n++}`,
  });
  const standing = (told: readonly KeptHappening[]) => told.map(({ alarm }) => alarm as StandingAlarm);
  const summary = async () =>
    (await house.ask('/api/v1/alarms/summary', { headers: { authorization: `Bearer ${token}` } })).json;

  it('is found, told, and goes on after a restart; the audit says once that it began', async () => {
    const towns = ['桂溪街道', '新民镇', '高峰镇'];
    const told = Array.from({ length: 12 }, (_, i) => raised(`r${i}`, { town: towns[i % 3] ?? '' }));
    list.apply('water', { standing: standing(told), gone: [], happenings: told });
    await found(({ annunciator }) => annunciator.since !== null);
    const red = raised('red', { town: '桂溪街道', priority: 1 });
    const more = [raised('late', { town: '桂溪街道' }), red, raised('hint', { priority: 4, town: '新民镇' })];
    list.apply('water', { standing: standing(more), gone: [], happenings: more });

    const before = await summary();
    expect(before.flood).toMatchObject({ seats: 1, due: 15, beginsAbove: 10, endsBelow: 5 });
    expect(before.calls).toMatchObject({ raw: 15, announced: 13, held: { flood: 1, list: 1 } });
    expect(before.standing).toMatchObject({ raw: 15, shown: 4, held: { flood: 10, list: 1 } });
    expect(before.groups.map(({ raw, shown }: { raw: number; shown: number }) => [raw, shown])).toEqual([
      [6, 2],
      [5, 1],
      [4, 1],
    ]);
    expect(before.groups[0]).toMatchObject({
      id: 'town=桂溪街道',
      gravest: 1,
      first: { id: told[0]?.alarm.id, stands: true },
    });

    await house.stop();
    await open();
    // the journal is empty: nothing of this was in Redis but the flood itself
    const after = await summary();
    expect(after.flood).toMatchObject({ since: before.flood.since, due: 15 });
    expect(after.calls).toEqual(before.calls);
    const entries = [];
    for await (const entry of house.server.app.get(AuditService).search({ action: 'alarms.flood' }))
      entries.push(entry);
    expect(entries.map(({ subject, user }) => [subject, user])).toEqual([['begins', null]]);
  });

  it('is told to desks with groups and what is announced; who handles alarms there is a seat', async () => {
    const socket: Socket = io(`${house.url}/desk`, {
      transports: ['websocket'],
      parser,
      reconnection: false,
      extraHeaders: { authorization: `Bearer ${token}` },
    });
    try {
      const first = new Promise<DeskNews>((resolve) => socket.once(DESK_EVENTS.alarms, resolve));
      await socket.emitWithAck(DESK_EVENTS.follow, { v: DESK_VERSION });
      expect((await first).flood.since).toBe(house.server.app.get(Annunciation).annunciator.since);
      const next = new Promise<DeskNews>((resolve) =>
        socket.on(DESK_EVENTS.alarms, (news: DeskNews) => news.announced.length > 0 && resolve(news)),
      );
      const red = raised('red again', { town: '桂溪街道', priority: 1 });
      list.apply('water', { standing: standing([red]), gone: [], happenings: [red] });
      expect(await next).toMatchObject({
        announced: [red.alarm.id],
        groups: [{ id: 'town=桂溪街道', place: ['桂溪街道'] }],
      });
      await found(({ annunciator }) => annunciator.seats === 1);
    } finally {
      socket.disconnect();
    }
  });

  it('may be seen by who may read at the desk alone', async () => {
    expect((await house.ask('/api/v1/alarms/summary')).status).toBe(401);
  });
});
