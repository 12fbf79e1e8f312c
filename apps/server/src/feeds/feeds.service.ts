import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { merge, type Subscription } from 'rxjs';
import { Config, withoutSecrets } from '../config/index.js';
import { NoticesService, noticeId } from '../notices/notices.service.js';
import { PacksService } from '../packs/index.js';
import { DecoderKeeper } from '../readings/decoder-keeper.service.js';
import type { Scope } from '../readings/draft.js';
import { ReadingsService } from '../readings/readings.service.js';
import type { Broker } from './brokers.js';
import { BrokersService } from './brokers.service.js';
import type { InboundMessage } from './inbound.js';
import { MqttGateway } from './mqtt.gateway.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';
import { sharedFilter, subscriptionsOf } from './topic-filters.js';

/** A broker that is away for less is not worth a word, ms. */
const GONE_AFTER_MS = 1_000;
/** A broker that is not there holds the start up for no longer, ms. */
const HEAR_WITHIN_MS = 3_000;
/** A broker that does not answer is left without a word after so long, ms. */
const FAREWELL_MS = 2_000;
/** Client ids end with the number of their connection. */
const CONNECTION_NUMBER = { normal: 1, high: 2 } as const;

interface Connection {
  gateway: MqttGateway;
  scope: Scope;
  /** how its broker was reached when it was opened */
  broker: Broker;
  connected: boolean;
}

/**
 * Subscribes to what the packs want to hear: one connection a broker for normal feeds, one for those of high priority.
 * Subscriptions follow the packs while they run.
 */
