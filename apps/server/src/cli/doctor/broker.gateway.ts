import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { connect, type IClientOptions, type IConnackPacket, type MqttClient } from 'mqtt';
import { type BrokerAddress, connectOptions } from '../../feeds/mqtt.gateway.js';

/** What a broker says and does. */
export interface BrokerFacts {
  version: 5 | 4;
  /** ms from the first byte to CONNACK */
  connectMs: number;
  /** as CONNACK says; MQTT 3.1.1 says nothing */
  maximumQoS: 0 | 1 | 2 | null;
  retainAvailable: boolean | null;
  wildcardAvailable: boolean | null;
  sharedAvailable: boolean | null;
  /** bytes; null: no limit said */
  maximumPacketSize: number | null;
  /** its own name and version, where it publishes them */
  software: string | null;
  /** its clock, Unix ms, where it publishes it (EMQX) */
  clock: number | null;
  /** Unix ms; null without TLS */
  certificateEnds: number | null;
  /** a retained QoS 1 message there and back; null: not tried */
  roundTrip: { ms: number; qos: number; retained: boolean } | { refused: string } | null;
  /** whether a session was there again on the second connection */
  keepsSessions: boolean;
}

const WITHIN_MS = 5_000;
/** A broker that tells its version tells it at once. */
const NAMED_MS = 500;
const SYSTEM_TOPICS = ['$SYS/broker/version', '$SYS/brokers/+/version', '$SYS/brokers/+/datetime'];
/** CONNACK codes that mean "I don't speak MQTT 5" */
const UNSUPPORTED = new Set([1, 132]);

/** @throws Error that says why there is no connection */
export async function probeBroker(address: BrokerAddress, publish: boolean): Promise<BrokerFacts> {
  const name = `citywall-doctor-${randomBytes(4).toString('hex')}`;
  const { client, connack, version, connectMs } = await open(address, name);
  const said = connack.properties ?? {};
  const heard = new Map<string, string>();
  const named = new Promise<void>((resolve) => {
    client.on('message', (topic, payload) => {
      heard.set(topic, payload.toString());
      if (topic.endsWith('/version')) resolve();
    });
  });
  try {
    // A broker that does not let us read these only keeps its name to itself.
    await within(client.subscribeAsync(SYSTEM_TOPICS)).catch(() => {});
    await Promise.race([named, pause(NAMED_MS)]);
    const roundTrip = publish ? await thereAndBack(client, `citywall/doctor/${name}`) : null;
    const { stream } = client;
    const ends = 'getPeerCertificate' in stream ? (stream as TLSSocket).getPeerCertificate().valid_to : undefined;
    const find = (end: string) => [...heard].find(([topic]) => topic.startsWith('$SYS/') && topic.endsWith(end))?.[1];
    const clock = find('/datetime');
    return {
      version,
      connectMs,
      maximumQoS: version === 4 ? null : ((said.maximumQoS ?? 2) as 0 | 1 | 2),
      retainAvailable: version === 4 ? null : (said.retainAvailable ?? true),
      wildcardAvailable: version === 4 ? null : (said.wildcardSubscriptionAvailable ?? true),
      sharedAvailable: version === 4 ? null : (said.sharedSubscriptionAvailable ?? true),
      maximumPacketSize: said.maximumPacketSize ?? null,
      software: find('/version') ?? null,
      clock: clock === undefined ? null : Date.parse(clock) || null,
      certificateEnds: ends ? Date.parse(ends) : null,
      roundTrip,
      keepsSessions: await keepsSessions(address, `${name}-session`, version),
    };
  } finally {
    await end(client);
  }
}

interface Opened {
  client: MqttClient;
  connack: IConnackPacket;
  version: 5 | 4;
  connectMs: number;
}

/** With MQTT 5 or else 3.1.1, as the server would. */
async function open(address: BrokerAddress, clientId: string): Promise<Opened> {
  try {
    return await attempt(address, { clientId, protocolVersion: address.version ?? 5 });
  } catch (error) {
    const { code } = error as { code?: unknown };
    const silent = error instanceof HungUp;
    const oldOne = typeof code === 'number' && UNSUPPORTED.has(code);
    if (address.version !== undefined || !(silent || oldOne)) throw error;
    return attempt(address, { clientId, protocolVersion: 4 });
  }
}

class HungUp extends Error {}

function attempt(address: BrokerAddress, options: IClientOptions & { protocolVersion: 5 | 4 }): Promise<Opened> {
  const begin = performance.now();
  const client = connect(address.url, {
    ...connectOptions(address),
    clean: true,
    connectTimeout: WITHIN_MS,
    reconnectPeriod: 0,
    ...options,
  });
  const opened = new Promise<Opened>((resolve, reject) => {
    client.once('connect', (connack) =>
      resolve({ client, connack, version: options.protocolVersion, connectMs: performance.now() - begin }),
    );
    client.on('error', (error) => {
      const { code } = error as NodeJS.ErrnoException;
      reject(error.message ? error : Object.assign(new Error(String(code)), { code }));
    });
    client.once('close', () => reject(new HungUp('the broker hung up without a word')));
  });
  return within(opened).catch((error: unknown) => {
    client.end(true);
    throw error;
  });
}

/** A retained message at QoS 1, read back and removed again. */
async function thereAndBack(client: MqttClient, topic: string): Promise<BrokerFacts['roundTrip']> {
  const begin = performance.now();
  try {
    await within(client.publishAsync(topic, 'a question of citywall doctor', { qos: 1, retain: true }));
    const back = new Promise<{ qos: number; retained: boolean }>((resolve) => {
      client.on('message', (about, _payload, { qos, retain }) => {
        if (about === topic) resolve({ qos, retained: retain });
      });
    });
    await within(client.subscribeAsync(topic, { qos: 1 }));
    const { qos, retained } = await within(back);
    return { ms: performance.now() - begin, qos, retained };
  } catch (error) {
    return { refused: (error as Error).message };
  } finally {
    await within(client.publishAsync(topic, '', { qos: 1, retain: true })).catch(() => {});
  }
}

async function keepsSessions(address: BrokerAddress, clientId: string, version: 5 | 4): Promise<boolean> {
  const kept = { clientId, protocolVersion: version, clean: false } as const;
  const expiring = version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {};
  try {
    const first = await attempt(address, { ...kept, ...expiring });
    await end(first.client);
    const second = await attempt(address, { ...kept, ...expiring });
    await end(second.client);
    // Leaves nothing behind.
    await end((await attempt(address, { clientId, protocolVersion: version, clean: true })).client);
    return second.connack.sessionPresent;
  } catch {
    return false;
  }
}

const end = (client: MqttClient) => new Promise<void>((resolve) => client.end(false, {}, () => resolve()));

async function within<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${WITHIN_MS / 1000} s`)), WITHIN_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
