import type { Origin } from '@citywall/model';
import { ORIGINS } from '@citywall/model';
import { Logger } from '@nestjs/common';
import { connect, type IConnackPacket, type IPublishPacket, type MqttClient, type Packet } from 'mqtt';
import { Copies } from './copies.js';
import type { InboundMessage, MessageSink } from './inbound.js';
import { identified, type Subscription, same, subscribePackets } from './subscriptions.js';
import { SIMULATED_PREFIX } from './topic-filters.js';

/** How one connection reaches its broker. */
export interface BrokerAddress {
  url: string;
  username?: string;
  password?: string;
  /** PEM of a private authority, of a client certificate and of its key */
  ca?: string;
  cert?: string;
  key?: string;
  passphrase?: string;
  /** name in the broker's certificate, where it is another than in the address */
  serverName?: string;
  /** absent: MQTT 5, and 3.1.1 (4) where the broker does not speak it */
  version?: 5 | 4;
  /** s; default 30 */
  keepalive?: number;
}

/** What a gateway tells the outside. */
export interface GatewayEvents {
  connected(): void;
  /** @param reason in the words of the broker or the socket */
  disconnected(reason: string): void;
}

/** Remembers what a session is subscribed to, over restarts. */
export interface SubscriptionMemory {
  filters(session: string): Promise<string[]>;
  keep(session: string, filters: string[]): Promise<void>;
}

/** The session stays at the broker so long without us, s. */
const SESSION_EXPIRY = 30 * 86_400;
/** Messages the broker may send ahead of our acknowledgements. */
const RECEIVE_MAXIMUM = 500;
/** Largest packet we let an MQTT 5 broker send, bytes; what is larger than a feed allows is rejected, with a count. */
const MAXIMUM_PACKET = 64 * 1024 * 1024;
export const KEEPALIVE_S = 30;
/**
 * After a session is resumed, so many messages of the first seconds may be repeats though the broker does not say so: one
 * that was killed comes back as it was at its last save, and sends what was under way then without the mark DUP.
 */
const DOUBTFUL = { messages: RECEIVE_MAXIMUM, ms: 5_000 };
const CONNECT_TIMEOUT_MS = 10_000;
const RETRY_MS = { first: 100, most: 5_000 };
/** CONNACK codes that mean "I don't speak MQTT 5": of 3.1.1 and of 5 */
const UNSUPPORTED_VERSION = new Set([1, 132]);
const SESSION_TAKEN_OVER = 142;

