import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alarm } from '@citywall/alarms';
import { DESK_EVENTS, DESK_VERSION, type DeskNews } from '@citywall/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import { AlarmsRepository } from '../../../apps/server/src/alarms/alarms.repository.js';
import { Teller } from '../../../apps/server/src/alarms/told.js';
import { AuthRepository } from '../../../apps/server/src/auth/auth.repository.js';
import { hashPassword } from '../../../apps/server/src/auth/password.js';
import { permits } from '../../../apps/server/src/auth/policy.js';
import { type Grant, ROLES, type Role } from '../../../apps/server/src/auth/session.js';
import { PacksService } from '../../../apps/server/src/packs/index.js';
import { alarmListOf, type House, PASSWORD, startHouse } from '../api/house.js';

/** A home whose smoke alarm rings, and a call for help that names it. */
const SITE: Record<string, string> = {
  'pack.yaml': `id: elderly
name: { zh: 养老, en: Elderly }
order: 5
assetTypes: { home: { name: { zh: 居家户, en: Home }, expected: [smoke] } }
occurrenceTypes:
  help:
    name: { zh: 求助, en: Help }
    statuses: { 触发: { zh: 触发, en: Ringing } }
    fields:
      person: { name: { zh: 老人, en: Person }, pii: name }
      phone: { name: { zh: 电话, en: Phone }, pii: phone }
`,
  'metrics.yaml': `metrics:
  - { id: home/smoke, name: { zh: 烟感, en: Smoke }, kind: state, staleAfter: 1h, history: none, states: { on: { zh: 报警, en: ringing } } }
`,
  'feeds.yaml': `feeds:
  - { id: smoke, topic: 'homes/{key}', decode: text, asset: 'home/{key}', readings: { smoke: { path: '@' } } }
  - { id: help, topic: 'help', occurrences: [{ id: id, type: help, status: s, fields: { person: who, phone: tel } }] }
`,
  'alarms.yaml': `alarms:
  - id: smoke
    metric: home/smoke
    when: { is: 'on' }
    priority: 1
    text: { zh: '{asset} 烟感报警', en: '{asset}: smoke' }
    guidance: { zh: '致电 {asset}', en: 'Call {asset}' }
  - id: help
    occurrence: { type: help, status: 触发 }
    priority: 2
    text: { zh: '{asset} 求助 {person}', en: '{asset}: help' }
`,
  'assets.geojson': JSON.stringify({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        id: 'home/H00012',
        properties: {
          name: '北苑某户',
          access: 'private',
          town: '桂溪街道',
          placement: 'schematic',
          inService: true,
        },
        geometry: { type: 'Point', coordinates: [107.31234, 30.34321] },
      },
    ],
  }),
};
const SECRET = /北苑|某户|107\.31|30\.34|张三丰|13812345678/;
const NOW = Date.parse('2026-07-09T14:00:00+08:00');

const base: Omit<Alarm, 'id' | 'rule'> = {
  asset: 'elderly/home/H00012',
  occurrence: null,
  priority: 1,
  standing: 'active',
  acknowledged: null,
  unknown: false,
  raising: null,
  clearing: null,
  raisedAt: NOW,
  clearedAt: null,
  changedAt: NOW,
  at: NOW,
  value: 'on',
  origin: 'simulated',
  feed: 'smoke',
  suppressedBy: null,
  cause: null,
  extent: null,
  stage: null,
  place: null,
  knownUntil: null,
  version: 1,
  shelved: null,
  outOfService: null,
  comments: [],
  seenValue: null,
  worsened: null,
  chattering: null,
  announcedAt: null,
};
const SMOKE: Alarm = { ...base, id: 'elderly/smoke/home/H00012', rule: 'smoke' };
const HELP: Alarm = {
  ...base,
  id: 'elderly/help/occurrence:c1',
  rule: 'help',
  occurrence: 'c1',
  priority: 2,
  value: null,
  place: { lon: 107.31234, lat: 30.34321 },
  stage: { type: 'help', status: '触发', level: null, fields: { person: '张三丰', phone: '13812345678' } },
};

interface Seat {
  name: string;
  roles: Role[];
  grants: Grant[];
}
const SEATS: Seat[] = [
  ...ROLES.map((role): Seat => ({ name: role, roles: [role], grants: [] })),
  { name: 'lead', roles: ['operator'], grants: ['lead'] },
];

