import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync, type IPublishPacket, type MqttClient } from 'mqtt';
import { SimulateGateway } from '../../../apps/server/src/simulate/simulate.gateway.js';
import { startMosquitto } from '../../support/services.js';

type Broker = Awaited<ReturnType<typeof startMosquitto>>;
interface Heard {
  topic: string;
  payload: string;
  packet: IPublishPacket;
}

/** Everything a client hears, and a promise for the n-th of it. */
function listen(client: MqttClient) {
  const heard: Heard[] = [];
  const waiting: { count: number; done: () => void }[] = [];
  client.on('message', (topic, payload, packet) => {
    heard.push({ topic, payload: payload.toString(), packet });
    for (const { count, done } of waiting) if (heard.length >= count) done();
  });
  const until = (count: number) =>
    heard.length >= count ? Promise.resolve() : new Promise<void>((done) => waiting.push({ count, done }));
  return { heard, until };
}

const message = (topic: string, payload: string, qos: 0 | 1 | 2 = 1, retain = false) => ({
  due: 0,
  topic,
  payload,
  qos,
  retain,
  source: 'test/x',
});

describe('SimulateGateway against mosquitto', () => {
  let broker: Broker;
  let client: MqttClient;
  const opened: SimulateGateway[] = [];
  const gatewayFor = (clientId: string) => {
    const gateway = new SimulateGateway(broker.url, clientId);
    opened.push(gateway);
    return gateway;
  };

  beforeAll(async () => {
    broker = await startMosquitto();
    client = await connectAsync(broker.url, { protocolVersion: 5 });
  });
  afterAll(async () => {
    await Promise.all(opened.map((gateway) => gateway.close()));
    await client?.endAsync(true);
    await broker?.stop();
  });

  it('publishes as the platform would and marks every message as simulated, also the retained ones', async () => {
    const { heard, until } = listen(client);
    await client.subscribeAsync('gw/#', { qos: 2 });
    const gateway = gatewayFor('sim-a');
    await new Promise<void>((connected) => gateway.open(connected));
    expect(gateway.connected).toBe(true);
    gateway.publish(message('gw/a', '{"z":"462.44"}', 1, true));
    gateway.publish(message('gw/b', 'plain', 0));
    gateway.publish(message('gw/c', '<alert/>', 2));
    await until(3);
    for (const { packet } of heard)
      expect(packet.properties?.userProperties).toMatchObject({ 'citywall-origin': 'simulated' });
    expect(Object.fromEntries(heard.map(({ topic, payload, packet }) => [topic, [payload, packet.qos]]))).toEqual({
      'gw/a': ['{"z":"462.44"}', 1],
      'gw/b': ['plain', 0],
      'gw/c': ['<alert/>', 2],
    });

    const late = await connectAsync(broker.url, { protocolVersion: 5 });
    const later = listen(late);
    await late.subscribeAsync('gw/#', { qos: 1 });
    await later.until(1);
    expect(later.heard[0]).toMatchObject({ topic: 'gw/a', packet: { retain: true } });
    expect(later.heard[0]?.packet.properties?.userProperties).toMatchObject({ 'citywall-origin': 'simulated' });
    await late.endAsync(true);
  });

  it('counts what is under way and lets it fall to none', async () => {
    const { until } = listen(client);
    await client.subscribeAsync('count/#', { qos: 1 });
    const gateway = gatewayFor('sim-b');
    await new Promise<void>((connected) => gateway.open(connected));
    for (let i = 0; i < 50; i += 1) gateway.publish(message(`count/${i}`, 'x'));
    expect(gateway.underWay).toBe(50);
    await until(50);
    await gateway.close();
    expect(gateway.underWay).toBe(0);
    expect(gateway.connected).toBe(false);
    gateway.publish(message('count/after', 'x'));
    expect(gateway.underWay).toBe(0);
  });

  it('comes back by itself after the broker was killed, and says so each time', async () => {
    let connections = 0;
    let connected = () => {};
    const nextConnection = () =>
      new Promise<void>((done) => {
        connected = done;
      });
    const gateway = gatewayFor('sim-c');
    const first = nextConnection();
    gateway.open(() => {
      connections += 1;
      connected();
    });
    await first;
    const second = nextConnection();
    const lost = new Promise<void>((done) => client.once('close', () => done()));
    await broker.kill();
    await lost;
    gateway.publish(message('gone/a', 'x'));
    await broker.restart();
    await second;
    expect(connections).toBe(2);
    expect(gateway.connected).toBe(true);
  });
});
