/** A load generator that costs next to nothing: raw MQTT 3.1.1 over TCP, packets encoded once, only the time patched. */
import { connect as connectTcp, type Socket } from 'node:net';
import { pause, seeded } from './arms.js';

/** QoS 1 publications under way at once. */
const WINDOW = 2_000;
const TIME = '1783566900000';

export interface LoadOptions {
  messages: number;
  /** topics `bench/s00000/tele` …, in a shuffled order: a fixed one would lock to batches and ticks */
  series: number;
  qos: 0 | 1;
  /** hundredths above 100 that the nth message says, 0–9,999. @default n modulo 1,000 */
  value?: (n: number) => number;
}

/** The bytes of a publication, MQTT 3.1.1. @param id of its acknowledgement, 1–65,535; 0: QoS 0 */
export function publishPacket(topic: string, payload: string, id = 0): Buffer {
  const name = Buffer.from(topic);
  const body = Buffer.from(payload);
  const head = [0x30 | (id > 0 ? 2 : 0)];
  for (let rest = 2 + name.length + (id > 0 ? 2 : 0) + body.length; ; rest >>= 7) {
    head.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    if (rest <= 0x7f) break;
  }
  head.push(name.length >> 8, name.length & 255);
  return Buffer.concat([Buffer.from(head), name, Buffer.from(id > 0 ? [id >> 8, id & 255] : []), body]);
}

/** One JSON message of 200 bytes a series after the other: `{ts: Unix ms, v: number, …}`. */
export class MqttLoad {
  private readonly bytes: Buffer;
  private readonly places: number[] = [];
  private readonly size: number;

  constructor(private readonly options: LoadOptions) {
    const { messages, series } = options;
    const order = Array.from({ length: series }, (_, i) => i);
    const random = seeded(42);
    for (let i = order.length - 1; i > 0; i--) {
      const k = Math.floor(random() * (i + 1));
      [order[i], order[k]] = [order[k] as number, order[i] as number];
    }
    const packets = Array.from({ length: messages }, (_, i) => this.packet(order[i % series] as number, i));
    this.size = packets[0]?.length ?? 0;
    this.bytes = Buffer.concat(packets);
  }

  private packet(series: number, i: number): Buffer {
    const { qos, value = (n: number) => n % 1000 } = this.options;
    const topic = `bench/s${String(series).padStart(5, '0')}/tele`;
    const payload = JSON.stringify({
      ts: Number(TIME),
      v: 10_000 + value(i),
      sn: `SN-${String(series).padStart(8, '0')}`,
      fw: '1.8.22',
      rssi: -71,
      bat: 3.61,
      note: 'north gate, second floor, by the stairs, behind the pump',
      state: 'running',
      mode: 'auto',
      site: 'longtan-1',
    });
    const packet = publishPacket(topic, payload, qos ? (i % 65_535) + 1 : 0);
    this.places.push(packet.indexOf(TIME));
    return packet;
  }

  /** Sends everything once, as fast as the broker takes it. */
  async send(to: Generator): Promise<void> {
    const { messages, qos } = this.options;
    to.acknowledged = 0;
    for (let sent = 0; sent < messages; ) {
      const room = qos ? Math.min(WINDOW - (sent - to.acknowledged), messages - sent) : Math.min(500, messages - sent);
      if (room < Math.min(200, messages - sent)) {
        await new Promise<void>((resolve) => {
          to.wake = resolve;
        });
        continue;
      }
      await this.write(to.socket, sent, room);
      sent += room;
    }
  }

  /** Sends `rate` messages a second for some seconds, from the first again when all are sent; QoS 0. Returns how many. */
  async sendAt(to: Generator, rate: number, seconds: number): Promise<number> {
    const { messages } = this.options;
    const all = Math.round(rate * seconds);
    const start = performance.now();
    for (let sent = 0; sent < all; ) {
      const due = Math.min(all, Math.floor(((performance.now() - start) * rate) / 1000));
      while (sent < due) {
        const room = Math.min(due - sent, messages - (sent % messages));
        await this.write(to.socket, sent % messages, room);
        sent += room;
      }
      await pause(1);
    }
    return all;
  }

  private async write(socket: Socket, from: number, count: number): Promise<void> {
    // Measured now: what is not newer than before would be checked for repetition, and is not the usual case.
    const now = String(Date.now());
    for (let i = from; i < from + count; i++)
      this.bytes.write(now, i * this.size + (this.places[i] as number), 'latin1');
    const written = socket.write(this.bytes.subarray(from * this.size, (from + count) * this.size));
    if (!written) await new Promise<void>((resolve) => socket.once('drain', resolve));
  }
}

/** A connection that publishes. */
export interface Generator {
  socket: Socket;
  /** PUBACKs since the counter was set to 0 */
  acknowledged: number;
  /** called at every PUBACK */
  wake: () => void;
}

export async function openGenerator(port: number): Promise<Generator> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.setNoDelay(true);
  const id = Buffer.from('bench-generator');
  const generator: Generator = { socket, acknowledged: 0, wake: () => {} };
  await new Promise<void>((resolve) => {
    socket.once('data', () => resolve());
    socket.write(
      Buffer.concat([
        Buffer.from([0x10, 12 + id.length, 0, 4]),
        Buffer.from('MQTT'),
        Buffer.from([4, 2, 0, 0, 0, id.length]),
        id,
      ]),
    );
  });
  let odd = 0;
  socket.on('data', (bytes) => {
    generator.acknowledged += Math.floor((bytes.length + odd) / 4);
    odd = (bytes.length + odd) % 4;
    generator.wake();
  });
  return generator;
}

/** The site folder of a pack that maps the load: file names and texts. */
export function benchPack(options: { qos: 0 | 1; history?: string; maxAssets?: number }): Record<string, string> {
  return {
    'pack.yaml': `id: bench
name: { zh: 测量, en: Bench }
short: { zh: 测量, en: Bench }
order: 99
assetTypes: { node: { name: { zh: 节点, en: Node }, expected: [] } }
`,
    'metrics.yaml': `metrics:
  - { id: node/level, name: { zh: 水位, en: Level }, unit: m, kind: gauge, range: [0, 1000], history: ${options.history ?? 'day'} }
`,
    'feeds.yaml': `feeds:
  - id: bench
    topic: bench/{key}/tele
    qos: ${options.qos}
    maxAssets: ${options.maxAssets ?? 100_000}
    asset: node/{key}
    at: { path: ts, as: unix_ms }
    readings:
      level: { path: v, ops: [number, { scale: 0.01 }] }
`,
  };
}
