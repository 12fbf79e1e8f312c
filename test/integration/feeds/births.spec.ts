import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { type Service, startMosquitto, startRedis } from '../../support/services.js';
import { eventually, journal, type LabServer, labSite, reader, type Site, startLab } from './lab.js';

jest.setTimeout(60_000);

const FEEDS = `feeds:
  - id: spark
    topic: spBv1.0/{group}/{kind}/{node}/{device}
    decode: sparkplug-b
    each: metrics
    asset: node/{device}
    at: { path: $.timestamp, as: unix_ms }
    readings:
      level: { path: value, ops: [number], quality: { path: recalled, uncertain: [true] } }
`;
const DECODERS = 'cw:{lab}:decoders';
const DAY_S = 86_400;

/** What decoders learned outlives the server: a real one, between a real broker and a real Redis. */
describe('births of Sparkplug edge nodes', () => {
  let broker: Awaited<ReturnType<typeof startMosquitto>>;
  let redis: Service;
  let publisher: MqttClient;
  let seen: Awaited<ReturnType<typeof reader>>;
  let site: Site;
  let lab: LabServer;

  beforeAll(async () => {
    [broker, redis] = await Promise.all([startMosquitto(), startRedis()]);
    publisher = await connectAsync(broker.url, { protocolVersion: 5 });
    seen = await reader(redis.url);
  });
  afterAll(async () => {
    seen.close();
    await publisher.endAsync();
    await Promise.all([broker.stop(), redis.stop()]);
  });
  beforeEach(async () => {
    await seen.redis.commands.flushall();
    site = labSite({ 'feeds.yaml': FEEDS });
    lab = await startLab(site, broker.url, redis.url);
  });
  afterEach(async () => {
    await lab.stop();
    site.remove();
  });

  const say = (kind: string, device: string, seq: number, metric: object) =>
    publisher.publishAsync(
      `spBv1.0/g/${kind}/n/${device}`,
      JSON.stringify({ timestamp: Date.now(), seq, metrics: [metric] }),
      { qos: 1 },
    );
  const born = (device: string, seq: number, alias: number, value: number) =>
    say('DBIRTH', device, seq, { name: 'level', alias, dataType: 'Float', value });
  const values = async () => (await journal(seen.state, 'spark')).map(({ value }) => value);
  const valuesAre = (...expected: number[]) => eventually(values, (found) => found.length >= expected.length);
  const rejections = async () => (await seen.state.rejections({ systems: ['lab'], limit: 100 })).items;

  it('aliases are known after a restart, and nothing is missed by number', async () => {
    await born('pump', 1, 7, 1.5);
    expect(await valuesAre(1.5)).toEqual([1.5]);
    await lab.stop();
    // While nobody listens the broker keeps them; more of them may have come and gone.
    await say('DDATA', 'pump', 9, { alias: 7, value: 2.5 });
    lab = await startLab(site, broker.url, redis.url);
    await say('DDATA', 'pump', 10, { alias: 7, value: 3.5 });
    expect(await valuesAre(1.5, 2.5, 3.5)).toEqual([1.5, 2.5, 3.5]);
    expect(await rejections()).toEqual([]);
    await born('pump', 11, 7, 4.5);
    await valuesAre(1.5, 2.5, 3.5, 4.5);
    const qualities = (await journal(seen.state, 'spark')).map(({ quality }) => quality);
    expect(qualities).toEqual(['good', 'uncertain', 'uncertain', 'good']);
  });

  it('a birth is kept without seq and for a month, and not again with every message', async () => {
    await born('pump', 1, 7, 1.5);
    await valuesAre(1.5);
    expect(await seen.redis.commands.hgetall(DECODERS)).toEqual({
      '["\\"sparkplug-b\\"","g/n"]': '{"aliases":[["7","level","Float"]],"devices":["pump"]}',
    });
    expect(await seen.redis.commands.ttl(DECODERS)).toBeGreaterThan(29 * DAY_S);
    await seen.redis.commands.hdel(DECODERS, '["\\"sparkplug-b\\"","g/n"]');
    await say('DDATA', 'pump', 2, { alias: 7, value: 2.5 });
    await valuesAre(1.5, 2.5);
    expect(await seen.redis.commands.exists(DECODERS)).toBe(0);
  });

  it('a start renews what is kept, and forgets what no feed decodes that way', async () => {
    await born('pump', 1, 7, 1.5);
    await valuesAre(1.5);
    await lab.stop();
    await seen.redis.commands.hset(DECODERS, '["\\"other\\"","g/n"]', '{}');
    await seen.redis.commands.expire(DECODERS, DAY_S);
    lab = await startLab(site, broker.url, redis.url);
    expect(Object.keys(await seen.redis.commands.hgetall(DECODERS))).toEqual(['["\\"sparkplug-b\\"","g/n"]']);
    expect(await seen.redis.commands.ttl(DECODERS)).toBeGreaterThan(29 * DAY_S);
  });
});