/** Masks per role, as they come over HTTP and over the socket. */
describe('alarms of private assets', () => {
  let house: House;
  let folder: string;
  const headers = new Map<string, Record<string, string>>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'citywall-masks-'));
    mkdirSync(join(folder, 'elderly'));
    for (const [name, text] of Object.entries(SITE)) writeFileSync(join(folder, 'elderly', name), text);
    house = await startHouse({ CITYWALL_PACKS_DIR: folder, CITYWALL_DEMO: '0' });
    const { app } = house.server;
    const list = await alarmListOf(house, 'elderly', 'water', 'urban');
    const pack = app.get(PacksService).get('elderly');
    if (pack === undefined) throw new Error('the pack was refused');
    const teller = new Teller(pack);
    const shown = new Promise<void>((resolve) => {
      list.watch(() => [...list.standing(['elderly'])].length === 2 && resolve());
    });
    await app.get(AlarmsRepository).save('elderly', 'test', 60_000, {
      id: 'first',
      saved: [SMOKE, HELP].map((alarm) => ({ alarm, told: teller.tellStanding(alarm) })),
      gone: [],
      happenings: [SMOKE, HELP].map((alarm) => ({ kind: 'raised', at: NOW, alarm: teller.tell(alarm) })),
      settled: [],
    });
    await shown;
    const password = await hashPassword(PASSWORD);
    for (const { name, roles, grants } of SEATS) {
      const account = { password, roles, grants, createdAt: NOW };
      await app.get(AuthRepository).createAccount(`a-${name}`, account);
      const body = { user: `a-${name}`, password: PASSWORD };
      const { token } = (await house.ask('/api/v1/sessions', { method: 'POST', body })).json;
      headers.set(name, { authorization: `Bearer ${token}` });
    }
  });
  afterAll(async () => {
    await house?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const of = (id: string) => `/api/v1/alarms/${encodeURIComponent(id)}`;
  const as = (name: string) => ({ headers: headers.get(name) ?? {} });

  it.each(SEATS)('[PR22] $name is told neither name nor place by any address', async ({ name, roles, grants }) => {
    const paths: [string, Parameters<typeof permits>[0]][] = [
      ['/api/v1/alarms?system=elderly', 'wall.read'],
      ['/api/v1/alarms/history?system=elderly', 'desk.read'],
      ['/api/v1/alarms/history/export?system=elderly', 'desk.read'],
      [of(SMOKE.id), 'desk.read'],
      [of(HELP.id), 'desk.read'],
      ['/api/v1/handover/draft', 'desk.read'],
    ];
    for (const [path, action] of paths) {
      const answer = await house.ask(path, as(name));
      expect([path, answer.status]).toEqual([path, permits(action, { roles, grants }) ? 200 : 403]);
      expect(answer.text).not.toMatch(SECRET);
      if (answer.status === 200) expect(answer.text).toMatch(/居家户 #[0-9a-f]{4}/);
    }
  });

  it.each(SEATS)('[PR22] $name hears neither over the socket', async ({ name, roles, grants }) => {
    const socket = io(`${house.server.url}/desk`, {
      transports: ['websocket'],
      parser,
      reconnection: false,
      extraHeaders: headers.get(name) ?? {},
    });
    const heard: DeskNews[] = [];
    socket.on(DESK_EVENTS.alarms, (news: DeskNews) => heard.push(news));
    const { ok } = await socket.emitWithAck(DESK_EVENTS.follow, { v: DESK_VERSION });
    socket.disconnect();
    expect(ok).toBe(permits('alarms.follow', { roles, grants }));
    expect(heard.flatMap(({ set }) => set).length).toBe(ok ? 2 : 0);
    expect(JSON.stringify(heard)).not.toMatch(SECRET);
  });

  it.each(SEATS)(
    '$name: who may know gives a reason, and that stands in the audit',
    async ({ name, roles, grants }) => {
      const may = permits('alarms.disclose', { roles, grants });
      const bare = await house.ask(`${of(HELP.id)}/disclose`, { method: 'POST', body: {}, ...as(name) });
      expect(bare.status).toBe(may ? 400 : 403);
      const body = { reason: `回拨家属 ${name}` };
      const answer = await house.ask(`${of(HELP.id)}/disclose`, { method: 'POST', body, ...as(name) });
      expect(answer.status).toBe(may ? 200 : 403);
      if (!may) return expect(answer.text).not.toMatch(SECRET);
      expect(answer.json).toMatchObject({
        name: '北苑某户',
        place: { lon: 107.31234, lat: 30.34321 },
        text: { zh: '北苑某户 求助 张三丰' },
        fields: [{ value: '张三丰' }, { value: '13812345678' }],
      });
      const audit = await house.ask('/api/v1/audit?action=alarms.disclose&limit=1', as('administrator'));
      expect(audit.json.items[0]).toMatchObject({ user: `a-${name}`, subject: HELP.id, outcome: 'begun' });
      expect(audit.json.items[0].detail).toContain(body.reason);
      expect(audit.text).not.toMatch(SECRET);
    },
  );

  it('what does not stand is not disclosed', async () => {
    const body = { reason: '试' };
    const answer = await house.ask(`${of('elderly/smoke/home/none')}/disclose`, {
      method: 'POST',
      body,
      ...as('lead'),
    });
    expect(answer.json).toMatchObject({ status: 404, reason: 'not-found' });
  });
});
