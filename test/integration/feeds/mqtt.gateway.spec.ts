import { createServer, type Socket, type Server as TcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { connectAsync, type MqttClient } from 'mqtt';
import { MqttGateway } from '../../../apps/server/src/feeds/mqtt.gateway.js';
import { startMosquitto } from '../../support/services.js';
import { FakeSink } from './fake-sink.js';

jest.setTimeout(30_000);
Logger.overrideLogger(false);

type Broker = Awaited<ReturnType<typeof startMosquitto>>;

/** The gateway with a memory of its own, and promises instead of callbacks. */
function open(url: string, session: string, filters: Record<string, 0 | 1>) {
  const sink = new FakeSink();
  const kept = new Map<string, string[]>();
  const happened: string[] = [];
  let changed: () => void = () => {};
  const note = (what: string) => {
    happened.push(what);
    changed();
  };
  const memory = {
    filters: async (name: string) => kept.get(name) ?? [],
    keep: async (name: string, list: string[]) => {
      kept.set(name, list);
      note('subscribed');
    },
  };
  const gateway = new MqttGateway(`${session}@default`, session, { url }, sink, memory, {
    connected: () => note('connected'),
    disconnected: (reason) => note(`disconnected: ${reason}`),
  });
  void gateway.subscribe(new Map(Object.entries(filters)));
  const until = async (what: string, times = 1) => {
    while (happened.filter((one) => one.startsWith(what)).length < times) {
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
  };
  return { gateway, sink, kept, happened, until };
}

const acknowledgeAll = ({ gateway, sink }: ReturnType<typeof open>) => {
  for (const { epoch, packetId, qos } of sink.messages) if (qos === 1) gateway.acknowledge(epoch, [packetId]);
};
const texts = (sink: FakeSink) => sink.messages.map(({ payload }) => Buffer.from(payload).toString());

describe('MqttGateway', () => {
  let broker: Broker;
  let publisher: MqttClient;
  let opened: ReturnType<typeof open>[] = [];
  let session = '';
  let counter = 0;

  beforeAll(async () => {
    broker = await startMosquitto();
    publisher = await connectAsync(broker.url, { protocolVersion: 5 });
  });
  afterAll(async () => {
    await publisher.endAsync();
    await broker.stop();
  });
  beforeEach(() => {
    counter += 1;
    session = `gateway-test-${counter}`;
  });
  afterEach(async () => {
    await Promise.all(opened.map(({ gateway }) => gateway.stop()));
    opened = [];
  });

  const started = async (filters: Record<string, 0 | 1>, url = broker.url) => {
    const one = open(url, session, filters);
    opened.push(one);
    one.gateway.start();
    await one.until('subscribed');
    return one;
  };

  it('gives topic, payload, retain, packet id and QoS; QoS 2 arrives as QoS 1', async () => {
    await publisher.publishAsync('g/retained', 'old', { retain: true, qos: 1 });
    const one = await started({ 'g/#': 1 });
    await one.sink.until(({ messages }) => messages.length === 1);
    await publisher.publishAsync('g/a', 'zero', { qos: 0 });
    await publisher.publishAsync('g/a', 'one', { qos: 1 });
    await publisher.publishAsync('g/a', 'two', { qos: 2 });
    await one.sink.until(({ messages }) => messages.length === 4);
    expect(texts(one.sink)).toEqual(['old', 'zero', 'one', 'two']);
    expect(one.sink.messages.map(({ qos, retained }) => [qos, retained])).toEqual([
      [1, true],
      [0, false],
      [1, false],
      [1, false],
    ]);
    await publisher.publishAsync('g/retained', '', { retain: true, qos: 1 });
  });

  it('knows simulated messages by user property and by topic prefix, which it takes off', async () => {
    const one = await started({ 'sim/#': 1, 'citywall-sim/sim/#': 1 });
    await publisher.publishAsync('sim/a', '1', {
      qos: 1,
      properties: { userProperties: { 'citywall-origin': 'simulated' } },
    });
    await publisher.publishAsync('sim/a', '2', {
      qos: 1,
      properties: { userProperties: { 'citywall-origin': ['exercise'] } },
    });
    await publisher.publishAsync('sim/a', '3', {
      qos: 1,
      properties: { userProperties: { 'citywall-origin': 'nonsense' } },
    });
    await publisher.publishAsync('citywall-sim/sim/a', '4', { qos: 1 });
    await one.sink.until(({ messages }) => messages.length === 4);
    expect(one.sink.messages.map(({ topic, origin }) => [topic, origin])).toEqual([
      ['sim/a', 'simulated'],
      ['sim/a', 'exercise'],
      ['sim/a', 'live'],
      ['sim/a', 'simulated'],
    ]);
  });

  it('a message that matches two subscriptions is taken once, and both copies are acknowledged', async () => {
    const one = await started({ 'over/+/x': 1, 'over/b/+': 1 });
    for (const text of ['1', '1', '2']) {
      await publisher.publishAsync('over/b/x', text, { qos: 1 });
      await publisher.publishAsync('over/b/x', text, { qos: 0 });
    }
    await publisher.publishAsync('over/a/x', 'one', { qos: 1 });
    await publisher.publishAsync('over/b/y', 'other', { qos: 1 });
    await one.sink.until(({ messages }) => messages.length === 8);
    expect(texts(one.sink).sort()).toEqual(['1', '1', '1', '1', '2', '2', 'one', 'other']);
    acknowledgeAll(one);
    await one.gateway.stop();

    const again = await started({ 'over/+/x': 1, 'over/b/+': 1 });
    await publisher.publishAsync('over/a/x', 'end', { qos: 1 });
    await again.sink.until(({ messages }) => messages.length > 0);
    expect(texts(again.sink)).toEqual(['end']);
  });

  it('what is not acknowledged comes again, what is does not', async () => {
    const one = await started({ 'ack/#': 1 });
    for (let i = 0; i < 10; i++) await publisher.publishAsync('ack/x', String(i), { qos: 1 });
    await one.sink.until(({ messages }) => messages.length === 10);
    for (const { epoch, packetId } of one.sink.messages.slice(0, 6)) one.gateway.acknowledge(epoch, [packetId]);
    await one.gateway.stop();
    const two = await started({ 'ack/#': 1 });
    await two.sink.until(({ messages }) => messages.length === 4);
    await publisher.publishAsync('ack/x', 'new', { qos: 1 });
    await two.sink.until(({ messages }) => messages.length === 5);
    expect(texts(two.sink)).toEqual(['6', '7', '8', '9', 'new']);
    // In the first seconds of a resumed session anything may be a repeat: a broker that was killed does not know.
    expect(two.sink.messages.map(({ dup }) => dup)).toEqual([true, true, true, true, true]);
  });

  it('acknowledges nothing on another connection than the one it came over', async () => {
    const one = await started({ 'epoch/#': 1 });
    await publisher.publishAsync('epoch/x', 'a', { qos: 1 });
    await one.sink.until(({ messages }) => messages.length === 1);
    await broker.restart();
    await one.until('connected', 2);
    await one.sink.until(({ messages }) => messages.length === 2);
    const [first, again] = one.sink.messages;
    one.gateway.acknowledge(first?.epoch ?? 0, [first?.packetId ?? 0]);
    await one.gateway.stop();
    const two = await started({ 'epoch/#': 1 });
    await two.sink.until(({ messages }) => messages.length === 1);
    expect(again?.dup).toBe(true);
    expect(texts(two.sink)).toEqual(['a']);
  });

  it('takes many messages before the first is acknowledged, and then all that follow', async () => {
    const one = await started({ 'many/#': 1 });
    const published = Promise.all(
      Array.from({ length: 1500 }, (_, i) => publisher.publishAsync('many/x', String(i), { qos: 1 })),
    );
    await one.sink.until(({ messages }) => messages.length >= 400);
    acknowledgeAll(one);
    while (one.sink.messages.length < 1500) {
      const before = one.sink.messages.length;
      await one.sink.until(({ messages }) => messages.length > before);
      for (const { epoch, packetId } of one.sink.messages.slice(before)) one.gateway.acknowledge(epoch, [packetId]);
    }
    await published;
    expect(texts(one.sink)).toEqual(Array.from({ length: 1500 }, (_, i) => String(i)));
  });

  it('does not read the socket while held', async () => {
    const one = await started({ 'held/#': 0 });
    one.sink.held = true;
    for (let i = 0; i < 50; i++) await publisher.publishAsync('held/x', String(i));
    await one.sink.until(({ waiting }) => waiting);
    // The broker has passed all on (it answers pings in order), and still only the first was read.
    await publisher.publishAsync('held/y', 'end', { qos: 1 });
    expect(one.sink.messages).toHaveLength(1);
    one.sink.release();
    await one.sink.until(({ messages }) => messages.length === 51);
  });

  it('stops while held', async () => {
    const one = await started({ 'heldstop/#': 1 });
    one.sink.held = true;
    await publisher.publishAsync('heldstop/x', 'a', { qos: 1 });
    await one.sink.until(({ waiting }) => waiting);
    await one.gateway.stop();
    expect(one.gateway.connected).toBe(false);
  });

  it('follows changed subscriptions, and forgets those of a session that changed while it was away', async () => {
    const one = await started({ 'old/#': 1, 'both/#': 1 });
    await one.gateway.subscribe(
      new Map([
        ['both/#', 1],
        ['new/#', 1],
      ]),
    );
    for (const topic of ['old/x', 'both/x', 'new/x']) await publisher.publishAsync(topic, topic, { qos: 1 });
    await one.sink.until(({ messages }) => messages.length === 2);
    expect(texts(one.sink)).toEqual(['both/x', 'new/x']);
    acknowledgeAll(one);
    await one.gateway.stop();

    const two = open(broker.url, session, { 'new/#': 1 });
    opened.push(two);
    two.kept.set(`${session}@default`, one.kept.get(`${session}@default`) ?? []);
    two.gateway.start();
    await two.until('subscribed');
    for (const topic of ['both/x', 'new/x']) await publisher.publishAsync(topic, `${topic} again`, { qos: 1 });
    await two.sink.until(({ messages }) => messages.length === 1);
    expect(texts(two.sink)).toEqual(['new/x again']);
  });

  it('does not get retained messages again for a session that had the subscription', async () => {
    await publisher.publishAsync('keep/x', 'kept', { retain: true, qos: 1 });
    const one = await started({ 'keep/#': 1 });
    await one.sink.until(({ messages }) => messages.length === 1);
    acknowledgeAll(one);
    await one.gateway.stop();
    const two = await started({ 'keep/#': 1 });
    await publisher.publishAsync('keep/y', 'live', { qos: 1 });
    await two.sink.until(({ messages }) => messages.length === 1);
    expect(texts(two.sink)).toEqual(['live']);
    await publisher.publishAsync('keep/x', '', { retain: true, qos: 1 });
  });

  it('says that the broker is gone and comes back by itself', async () => {
    const one = await started({ 'back/#': 1 });
    await broker.kill('SIGTERM');
    await one.until('disconnected');
    await broker.restart();
    await one.until('connected', 2);
    await publisher.publishAsync('back/x', 'hello', { qos: 1 });
    await one.sink.until(({ messages }) => messages.length === 1);
    expect(texts(one.sink)).toEqual(['hello']);
  });
});

describe('MqttGateway with an old broker', () => {
  let server: TcpServer;
  const sockets: Socket[] = [];

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** Answers CONNECT of MQTT 5 as asked, and that of 3.1.1 with success. */
  const oldBroker = async (answer: (socket: Socket) => void): Promise<string> => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', (bytes) => {
        const level = bytes[bytes.indexOf('MQTT') + 4];
        if (level === 4) socket.write(Buffer.from([0x20, 0x02, 0x00, 0x00]));
        else answer(socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  };

  it('falls back to 3.1.1 when it is told so', async () => {
    const one = open(await oldBroker((socket) => socket.end(Buffer.from([0x20, 0x02, 0x00, 0x01]))), 'old-1', {});
    one.gateway.start();
    await one.until('connected');
    await one.gateway.stop();
    expect(one.happened.filter((what) => what.startsWith('disconnected'))).toHaveLength(1);
  });

  it('falls back to 3.1.1 when the broker hangs up without a word', async () => {
    const one = open(await oldBroker((socket) => socket.destroy()), 'old-2', {});
    one.gateway.start();
    await one.until('connected');
    await one.gateway.stop();
  });
});
