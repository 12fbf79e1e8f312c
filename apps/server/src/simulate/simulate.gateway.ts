import type { SimulatedMessage } from '@citywall/simulator';
import { connect, type ErrorWithReasonCode, type IClientOptions, type MqttClient } from 'mqtt';

/** Where simulated messages go. */
export interface SimulatePublisher {
  /** Connects and keeps connecting for ever. `onConnect` is called after every connection. */
  open(onConnect: () => void): void;
  readonly connected: boolean;
  /** messages given and not yet acknowledged by the broker */
  readonly underWay: number;
  publish(message: SimulatedMessage): void;
  close(): Promise<void>;
}

/** MQTT 5 property (3.1.1: topic prefix) that marks a message as simulated. */
export const ORIGIN_PROPERTY = 'citywall-origin';
export const ORIGIN_PREFIX = 'citywall-sim/';

/** CONNACK codes of brokers that do not speak MQTT 5: its own, and that of 3.1.1. */
const NO_MQTT5 = [132, 1];

/** Publishes to the broker as a platform of the city would: its own client, nothing kept between connections. */
export class SimulateGateway implements SimulatePublisher {
  private client: MqttClient | undefined;
  private version: 4 | 5 = 5;
  private waiting = 0;

  constructor(
    private readonly url: string,
    private readonly clientId: string,
    private readonly warn: (text: string) => void = () => {},
  ) {}

  get connected(): boolean {
    return this.client?.connected ?? false;
  }

  get underWay(): number {
    return this.waiting;
  }

  open(onConnect: () => void): void {
    const options: IClientOptions = {
      protocolVersion: this.version,
      clientId: this.clientId,
      clean: true,
      reconnectPeriod: 1000,
      // what could not be said is not said later: a simulated reading of the past helps nobody
      queueQoSZero: false,
      resubscribe: false,
      // a buffer for each of the 65,536 message ids would be 7 MiB
      writeCache: false,
    };
    const client = connect(this.url, options);
    this.client = client;
    let said = '';
    client.on('connect', () => {
      // a slow broker has each message of a tick wait for the socket by itself
      client.stream.setMaxListeners(0);
      said = '';
      onConnect();
    });
    client.on('close', () => {
      this.waiting = 0;
    });
    client.on('error', (error) => {
      if (this.version === 5 && NO_MQTT5.includes((error as ErrorWithReasonCode).code)) {
        this.warn('the broker does not speak MQTT 5: simulated topics get the prefix citywall-sim/');
        this.version = 4;
        client.end(true, () => this.open(onConnect));
      } else if (said !== error.message) {
        said = error.message;
        this.warn(`broker: ${error.message}`);
      }
    });
  }

  publish(message: SimulatedMessage): void {
    const { client } = this;
    if (!client?.connected) return;
    const { topic, qos, retain } = message;
    const payload = typeof message.payload === 'string' ? message.payload : Buffer.from(message.payload);
    this.waiting += 1;
    const done = () => {
      this.waiting = Math.max(this.waiting - 1, 0);
    };
    if (this.version === 4) {
      client.publish(ORIGIN_PREFIX + topic, payload, { qos, retain }, done);
    } else {
      const properties = { userProperties: { [ORIGIN_PROPERTY]: 'simulated' } };
      client.publish(topic, payload, { qos, retain, properties }, done);
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client === undefined) return;
    // the first end waits for what is under way, which may be for ever while the broker is away
    await client.endAsync(!client.connected);
  }
}
