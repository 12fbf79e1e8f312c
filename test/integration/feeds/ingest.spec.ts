import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { type Service, startMosquitto, startRedis } from '../../support/services.js';
import { eventually, journal, LAB_FEEDS, type LabServer, labSite, type Site, startLab } from './lab.js';

jest.setTimeout(60_000);

type Broker = Awaited<ReturnType<typeof startMosquitto>>;

/** The server in this process, between a real broker and a real Redis. */
describe('ingest', () => {
  let broker: Broker;
  let redis: Service;
  let publisher: MqttClient;
  let site: Site;
  let lab: LabServer;

  beforeAll(async () => {
    [broker, redis] = await Promise.all([startMosquitto(), startRedis()]);
    publisher = await connectAsync(broker.url, { protocolVersion: 5 });
  });
  afterAll(async () => {
    await publisher.endAsync();
    await Promise.all([broker.stop(), redis.stop()]);
  });
  beforeEach(async () => {
    site = labSite();
    lab = await startLab(site, broker.url, redis.url);
    await subscribed();
  });
  afterEach(async () => {
    const flush = (lab.state as unknown as { redis: { commands: { flushall(): Promise<unknown> } } }).redis.commands;
    await flush.flushall();
    await lab.stop();
    site.remove();
  });

  const publish = (topic: string, payload: string | Buffer | object, options: object = {}) =>
    publisher.publishAsync(
      topic,
      typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
      { qos: 1, ...options },
    );
  /** Subscriptions stand when a probe comes through. */
  const subscribed = async () => {
    let probe = 0;
    await eventually(
      async () => {
        await publish('lab/count/probe', { id: probe++, ts: Date.now() });
        return journal(lab.state, 'count');
      },
      (rows) => rows.length > 0,
    );
  };
  const of = async (feed: string, key: string) =>
    (await journal(lab.state, feed)).filter(({ asset }) => asset.endsWith(`/${key}`));
  const rejections = async () => (await lab.state.rejections({ systems: ['lab'], limit: 100 })).items;

  it('brings a message into latest, journal, window and rank', async () => {
    const at = Date.now();
    await publish('lab/items', { items: [{ key: 'a', v: 12.5, ts: at }] });
    await eventually(
      () => of('items', 'a'),
      (rows) => rows.length === 1,
    );
    expect((await lab.state.latest('lab/node/a')).get('level')).toMatchObject({
      value: 12.5,
      at,
      quality: 'good',
      origin: 'live',
      feed: 'items',
    });
    expect(await lab.state.windows('lab/node/a', 'level', at - 60_000, at + 60_000, 60_000)).toMatchObject([
      { count: 1, last: 12.5 },
    ]);
  });

  it('carries the origin that the publisher says', async () => {
    await publish(
      'lab/count/sim',
      { id: 1, ts: Date.now() },
      { properties: { userProperties: { 'citywall-origin': 'simulated' } } },
    );
    await publish('citywall-sim/lab/count/sim', { id: 2, ts: Date.now() });
    const rows = await eventually(
      () => of('count', 'sim'),
      ({ length }) => length === 2,
    );
    expect(rows.map(({ origin }) => origin)).toEqual(['simulated', 'simulated']);
  });

  it('keeps siblings of a bad element, marks what is out of range, tells where and why', async () => {
    const ts = Date.now();
    await publish('lab/items', {
      items: [
        { key: 'r1', v: 1, ts },
        { key: 'r2', v: 'much', ts },
        { key: 'r3', v: 999, ts },
        { v: 1, ts },
      ],
    });
    await eventually(
      () => of('items', 'r3'),
      ({ length }) => length === 1,
    );
    expect(await of('items', 'r1')).toHaveLength(1);
    expect((await of('items', 'r3'))[0]).toMatchObject({ quality: 'bad', flags: ['range'] });
    const kept = await rejections();
    expect(kept.map(({ reason }) => reason).sort()).toEqual(['asset', 'type']);
    expect(kept.find(({ reason }) => reason === 'type')?.path).toBe('items[1].v');
  });

  it('takes time from the measurement: late, out of order, repeated, in the future and in 1970', async () => {
    const now = Date.now();
    await publish('lab/items', { items: [{ key: 't', v: 2, ts: now }] });
    await publish('lab/items', { items: [{ key: 't', v: 1, ts: now - 60_000 }] });
    await publish('lab/items', { items: [{ key: 't', v: 2, ts: now }] });
    await publish('lab/items', { items: [{ key: 'future', v: 3, ts: now + 3_600_000 }] });
    await publish('lab/items', { items: [{ key: 'past', v: 4, ts: 86_400_000 }] });
    await eventually(
      () => of('items', 'past'),
      ({ length }) => length === 1,
    );
    expect((await of('items', 't')).map(({ value }) => value)).toEqual([2, 1]);
    expect((await lab.state.latest('lab/node/t')).get('level')?.value).toBe(2);
    for (const key of ['future', 'past']) {
      const [row] = await of('items', key);
      expect(row).toMatchObject({ quality: 'uncertain', flags: ['clock'] });
      expect(Math.abs((row?.at ?? 0) - (row?.receivedAt ?? 1))).toBeLessThan(1);
    }
  });

  it('follows an occurrence through its stages, in whatever order they come', async () => {
    const ts = Date.now();
    await publish('lab/case/close', { id: 'c1', ts: ts + 10 });
    await publish('lab/case/open', { id: 'c1', ts, text: '井盖缺失' });
    const { items } = await eventually(
      () => lab.state.occurrences({ systems: ['lab'], limit: 10 }),
      (page) => page.items[0]?.fields.text !== undefined,
    );
    expect(items).toMatchObject([{ id: 'c1', status: 'closed', at: ts + 10, fields: { text: '井盖缺失' } }]);
  });

  it('takes what is urgent over a connection of its own, and QoS 0 too', async () => {
    await publish('lab/urgent/u', { id: 7 });
    await publish('lab/loose/l', { id: 8 }, { qos: 0 });
    await eventually(
      () => of('urgent', 'u'),
      ({ length }) => length === 1,
    );
    await eventually(
      () => of('loose', 'l'),
      ({ length }) => length === 1,
    );
  });

  describe('hostile payloads', () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const cases: [string, string | Buffer, string][] = [
      ['malformed JSON', '{"id": 1,', 'decode'],
      ['no payload', '', 'decode'],
      ['the wrong type', '{"id": {"x": 1}, "ts": 1783566900000}', 'type'],
      ['NaN', '{"id": NaN, "ts": 1783566900000}', 'decode'],
      ['a missing field', '{"ts": 1783566900000}', 'missing'],
      ['10 MB', Buffer.alloc(10 * 1024 * 1024, 0x20), 'too-large'],
      ['deep nesting', deep, 'too-deep'],
      ['a wrong encoding', Buffer.from('{"id": "\xff\xfe\xc3"}', 'latin1'), 'decode'],
      ['keys of prototypes', '{"__proto__": {"id": 1}, "constructor": {"prototype": {"id": 1}}}', 'missing'],
    ];

    it.each(cases)('%s is a counted rejection, and the session stays up', async (_name, payload, reason) => {
      await publish('lab/count/h', payload);
      await publish('lab/count/alive', { id: 1, ts: Date.now() });
      await eventually(
        () => of('count', 'alive'),
        ({ length }) => length === 1,
      );
      const kept = await rejections();
      expect(kept[0]?.reason).toBe(reason);
      expect(kept[0]?.topic).toBe('lab/count/h');
      expect(kept[0]?.truncated).toBe(payload.length > 65_536);
      expect(Buffer.from(kept[0]?.payload ?? '', 'base64')).toHaveLength(Math.min(payload.length, 65_536));
      expect((await lab.state.rejectionCounts('lab')).get('count')?.get(reason)).toBeGreaterThan(0);
      expect(({} as Record<string, unknown>).id).toBeUndefined();
    });

    it('150,000 strange assets: those within the limit live, memory stays bounded', async () => {
      const strangers = 150_000;
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < strangers; i += 10_000) {
        const messages = Array.from({ length: 10 }, (_, k) => Array.from({ length: 1000 }, (_, n) => i + k * 1000 + n));
        await Promise.all(messages.map((keys) => publish('lab/many', { keys })));
      }
      await eventually(
        async () => (await lab.state.rejectionCounts('lab')).get('many')?.get('asset-limit'),
        (refused) => refused === strangers - 1000,
        50_000,
      );
      expect(await journal(lab.state, 'many')).toHaveLength(1000);
      expect((await lab.state.assets('lab')).filter(({ id }) => id.startsWith('lab/stranger/'))).toHaveLength(1000);
      await publish('lab/count/after', { id: 1, ts: Date.now() });
      await eventually(
        () => of('count', 'after'),
        ({ length }) => length === 1,
      );
      expect(lab.notices.get('asset-limit:lab/many')).toBeDefined();
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 1024 * 1024);
      const commands = (lab.state as unknown as { redis: { commands: { info(section: string): Promise<string> } } })
        .redis.commands;
      const used = Number(/used_memory:(\d+)/.exec(await commands.info('memory'))?.[1]);
      expect(used).toBeLessThan(64 * 1024 * 1024);
    });
  });

  it('says that a feed is silent, and that it is not any more', async () => {
    site.write(
      'feeds.yaml',
      LAB_FEEDS.replace('topic: lab/urgent/{key}', 'topic: lab/urgent/{key}\n    expect: 100ms'),
    );
    await eventually(
      () => lab.notices.get('feed-silent:lab/urgent'),
      (notice) => notice !== undefined,
    );
    expect(lab.notices.get('feed-silent:lab/urgent')).toMatchObject({ system: 'lab', reason: 'feed-silent' });
    let n = 0;
    await eventually(
      async () => {
        await publish('lab/urgent/u', { id: n++ });
        return lab.notices.get('feed-silent:lab/urgent');
      },
      (notice) => notice === undefined,
    );
  });

  it('follows packs that change while it runs: new topics are heard, old ones are not', async () => {
    site.write('feeds.yaml', LAB_FEEDS.replace('topic: lab/urgent/{key}', 'topic: lab/changed/{key}'));
    let n = 0;
    await eventually(
      async () => {
        await publish('lab/changed/x', { id: n++ });
        return of('urgent', 'x');
      },
      ({ length }) => length > 0,
    );
    await publish('lab/urgent/y', { id: 1 });
    await publish('lab/changed/z', { id: 1 });
    await eventually(
      () => of('urgent', 'z'),
      ({ length }) => length === 1,
    );
    expect(await of('urgent', 'y')).toHaveLength(0);
  });

  it('says that the broker is gone, and goes on by itself', async () => {
    await broker.kill('SIGTERM');
    await eventually(
      () => lab.notices.get('broker-gone:default'),
      (notice) => notice !== undefined,
      5_000,
    );
    await broker.restart();
    await eventually(
      () => lab.notices.get('broker-gone:default'),
      (notice) => notice === undefined,
    );
    await eventually(() => publisher.connected, Boolean);
    await publish('lab/count/back', { id: 1, ts: Date.now() });
    await eventually(
      () => of('count', 'back'),
      ({ length }) => length === 1,
    );
  });
});