/** The part of an address that mqtt.js takes as it is. A certificate is always verified: there is no way to say otherwise. */
export function connectOptions({ username, password, ca, cert, key, passphrase, serverName }: BrokerAddress) {
  return {
    rejectUnauthorized: true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/** Parts of mqtt.js that are not in its types. */
interface Inner {
  _sendPacket(packet: Packet, callback?: () => void, ...rest: unknown[]): void;
}

/**
 * One connection to one broker with a persistent session under a fixed client id.
 *
 * Acknowledgement is ours: mqtt.js would send PUBACK as soon as a message is handled, and handles one at a time. So a
 * message counts as handled at once, its PUBACK is swallowed, and `acknowledge` sends it after the batch is durable. A
 * handled-callback that is kept back stops the reading of the socket: that is the back-pressure. Every attempt is a new
 * mqtt.js client: nothing of an old connection, least of all an acknowledgement, can reach the next one.
 */
export class MqttGateway {
  private readonly logger = new Logger(MqttGateway.name);
  private client: MqttClient | null = null;
  private epoch = 0;
  private version: 5 | 4;
  private attempts = 0;
  private doubtful = { left: 0, until: 0 };
  private silentCloses = 0;
  private retry: NodeJS.Timeout | undefined;
  private alive: NodeJS.Timeout | undefined;
  private stopped = true;
  private wanted = new Map<string, Subscription>();
  /** what this connection is subscribed to; null: not known yet */
  private subscribed: Map<string, Subscription> | null = null;
  private copies = new Copies();
  /** QoS 1 messages that were taken and not acknowledged yet */
  private owed = 0;
  private lastTaken = 0;
  /** packet ids of copies, by that of the message that was taken last before them: acknowledged behind it, in order */
  private readonly copiesBehind = new Map<number, number[]>();
  private identifiers = false;
  private subscribing: Promise<void> = Promise.resolve();
  private markReady: () => void = () => {};

  /** Resolves when the wanted subscriptions stand for the first time: nothing published from then on is missed. */
  readonly ready = new Promise<void>((resolve) => {
    this.markReady = resolve;
  });

  constructor(
    /** name of the session, e.g. `citywall-ingest-1@default` */
    readonly session: string,
    private readonly clientId: string,
    private readonly address: BrokerAddress,
    private readonly sink: MessageSink,
    private readonly memory: SubscriptionMemory,
    private readonly events: GatewayEvents,
  ) {
    this.version = address.version ?? 5;
  }

  get connected(): boolean {
    return this.client?.connected ?? false;
  }

  private get keepalive(): number {
    return this.address.keepalive ?? KEEPALIVE_S;
  }

  /** A broker whose version somebody wrote down is spoken to in that version. */
  private get mayFallBack(): boolean {
    return this.version === 5 && this.address.version === undefined;
  }

  start(): void {
    this.stopped = false;
    this.open();
  }

  /** Ends the connection; the session and its subscriptions stay at the broker. Acknowledge first what is durable. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    clearInterval(this.alive);
    const client = this.client;
    this.client = null;
    if (!client) return;
    const orderly = client.connected;
    // While reading is held, an orderly end would wait for callbacks that never come.
    await new Promise<void>((resolve) => client.end(!orderly, {}, () => resolve()));
  }

  /** Makes these the subscriptions, now or as soon as there is a connection. */
  subscribe(filters: ReadonlyMap<string, 0 | 1>): Promise<void> {
    this.wanted = identified(filters);
    return this.settleSubscriptions();
  }

  /** Acknowledges messages of a connection in the order they came; forgotten when that connection is gone. */
  acknowledge(epoch: number, packetIds: number[]): void {
    const { client } = this;
    if (epoch !== this.epoch || !client?.connected || packetIds.length === 0) return;
    this.owed -= packetIds.length;
    const ids = this.copiesBehind.size === 0 ? packetIds : packetIds.flatMap((id) => [id, ...this.copiesOf(id)]);
    this.writeAcknowledgements(client, ids);
  }

  private copiesOf(packetId: number): number[] {
    const ids = this.copiesBehind.get(packetId) ?? [];
    this.copiesBehind.delete(packetId);
    return ids;
  }

  private writeAcknowledgements(client: MqttClient, packetIds: number[]): void {
    // PUBACK without properties is the same four bytes in MQTT 3.1.1 and 5: one write for a whole batch.
    const bytes = Buffer.allocUnsafe(packetIds.length * 4);
    for (let i = 0; i < packetIds.length; i++) {
      bytes.writeUInt16BE(0x4002, i * 4);
      bytes.writeUInt16BE(packetIds[i] ?? 0, i * 4 + 2);
    }
    client.stream.write(bytes);
  }

  private open(): void {
    this.epoch += 1;
    this.owed = 0;
    this.copiesBehind.clear();
    const epoch = this.epoch;
    const client = connect(this.address.url, {
      ...connectOptions(this.address),
      clientId: this.clientId,
      clean: false,
      protocolVersion: this.version,
      keepalive: this.keepalive,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      // Its own debugging costs a call, or several, a packet even when nobody listens.
      log: () => {},
      // A buffer for each of the 65,536 message ids, made at the first packet, is 7 MiB; acknowledgements are written by ourselves.
      writeCache: false,
      ...(this.version === 5
        ? {
            properties: {
              sessionExpiryInterval: SESSION_EXPIRY,
              receiveMaximum: RECEIVE_MAXIMUM,
              maximumPacketSize: MAXIMUM_PACKET,
            },
          }
        : {}),
    });
    this.client = client;
    this.takeOverAcknowledgement(client);
    client.handleMessage = (packet, done) => this.take(client, epoch, packet, done);

    let answered = false;
    let reached = false;
    let reason = 'connection closed';
    client.stream.once('connect', () => {
      reached = true;
      (client.stream as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
    });
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack') answered = true;
    });
    client.on('connect', (packet) => this.opened(client, packet));
    client.on('disconnect', (packet) => {
      reason = `broker says ${packet.reasonCode ?? 'goodbye'}`;
      if (packet.reasonCode === SESSION_TAKEN_OVER) {
        this.attempts = 10;
        this.logger.error(
          `Another client took the session ${this.clientId}. Two CityWalls on one broker need different CITYWALL_MQTT_CLIENT_ID.`,
        );
      }
    });
    client.on('error', (error) => {
      reason = error.message || ((error as NodeJS.ErrnoException).code ?? reason);
      const { code } = error as { code?: unknown };
      if (this.mayFallBack && typeof code === 'number' && UNSUPPORTED_VERSION.has(code)) this.fallBack();
    });
    client.once('close', () => {
      if (this.client !== client) return;
      this.client = null;
      this.subscribed = null;
      clearInterval(this.alive);
      client.end(true);
      // Some brokers hang up on a version they don't know instead of saying so.
      this.silentCloses = reached && !answered ? this.silentCloses + 1 : 0;
      if (this.silentCloses >= 3 && this.mayFallBack) this.fallBack();
      else if (this.silentCloses >= 3 && this.address.version === undefined) this.version = 5;
      if (this.stopped) return;
      this.events.disconnected(reason);
      const wait = Math.min(RETRY_MS.first * 2 ** Math.min(this.attempts++, 10), RETRY_MS.most);
      this.retry = setTimeout(() => this.open(), wait);
    });
  }

  private opened(client: MqttClient, packet: IConnackPacket): void {
    if (this.client !== client) return;
    this.attempts = 0;
    this.copies = new Copies();
    this.identifiers = this.version === 5 && packet.properties?.subscriptionIdentifiersAvailable !== false;
    this.doubtful = { left: packet.sessionPresent ? DOUBTFUL.messages : 0, until: Date.now() + DOUBTFUL.ms };
    this.logger.log(
      `${this.session}: connected with MQTT ${this.version === 5 ? '5' : '3.1.1'}, ${packet.sessionPresent ? 'session resumed' : 'new session'}`,
    );
    this.events.connected();
    void this.settleSubscriptions();
  }

  private fallBack(): void {
    this.version = 4;
    this.silentCloses = 0;
    this.logger.warn(`${this.session}: the broker does not speak MQTT 5, using 3.1.1`);
  }

  private takeOverAcknowledgement(client: MqttClient): void {
    const inner = client as unknown as Inner;
    const send = inner._sendPacket.bind(client);
    inner._sendPacket = (packet, callback, ...rest) => {
      if (packet.cmd === 'puback') callback?.();
      else send(packet, callback, ...rest);
    };
  }

  private take(client: MqttClient, epoch: number, packet: IPublishPacket, done: () => void): void {
    if (this.stopped || this.client !== client) return;
    const by = packet.properties?.subscriptionIdentifier;
    if (by !== undefined && this.copies.isCopy(packet.topic, bytes(packet.payload), by, Date.now())) {
      this.passOver(client, packet);
      done();
      return;
    }
    const message = inbound(packet, epoch);
    if (message.qos === 1) {
      this.owed += 1;
      this.lastTaken = message.packetId;
    }
    if (message.qos === 1 && this.doubtful.left > 0) {
      this.doubtful.left = message.receivedAt < this.doubtful.until ? this.doubtful.left - 1 : 0;
      message.dup ||= this.doubtful.left > 0;
    }
    this.sink.offer(message);
    if (!this.sink.held) {
      done();
      return;
    }
    // Nothing is read while held, not even PINGRESP: the broker has to hear of us, and we must not miss its answer.
    clearInterval(this.alive);
    this.alive = setInterval(
      () => {
        client.sendPing();
        client.reschedulePing(true);
      },
      (this.keepalive * 1000) / 3,
    );
    this.sink.onReady(() => {
      clearInterval(this.alive);
      if (this.client === client) done();
    });
  }

  /** A copy is acknowledged behind what was taken before it, its own original among that. */
  private passOver(client: MqttClient, { qos, messageId }: IPublishPacket): void {
    if (qos === 0 || messageId === undefined) return;
    if (this.owed === 0) {
      this.writeAcknowledgements(client, [messageId]);
      return;
    }
    const ids = this.copiesBehind.get(this.lastTaken);
    if (ids) ids.push(messageId);
    else this.copiesBehind.set(this.lastTaken, [messageId]);
  }

  /** One after the other: packs may change while a subscription is under way. */
  private settleSubscriptions(): Promise<void> {
    this.subscribing = this.subscribing
      .then(() => this.settle())
      .catch((error: Error) => {
        // A closed connection tries again when it is back; a refusal stays a line in the log.
        if (this.connected) this.logger.error(`${this.session}: subscribing failed: ${error.message}`);
      });
    return this.subscribing;
  }

  private async settle(): Promise<void> {
    const { client, wanted } = this;
    if (!client?.connected) return;
    // On a new connection everything is subscribed again: only the broker knows what its session still holds.
    const known = this.subscribed ?? new Map<string, Subscription>();
    const before = this.subscribed ? [...known.keys()] : await this.memory.filters(this.session);
    const gone = before.filter((filter) => !wanted.has(filter));
    const fresh = [...wanted].filter(([filter, subscription]) => !same(known.get(filter), subscription));
    if (fresh.length || gone.length) this.copies = new Copies();
    for (const part of subscribePackets(fresh, this.identifiers)) {
      await client.subscribeAsync(part.filters, part.identifier ? { properties: part.identifier } : {});
    }
    // Last: between two filters of one topic nothing may be missed, and what comes twice is dropped as a repeat.
    if (gone.length) await client.unsubscribeAsync(gone);
    if (this.client !== client) return;
    this.subscribed = new Map(wanted);
    this.markReady();
    if (gone.length || fresh.length) await this.memory.keep(this.session, [...wanted.keys()]);
  }
}

const bytes = (payload: string | Buffer): Buffer => (typeof payload === 'string' ? Buffer.from(payload) : payload);

function inbound(packet: IPublishPacket, epoch: number): InboundMessage {
  let { topic } = packet;
  const said = packet.properties?.userProperties?.['citywall-origin'];
  const property = Array.isArray(said) ? said[0] : said;
  let origin: Origin = ORIGINS.find((known) => known === property) ?? 'live';
  if (topic.startsWith(SIMULATED_PREFIX)) {
    topic = topic.slice(SIMULATED_PREFIX.length);
    if (origin === 'live') origin = 'simulated';
  }
  return {
    topic,
    payload: bytes(packet.payload),
    receivedAt: Date.now(),
    retained: packet.retain,
    origin,
    qos: packet.qos === 0 ? 0 : 1,
    dup: packet.dup,
    packetId: packet.messageId ?? 0,
    epoch,
  };
}
