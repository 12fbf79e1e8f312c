import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { EMPTY } from 'rxjs';
import { AlarmEngine } from '../../../apps/server/src/alarms/alarm-engine.service.js';
import { AlarmsRepository } from '../../../apps/server/src/alarms/alarms.repository.js';
import { pack } from '../../support/pack.js';
import { type ServerProcess, type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';
import { eventually, labSite, reader, type Site } from '../feeds/lab.js';

jest.setTimeout(120_000);

const PASSWORD = 'correct horse battery staple';
const RULES = `alarms:
  - id: level-high
    metric: node/level
    when: { atLeast: 10, clearBelow: 8 }
    priority: 1
    suppressedBy: [level-flood]
    text: { zh: '{asset} 水位 {value} {unit}', en: '{asset} level {value} {unit}' }
    guidance: { zh: 核实, en: Verify }
  - id: level-flood
    metric: node/level
    when: { atLeast: 50, clearBelow: 40 }
    priority: 1
    text: { zh: '{asset} 漫溢', en: '{asset} flooded' }
    guidance: { zh: 转移, en: Leave }
  - id: case-open
    occurrence: { type: case, status: open }
    priority: 3
    text: { zh: '{type} {id}：{text}', en: '{type} {id}: {text}' }
`;

interface Item {
  id: string;
  state: string;
  value: unknown;
  text: { zh: string; en: string };
  suppressedBy: string | null;
  acknowledged: { by: string } | null;
  raisedAt: string;
  version: number;
}

describe('alarms', () => {
  let broker: Service;
  let redis: Service;
  let site: Site;
  let server: ServerProcess;
  let reading: Awaited<ReturnType<typeof reader>>;
  let publisher: MqttClient;
  /** ends of the ids that the test is about */
  let mine: string;

  // One server for all: starting it is most of the time. Each test has assets of its own.
  beforeAll(async () => {
    [broker, redis] = await Promise.all([startMosquitto(), startRedis()]);
    reading = await reader(redis.url);
    publisher = await connectAsync(broker.url);
    site = labSite({ 'alarms.yaml': RULES });
    server = await startServer({
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_PACKS_DIR: site.dir,
      CITYWALL_ROLES: 'ingest,api',
      CITYWALL_DEMO: '1',
      CITYWALL_ADMIN_PASSWORD: PASSWORD,
      CITYWALL_LOG_LEVEL: 'warn',
    });
  });
  afterAll(async () => {
    await server?.stop();
    await publisher?.endAsync();
    reading?.close();
    await Promise.all([broker?.stop(), redis?.stop()]);
    site?.remove();
  });
  beforeEach(() => {
    mine = '';
  });

  const level = (key: string, v: number) =>
    publisher.publishAsync('lab/items', JSON.stringify({ items: [{ key, v, ts: Date.now() }] }), { qos: 1 });
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${server.url}${path}`, init).catch(() => null);
    return { status: response?.status ?? 0, json: (await response?.json().catch(() => null)) as never };
  };
  const alarms = async (): Promise<Item[]> =>
    ((((await ask('/api/v1/alarms?system=lab')).json ?? { items: [] }) as { items: Item[] }).items ?? []).filter(
      ({ id }) => id.includes(mine),
    );
  const until = (good: (items: Item[]) => boolean) => eventually(alarms, good);
  const log = async () => {
    const entries = await reading.redis.commands.xrange('cw:{lab}:alarms:log', '-', '+');
    return entries
      .map(([, fields]) => JSON.parse(fields[1] ?? '{}') as { kind: string; alarm: { id: string; rule: string } })
      .filter(({ kind, alarm }) => kind !== 'unknown' && kind !== 'known' && alarm.id.includes(mine))
      .map(({ kind, alarm }) => `${kind} ${alarm.rule}`);
  };
  const acknowledge = (id: string, headers: Record<string, string> = {}) =>
    ask(`/api/v1/alarms/${encodeURIComponent(id)}/ack`, { method: 'POST', headers });
  let seat: Record<string, string> | undefined;
  /** Once for all: log-ins are limited. */
  const logIn = async () => {
    if (seat !== undefined) return seat;
    const { json } = await ask('/api/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: PASSWORD }),
    });
    seat = { authorization: `Bearer ${(json as { token: string }).token}` };
    return seat;
  };

  it('are raised, told over HTTP, acknowledged once and only by somebody who is logged in', async () => {
    mine = '/node/a';
    await level('a', 12);
    const [raised] = await until((items) => items.length === 1);
    expect(raised).toMatchObject({
      id: 'lab/level-high/node/a',
      system: 'lab',
      rule: 'level-high',
      asset: 'lab/node/a',
      occurrence: null,
      name: 'a',
      priority: 1,
      state: 'active-unacknowledged',
      unknown: false,
      value: 12,
      unit: 'm',
      text: { zh: 'a 水位 12 m', en: 'a level 12 m' },
      guidance: { zh: '核实', en: 'Verify' },
      suppressedBy: null,
      origin: 'live',
      acknowledged: null,
    });
    const { items: systems } = (await ask('/api/v1/systems')).json as { items: { id: string; alarms: unknown }[] };
    expect(systems.find(({ id }) => id === 'lab')?.alarms).toEqual({ p1: 1, p2: 0, p3: 0, p4: 0, unacknowledged: 1 });
    expect((await acknowledge('lab/level-high/node/a')).status).toBe(401);
    const headers = await logIn();
    expect(await acknowledge('lab/level-high/node/a', headers)).toMatchObject({
      status: 200,
      json: { state: 'active-acknowledged', acknowledged: { by: 'admin' } },
    });
    expect((await acknowledge('lab/level-high/node/a', headers)).status).toBe(409);
    expect((await acknowledge('lab/level-high/node/none', headers)).status).toBe(404);
    await until(([alarm]) => alarm?.state === 'active-acknowledged');
    await level('a', 60);
    const items = await until((list) => list.length === 2 && list.some(({ suppressedBy }) => suppressedBy !== null));
    expect(items.map(({ id, suppressedBy }) => [id, suppressedBy])).toEqual([
      ['lab/level-flood/node/a', null],
      ['lab/level-high/node/a', 'lab/level-flood/node/a'],
    ]);
    await level('a', 1);
    await until(([alarm, ...more]) => alarm?.state === 'cleared-unacknowledged' && more.length === 0);
    await acknowledge('lab/level-flood/node/a', headers);
    await until((list) => list.length === 0);
    expect(await log()).toEqual([
      'raised level-high',
      'acknowledged level-high',
      'raised level-flood',
      'suppressed level-high',
      'cleared level-high',
      'cleared level-flood',
      'acknowledged level-flood',
    ]);
  });

  const post = (id: string, word: string, headers: Record<string, string>, body: object = {}) =>
    ask(`/api/v1/alarms/${encodeURIComponent(id)}/${word}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }) as Promise<{ status: number; json: Item & { reason?: string; alarm?: Item; items: never[]; history: never[] } }>;

  it('[AL27] two who acknowledge at once: one wins, the other is told with the alarm as it is', async () => {
    mine = '/node/both';
    await level('both', 12);
    const [alarm] = await until((items) => items.length === 1);
    const headers = await logIn();
    const { version } = alarm ?? {};
    const answers = await Promise.all([1, 2].map(() => post(alarm?.id ?? '', 'ack', headers, { version })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409)?.json;
    expect(refused).toMatchObject({ reason: 'conflict', alarm: { id: alarm?.id, state: 'active-acknowledged' } });
    expect(await log()).toEqual(['raised level-high', 'acknowledged level-high']);
  });

  it('[AL28] [AL29] [AL32] are taken back, shelved, commented and brought back, with their history', async () => {
    mine = '/node/desk';
    await level('desk', 12);
    const [alarm] = await until((items) => items.length === 1);
    const id = alarm?.id ?? '';
    const headers = await logIn();
    await post(id, 'ack', headers);
    expect((await post(id, 'unack', headers)).json.state).toBe('active-unacknowledged');
    expect((await post(id, 'shelve', headers, { reason: '检修', minutes: 481 })).status).toBe(400);
    expect((await post(id, 'shelve', headers, { reason: ' ', minutes: 30 })).status).toBe(400);
    const shelved = await post(id, 'shelve', headers, { reason: '检修', minutes: 30 });
    expect(shelved).toMatchObject({ status: 200, json: { state: 'shelved', active: true, shelved: { by: 'admin' } } });
    expect((await post(id, 'ack', headers)).status).toBe(409);
    expect((await post(id, 'comment', headers, { text: '<b>=1+1</b>' })).json).toMatchObject({
      comments: [{ by: 'admin', text: '<b>=1+1</b>' }],
    });
    expect((await post(id, 'unshelve', headers)).json.state).toBe('active-unacknowledged');
    const one = (await ask(`/api/v1/alarms/${encodeURIComponent(id)}`)).json as {
      history: { kind: string; note: string }[];
    };
    expect(one).toMatchObject({ id, comments: [{ by: 'admin' }] });
    expect(one.history.map(({ kind }) => kind)).toEqual([
      'unshelved',
      'commented',
      'shelved',
      'unacknowledged',
      'acknowledged',
      'raised',
    ]);
    const found = (await ask('/api/v1/alarms/history?system=lab&kind=shelved&q=%E6%A3%80%E4%BF%AE')).json as never;
    expect(found).toMatchObject({ items: [{ id, by: 'admin', note: '检修', kind: 'shelved' }], next: null });
    const first = (await ask('/api/v1/alarms/history?system=lab&q=node/desk&limit=4')).json as {
      next: string;
      items: [];
    };
    const rest = (await ask(`/api/v1/alarms/history?system=lab&q=node/desk&limit=4&cursor=${first.next}`))
      .json as never;
    expect([first.items.length, rest]).toMatchObject([
      4,
      { items: [{ kind: 'acknowledged' }, { kind: 'raised' }], next: null },
    ]);
    const table = await fetch(`${server.url}/api/v1/alarms/history/export?system=lab&kind=commented&q=node/desk`);
    const text = await table.text();
    expect([table.headers.get('content-type'), text.startsWith('at,kind,by,note,id')]).toEqual([
      'text/csv; charset=utf-8',
      true,
    ]);
    expect(text).toContain(`commented,admin,<b>=1+1</b>,${id}`);
    expect((await ask('/api/v1/alarms/lab%2Flevel-high%2Fnode%2Fnever')).status).toBe(404);
  });

  it('[AL31] are taken out of service by two persons, the second of whom has the grant', async () => {
    mine = '/node/out';
    const id = 'lab/level-high/node/out';
    const admin = await logIn();
    const accounts = async (user: string, grants: string[]) => {
      const { json } = await ask('/api/v1/accounts', {
        method: 'POST',
        headers: { ...admin, 'content-type': 'application/json' },
        body: JSON.stringify({ user, roles: ['operator'], grants }),
      });
      const { password } = json as { password: string };
      const open = await ask('/api/v1/sessions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user, password }),
      });
      const headers = {
        authorization: `Bearer ${(open.json as { token: string }).token}`,
        'content-type': 'application/json',
      };
      const next = 'Night shift 7, rain!';
      const body = JSON.stringify({ present: password, next });
      await ask('/api/v1/sessions/current/password', { method: 'PUT', headers, body });
      return { headers, sign: { user, password: next } };
    };
    const li = await accounts('li', []);
    const wang = await accounts('wang', ['lead']);
    const body = (countersign: object) => ({ reason: '换表', order: 'W-1', countersign });
    await level('out', 1);
    // normal, and never told: its asset was discovered, nobody declared it
    expect((await post(id, 'disable', li.headers, body(wang.sign))).status).toBe(404);
    await level('out', 12);
    await until((items) => items.length === 1);
    expect((await post(id, 'shelve', li.headers, { reason: 'x', minutes: 5 })).status).toBe(403);
    expect((await post(id, 'disable', li.headers, body(li.sign))).status).toBe(400);
    expect((await post(id, 'disable', wang.headers, body(li.sign))).status).toBe(403);
    const done = await post(id, 'disable', li.headers, body(wang.sign));
    expect(done).toMatchObject({
      status: 200,
      json: { state: 'out-of-service', outOfService: { by: 'li', countersigned: 'wang', order: 'W-1' } },
    });
    await level('out', 1);
    await level('out', 30);
    await until(([alarm]) => alarm?.value === 30);
    expect((await alarms())[0]?.state).toBe('out-of-service');
    expect((await post(id, 'enable', wang.headers)).json.state).toBe('active-unacknowledged');
    expect(await log()).toEqual([
      'raised level-high',
      'disabled level-high',
      'enabled level-high',
      'raised level-high',
    ]);
    const { items: audit } = (await ask('/api/v1/audit?action=alarms.disable&limit=20', { headers: admin })).json as {
      items: { detail: string }[];
    };
    expect(JSON.stringify(audit)).not.toContain('Night shift');
  });

  it('of a system that is not there are nobody’s: no evaluator is waited for', async () => {
    const headers = await logIn();
    for (const id of ['nothing', 'nowhere/high/node/n1']) {
      expect(await acknowledge(id, headers)).toMatchObject({ status: 404, json: { reason: 'not-found' } });
    }
    expect(await reading.redis.commands.exists('cw:{nowhere}:alarms:commands')).toBe(0);
  });

  it('many are acknowledged at once, each by itself, a critical one only alone', async () => {
    mine = 'occurrence:m';
    const say = (id: string) =>
      publisher.publishAsync('lab/case/open', JSON.stringify({ id, ts: Date.now(), text: '' }), { qos: 1 });
    await Promise.all([say('m1'), say('m2'), level('many', 12)]);
    const cases = await until((items) => items.length === 2);
    const headers = await logIn();
    const many = (items: object[]) =>
      ask('/api/v1/alarms/ack', {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ items }),
      });
    mine = '/node/many';
    await until((items) => items.length === 1);
    const [m1, m2] = cases as (Item & { version: number })[];
    const { json } = await many([
      { id: m1?.id, version: m1?.version },
      { id: m2?.id, version: (m2?.version ?? 0) - 1 },
      { id: 'lab/level-high/node/many' },
      { id: 'lab/level-high/node/none' },
    ]);
    expect((json as { items: { result: string }[] }).items.map(({ result }) => result)).toEqual([
      'done',
      'changed',
      'critical',
      'no-alarm',
    ]);
    expect((await many([{ id: 'lab/level-high/node/many' }])).json).toMatchObject({ items: [{ result: 'done' }] });
  });

  it('are still there after the server was killed, and none is told twice', async () => {
    mine = '/node/kill-';
    const headers = await logIn();
    await level('kill-seen', 12);
    await level('kill-unseen', 13);
    await until((items) => items.length === 2);
    await acknowledge('lab/level-high/node/kill-seen', headers);
    await until((items) => items.some(({ state }) => state === 'active-acknowledged'));
    const before = await alarms();
    await server.kill('SIGKILL');
    // what happens meanwhile is judged when the server is back
    await level('kill-new', 14);
    await server.restart();
    const after = await until((items) => items.length === 3);
    expect(after.filter(({ id }) => !id.endsWith('-new'))).toEqual(before);
    await level('kill-seen', 12.5);
    await level('kill-unseen', 13.5);
    await until((items) => items.filter(({ value }) => value === 12.5 || value === 13.5).length === 2);
    expect(await log()).toEqual([
      'raised level-high',
      'raised level-high',
      'acknowledged level-high',
      'raised level-high',
    ]);
  });

  it('follow an occurrence, without the numbers of people in its text', async () => {
    mine = 'occurrence:c1';
    const say = (stage: string, text: string) =>
      publisher.publishAsync(`lab/case/${stage}`, JSON.stringify({ id: 'c1', ts: Date.now(), text }), { qos: 1 });
    await say('open', '来电 13812345678 报积水');
    const [born] = await until((items) => items.length === 1);
    expect(born).toMatchObject({ id: 'lab/case-open/occurrence:c1', occurrence: 'c1', asset: null, value: null });
    expect(born?.text.zh).toMatch(/^案件 c1：来电 .*报积水$/);
    expect(born?.text.zh).not.toContain('13812345678');
    await say('close', '');
    await until((items) => items.length === 0);
    expect(await log()).toEqual(['raised case-open', 'cleared case-open']);
  });

  it('end when their rule is taken out of the pack; those of the others stay', async () => {
    mine = '/node/rule';
    await level('rule', 60);
    await until((items) => items.length === 2);
    site.write(
      'alarms.yaml',
      RULES.replace(/ {2}- id: level-flood[\s\S]*?(?= {2}- id: case-open)/, '').replace(/ {4}suppressedBy.*\n/, ''),
    );
    const [left] = await until((items) => items.length === 1);
    expect(left).toMatchObject({ id: 'lab/level-high/node/rule', suppressedBy: null });
    expect(await log()).toEqual([
      'raised level-high',
      'raised level-flood',
      'suppressed level-high',
      'ended level-flood',
      'released level-high',
    ]);
  });

  it('of a system are evaluated by one process at a time; the next follows', async () => {
    const store = new AlarmsRepository(reading.redis);
    await eventually(
      () => reading.redis.commands.exists('cw:{lab}:alarms:lease'),
      (held) => held === 1,
    );
    expect(await store.lease('lab', 'another', 1_000, true)).toBe(false);
    const since = (await store.watched(['lab', 'nobody'])).get('lab') ?? 0;
    expect(since).toBeGreaterThan(0);
    const lab = pack('lab', { alarms: [] });
    const packs = { all: () => [lab], get: () => lab, changes$: EMPTY };
    const second = new AlarmEngine(packs, reading.state, store, { all: () => [], changes$: EMPTY });
    second.onApplicationBootstrap();
    mine = '/node/lease';
    await level('lease', 12);
    await until((items) => items.length === 1);
    await server.stop();
    // the server gave its lease back; a process without the rule ends its alarm
    const kinds = await eventually(log, (list) => list.length > 1);
    expect(kinds).toEqual(['raised level-high', 'ended level-high']);
    // one follows the other within the breath that counts as no break
    expect(await store.watched(['lab', 'nobody'])).toEqual(new Map([['lab', since]]));
    await second.beforeApplicationShutdown();
    await eventually(
      () => store.watched(['lab']),
      (watched) => watched.size === 0,
    );
    expect(await store.lease('lab', 'another', 1_000, true)).toBe(true);
  });
});
