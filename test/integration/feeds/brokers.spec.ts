import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { Meters } from '../../../apps/server/src/ops/meters.js';
import { type Certificates, makeCertificates } from '../../support/certificates.js';
import { freePort, type Service, startMosquitto, startRedis } from '../../support/services.js';
import { eventually, journal, type LabServer, labSite, type Site, startLab } from './lab.js';

jest.setTimeout(60_000);

type Broker = Awaited<ReturnType<typeof startMosquitto>>;

const FEEDS = `feeds:
  - { id: count, topic: "lab/count/{key}", asset: "node/{key}", at: { path: ts, as: unix_ms }, readings: { id: { path: id, ops: [number] } } }
  - { id: other, broker: other, topic: "lab/other/{key}", asset: "node/{key}", at: { path: ts, as: unix_ms }, readings: { id: { path: id, ops: [number] } } }
`;
/** mosquitto tells of every client: its version (p5: MQTT 5, p2: 3.1.1), name and keepalive. */
const TOLD = ['log_dest stderr', 'log_type notice', 'log_type subscribe', 'log_type unsubscribe'];

describe('several brokers', () => {
  let redis: Service;
  let plain: Broker;
  let certificates: Certificates;
  let site: Site;
  let lab: LabServer | undefined;
  let undo: (() => unknown)[] = [];

  beforeAll(async () => {
    certificates = makeCertificates();
    certificates.sign('county-wall');
    plain = await startMosquitto({ settings: TOLD });
  });
  afterAll(async () => {
    await plain.stop();
    certificates.remove();
  });
  beforeEach(async () => {
    redis = await startRedis();
    site = labSite({ 'feeds.yaml': FEEDS });
  });
  afterEach(async () => {
    await lab?.stop();
    lab = undefined;
    for (const step of undo.reverse()) await step();
    undo = [];
    await redis.stop();
    site.remove();
  });

  const brokersYaml = (text: string) => writeFileSync(join(site.dir, 'brokers.yaml'), text);
  const start = async (env: Record<string, string> = {}) => {
    lab = await startLab(site, plain.url, redis.url, env);
    return lab;
  };
  const publisher = async (url: string, options: IClientOptions = {}): Promise<MqttClient> => {
    const client = await connectAsync(url, { protocolVersion: 5, ...options });
    undo.push(() => client.endAsync());
    return client;
  };
  const message = (id: number) => JSON.stringify({ id, ts: Date.now() });
  const values = async (feed: string) => (await journal((lab as LabServer).state, feed)).map(({ value }) => value);
  const notice = (id: string) => () => lab?.notices.get(id)?.text.en;
  const there = (found: unknown) => found !== undefined;
  const gone = (found: unknown) => found === undefined;
  /** A broker that asks for a client certificate of our authority, on port `port`. */
  const secureBroker = async () => {
    const port = await freePort();
    const broker = await startMosquitto({
      settings: [
        ...TOLD,
        `listener ${port} 127.0.0.1`,
        `cafile ${certificates.path('ca.pem')}`,
        `certfile ${certificates.path('server.pem')}`,
        `keyfile ${certificates.path('server.key')}`,
        'require_certificate true',
        'use_identity_as_username true',
      ],
    });
    undo.push(() => broker.stop());
    return { broker, url: `mqtts://127.0.0.1:${port}` };
  };
  const passwordBroker = async () => {
    const broker = await startMosquitto({ settings: TOLD });
    const file = join(broker.dir, 'passwords');
    execFileSync('mosquitto_passwd', ['-b', '-c', file, 'wall', 'right']);
    const conf = join(broker.dir, 'mosquitto.conf');
    const told = readFileSync(conf, 'utf8').replace(
      'allow_anonymous true',
      `allow_anonymous false\npassword_file ${file}`,
    );
    writeFileSync(conf, told);
    await broker.restart();
    undo.push(() => broker.stop());
    return broker;
  };
  const client = () => ({
    ca: readFileSync(certificates.path('ca.pem')),
    cert: readFileSync(certificates.path('county-wall.pem')),
    key: readFileSync(certificates.path('county-wall.key')),
  });

  it('two at once, one by TLS with a client certificate; a message from each gets into state', async () => {
    const { broker, url } = await secureBroker();
    const files = `ca: ${certificates.path('ca.pem')}, cert: ${certificates.path('county-wall.pem')}, key: ${certificates.path('county-wall.key')}`;
    brokersYaml(`other: { url: "${url}", ${files}, keepalive: 20s, clientId: county }\n`);
    await start();
    const here = await publisher(plain.url);
    const there = await publisher(url, client());
    await here.publishAsync('lab/count/a', message(1), { qos: 1 });
    await there.publishAsync('lab/other/a', message(2), { qos: 1 });
    // The same topic at the wrong broker is nobody's.
    await there.publishAsync('lab/count/a', message(3), { qos: 1 });
    await eventually(
      () => values('other'),
      ({ length }) => length === 1,
    );
    await eventually(
      () => values('count'),
      ({ length }) => length === 1,
    );
    expect([await values('count'), await values('other')]).toEqual([[1], [2]]);
    expect(broker.output()).toMatch(/as county-1 \(p5, c0, k20, u'county-wall'\)/);
  });

  it('a broker of an authority nobody trusts is gone, and says why; with the authority it is back without a restart', async () => {
    const { url } = await secureBroker();
    const key = `cert: ${certificates.path('county-wall.pem')}, key: ${certificates.path('county-wall.key')}`;
    brokersYaml(`other: { url: "${url}", ${key} }\n`);
    await start();
    expect(await eventually(notice('broker-gone:other'), there)).toMatch(/certificate|self.signed/i);
    // The other broker is none the worse for it.
    await (await publisher(plain.url)).publishAsync('lab/count/b', message(1), { qos: 1 });
    await eventually(
      () => values('count'),
      ({ length }) => length === 1,
    );
    brokersYaml(`other: { url: "${url}", ${key}, ca: ${certificates.path('ca.pem')} }\n`);
    await eventually(notice('broker-gone:other'), gone);
    await (await publisher(url, client())).publishAsync('lab/other/b', message(2), { qos: 1 });
    await eventually(
      () => values('other'),
      ({ length }) => length === 1,
    );
  });

  it('a wrong password is told, the right one connects while it runs; the file with it is a secret', async () => {
    const broker = await passwordBroker();
    const secret = join(site.dir, 'secret');
    writeFileSync(secret, 'wrong\n');
    brokersYaml(`other: { url: "${broker.url}", username: wall, password: "\${file:${secret}}" }\n`);
    await start();
    expect(await eventually(notice('broker-gone:other'), there)).toMatch(/not authorized/i);
    writeFileSync(secret, 'right\n');
    brokersYaml(`# the secret is right now\n${readFileSync(join(site.dir, 'brokers.yaml'), 'utf8')}`);
    await eventually(notice('broker-gone:other'), gone);
    await (await publisher(broker.url, { username: 'wall', password: 'right' })).publishAsync(
      'lab/other/c',
      message(1),
      {
        qos: 1,
      },
    );
    await eventually(
      () => values('other'),
      ({ length }) => length === 1,
    );
  });

  it('a broken brokers.yaml keeps the last good one and says where; a mended one clears it', async () => {
    const broker = await startMosquitto({ settings: TOLD });
    undo.push(() => broker.stop());
    brokersYaml(`other:\n  url: ${broker.url}\n`);
    await start();
    brokersYaml(`other:\n  url: ${broker.url}\n  passwort: x\n`);
    const told = await eventually(notice('pack-refused:brokers.yaml'), there);
    expect(told).toContain('brokers.yaml:3:3 unknown key "passwort", did you mean "password"?');
    expect(told).toContain('the last good one');
    await (await publisher(broker.url)).publishAsync('lab/other/d', message(1), { qos: 1 });
    await eventually(
      () => values('other'),
      ({ length }) => length === 1,
    );
    brokersYaml(`other:\n  url: ${broker.url}\n`);
    await eventually(notice('pack-refused:brokers.yaml'), gone);
    expect(broker.output().match(/New client connected .* as citywall-ingest-1 /g)).toHaveLength(1);
  });

  it('a broker that moves is followed; one that is gone from the file is left without subscriptions', async () => {
    const [first, second] = await Promise.all([startMosquitto({ settings: TOLD }), startMosquitto({ settings: TOLD })]);
    undo.push(
      () => first.stop(),
      () => second.stop(),
    );
    await start();
    expect(await eventually(notice('broker-gone:other'), there)).toContain('brokers.yaml does not name it');
    brokersYaml(`other: { url: "${first.url}" }\n`);
    await eventually(notice('broker-gone:other'), gone);
    await eventually(
      () => first.output(),
      (text) => text.includes('citywall-ingest-1 1 lab/other/+'),
    );
    brokersYaml(`other: { url: "${second.url}" }\n`);
    await eventually(
      () => second.output(),
      (text) => text.includes('citywall-ingest-1 1 lab/other/+'),
    );
    await (await publisher(second.url)).publishAsync('lab/other/e', message(1), { qos: 1 });
    await eventually(
      () => values('other'),
      ({ length }) => length === 1,
    );
    rmSync(join(site.dir, 'brokers.yaml'));
    await eventually(
      () => second.output(),
      (text) => /citywall-ingest-1 lab\/other\/\+/.test(text),
    );
    await eventually(notice('broker-gone:other'), there);
  });

  it('of MQTT 3.1.1, with a publisher of 3.1.1 whose topics begin with citywall-sim/: values and rejections are simulated', async () => {
    const broker = await startMosquitto({ settings: TOLD });
    undo.push(() => broker.stop());
    brokersYaml(`other: { url: "${broker.url}", version: 3.1.1 }\n`);
    const { state } = await start();
    expect(broker.output()).toMatch(/as citywall-ingest-1 \(p2, c0, k30\)/);
    const old = await publisher(broker.url, { protocolVersion: 4 });
    await old.publishAsync('citywall-sim/lab/other/f', message(1), { qos: 1 });
    await old.publishAsync('lab/other/f', message(2), { qos: 1 });
    await old.publishAsync('citywall-sim/lab/other/g', 'no JSON', { qos: 1 });
    const rows = await eventually(
      () => journal(state, 'other'),
      ({ length }) => length === 2,
    );
    expect(rows.map(({ value, origin }) => [value, origin])).toEqual([
      [1, 'simulated'],
      [2, 'live'],
    ]);
    const { items } = await eventually(
      () => state.rejections({ systems: ['lab'], limit: 10 }),
      (page) => page.items.length === 1,
    );
    expect(items[0]).toMatchObject({ topic: 'lab/other/g', feed: 'other', reason: 'decode' });
    // Run again after a mending, it is simulated still.
    const kept: unknown[] = [];
    for await (const { topic, origin } of state.quarantined('lab')) kept.push([topic, origin]);
    expect(kept).toEqual([['lab/other/g', 'simulated']]);
  });

  it('two ingest processes in one group take each message once, both of them some', async () => {
    brokersYaml('default: { share: walls }\n');
    await start({ CITYWALL_MQTT_CLIENT_ID: 'one' });
    const second = await startLab(site, plain.url, redis.url, { CITYWALL_MQTT_CLIENT_ID: 'two' });
    undo.push(() => second.stop());
    for (const name of ['one-1', 'two-1']) expect(plain.output()).toContain(`${name} 1 $share/walls/lab/count/+`);
    const source = await publisher(plain.url);
    const taken = async (server: LabServer) => {
      const text = await server.server.app.get(Meters).registry.metrics();
      return Number(/citywall_messages_total\{[^}]*feed="count"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    await Promise.all(
      Array.from({ length: 2_000 }, (_, id) =>
        source.publishAsync(`lab/count/k${id % 20}`, JSON.stringify({ id, ts: Date.now() - 2_000 + id }), { qos: 1 }),
      ),
    );
    const ids = await eventually(
      () => values('count'),
      ({ length }) => length >= 2_000,
    );
    expect(new Set(ids).size).toBe(2_000);
    expect(ids).toHaveLength(2_000);
    // a batch is counted once Redis has answered: a moment after others can see it
    const counts = await eventually(
      async () => [await taken(lab as LabServer), await taken(second)],
      (both) => both.reduce((sum, count) => sum + count, 0) >= 2_000,
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2_000);
    expect(Math.min(...counts)).toBeGreaterThan(100);
  });
});