@Injectable()
export class FeedsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(FeedsService.name);
  private readonly connections = new Map<string, Connection>();
  private readonly goneTimers = new Map<string, NodeJS.Timeout>();
  /** brokers that feeds name and `brokers.yaml` does not */
  private readonly unnamed = new Set<string>();
  private subscription: Subscription | undefined;
  private following: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly config: Config,
    private readonly packs: PacksService,
    private readonly brokers: BrokersService,
    private readonly readings: ReadingsService,
    private readonly memory: SubscriptionsRepository,
    private readonly notices: NoticesService,
    private readonly decoders: DecoderKeeper,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.demoExternal) this.raiseDemoExternal();
    await this.brokers.start();
    this.subscription = merge(this.packs.changes$, this.brokers.changes$).subscribe(() => void this.follow());
    // Without Redis nothing can be taken anyway: the start does not wait, the brokers keep what is for us.
    await Promise.race([this.follow(), pause(HEAR_WITHIN_MS, null, { ref: false })]);
    await this.hear();
  }

  /** The server is ready when it hears: what is published after the ready line is not missed. */
  private async hear(): Promise<void> {
    const all = Promise.all([...this.connections.values()].map(({ gateway }) => gateway.ready));
    await Promise.race([all, pause(HEAR_WITHIN_MS, null, { ref: false })]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.brokers.stop();
    this.subscription?.unsubscribe();
    await this.following;
    for (const timer of this.goneTimers.values()) clearTimeout(timer);
    await Promise.all([...this.connections.keys()].map((key) => this.close(key)));
  }

  /** Makes connections and subscriptions what packs and brokers of now say; changes one after the other. */
  private follow(): Promise<void> {
    this.following = this.following
      .then(() => this.settle())
      .catch((error: Error) => this.logger.error(`feeds cannot follow a change: ${error.message}`));
    return this.following;
  }

  private async settle(): Promise<void> {
    // Before the first message: a session that outlived the last run brings data whose births were heard then.
    await this.decoders.restore();
    if (this.stopping) return;
    const wanted = new Map<string, { scope: Scope; filters: { filter: string; qos: 0 | 1 }[] }>();
    for (const pack of this.packs.all()) {
      for (const subscription of this.packs.compiled(pack.id)?.subscriptions ?? []) {
        const { broker, priority, qos } = subscription;
        const key = `${broker}|${priority}`;
        const entry = wanted.get(key) ?? { scope: { broker, priority }, filters: [] };
        wanted.set(key, entry);
        const group = subscription.share ?? this.brokers.get(broker)?.share;
        entry.filters.push({ filter: sharedFilter(subscription.filter, group, priority), qos });
      }
    }
    await Promise.all([...this.connections].map(([key, connection]) => this.closeChanged(key, connection)));
    for (const [key, { scope, filters }] of wanted) {
      const connection = this.connections.get(key) ?? this.open(key, scope);
      void connection?.gateway.subscribe(subscriptionsOf(filters));
    }
    // A connection whose last feed is gone stays: its session has to forget the subscriptions.
    for (const [key, { gateway }] of this.connections) if (!wanted.has(key)) void gateway.subscribe(new Map());
    const names = new Set([...wanted.values()].map(({ scope }) => scope.broker));
    for (const broker of this.unnamed) if (this.brokers.get(broker) || !names.has(broker)) this.forget(broker);
  }

  /** Ends a connection whose broker is reached in another way now, or is gone. */
  private async closeChanged(key: string, { broker, gateway, scope }: Connection): Promise<void> {
    const now = this.brokers.get(scope.broker);
    if (now !== undefined && JSON.stringify(now) === JSON.stringify(broker)) return;
    this.logger.log(`broker ${scope.broker} is ${now ? 'changed' : 'gone'} in brokers.yaml`);
    // Nobody comes back for what a broker that is gone from the file would go on to keep for us.
    if (!now) await Promise.race([gateway.subscribe(new Map()), pause(FAREWELL_MS, null, { ref: false })]);
    await this.close(key);
    if (!now) this.forget(scope.broker);
  }

  /** Nothing is to be said of this broker any more. */
  private forget(broker: string): void {
    this.unnamed.delete(broker);
    clearTimeout(this.goneTimers.get(broker));
    this.goneTimers.delete(broker);
    this.notices.clear(noticeId('broker-gone', broker));
    this.readings.connected(broker, null);
  }

  private open(key: string, scope: Scope): Connection | null {
    const broker = this.brokers.get(scope.broker);
    if (!broker) {
      this.unnamed.add(scope.broker);
      this.raiseGone(scope.broker, 'brokers.yaml does not name it');
      return null;
    }
    const clientId = `${broker.clientId ?? this.config.mqttClientId}-${CONNECTION_NUMBER[scope.priority]}`;
    const session = `${clientId}@${scope.broker}`;
    const lane = this.readings.open(session, scope, (messages) => this.acknowledge(key, messages));
    const gateway = new MqttGateway(session, clientId, broker, lane, this.memory, {
      connected: () => this.connected(key, true),
      disconnected: (reason) => this.connected(key, false, reason),
    });
    const connection = { gateway, scope, broker, connected: false };
    this.connections.set(key, connection);
    gateway.start();
    return connection;
  }

  private async close(key: string): Promise<void> {
    const connection = this.connections.get(key);
    if (!connection) return;
    // First what was received becomes durable and acknowledged, then the connection ends.
    await this.readings.close(connection.gateway.session);
    this.connections.delete(key);
    await connection.gateway.stop();
  }

  private acknowledge(key: string, messages: InboundMessage[]): void {
    const gateway = this.connections.get(key)?.gateway;
    let epoch = 0;
    let packetIds: number[] = [];
    for (const message of messages) {
      if (message.qos === 0) continue;
      if (message.epoch !== epoch) {
        gateway?.acknowledge(epoch, packetIds);
        packetIds = [];
        epoch = message.epoch;
      }
      packetIds.push(message.packetId);
    }
    gateway?.acknowledge(epoch, packetIds);
  }

  private connected(key: string, connected: boolean, reason = ''): void {
    const connection = this.connections.get(key);
    if (!connection) return;
    connection.connected = connected;
    const { broker } = connection.scope;
    const all = [...this.connections.values()].filter(({ scope }) => scope.broker === broker);
    if (all.every((one) => one.connected)) {
      clearTimeout(this.goneTimers.get(broker));
      this.goneTimers.delete(broker);
      this.notices.clear(noticeId('broker-gone', broker));
      this.readings.connected(broker, Date.now());
      return;
    }
    this.readings.connected(broker, null);
    if (connected || this.goneTimers.has(broker)) return;
    this.goneTimers.set(
      broker,
      setTimeout(() => this.raiseGone(broker, reason), GONE_AFTER_MS),
    );
  }

  private raiseGone(broker: string, reason: string): void {
    this.logger.error(`broker ${broker} is gone: ${reason}`);
    this.notices.raise('broker-gone', {
      subject: broker,
      text: {
        zh: `消息代理 ${broker} 失联（${reason}）：数据不再更新，恢复后自动继续`,
        en: `Broker ${broker} is gone (${reason}): nothing new arrives, everything goes on by itself when it is back`,
      },
    });
  }

  /** Somebody else's broker carries invented values as long as this runs: the operator must read it, not guess it. */
  private raiseDemoExternal(): void {
    const broker = withoutSecrets(this.config.mqttUrl);
    this.notices.raise('demo-external', {
      text: {
        zh: `演示数据正发布到外部消息代理 ${broker}：关闭请设 CITYWALL_DEMO=0`,
        en: `Simulated data is published to the external broker ${broker}: set CITYWALL_DEMO=0 to end it`,
      },
    });
  }
}
