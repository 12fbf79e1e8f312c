/**
 * A publisher in a process of its own: numbered QoS 1 messages at a steady rate over one persistent MQTT 3.1.1 session,
 * written by hand so that it costs next to nothing beside what is measured. Open loop: what is due by now goes out, however
 * long the broker was away; what was not acknowledged is sent again (DUP) after every reconnection.
 *
 * Forked with one argument, the JSON of `SourcePlan`; sends `SourceReport` when asked by the message `report`, and for the
 * last time after `stop`, when the broker has taken everything.
 */
import { connect, type Socket } from 'node:net';

export interface SourcePlan {
  port: number;
  /** messages a second */
  rate: number;
  /** series, `rate / series` messages a second each */
  series: number;
  /** systems the series are spread over */
  systems: number;
  /** Unix ms of message 0 */
  begin: number;
}

export interface SourceReport {
  /** ids 0 … published - 1 are with the broker, or will be */
  published: number;
  acknowledged: number;
  /** publications sent again after a reconnection */
  resent: number;
  connections: number;
  /** the broker has taken everything, and nothing more comes */
  done: boolean;
}

/** Publications under way at once. */
const WINDOW = 2_000;
const TICK_MS = 5;
const RETRY_MS = 50;

/** Event time of a message: unique in its series, Unix ms. */
export function timeOf({ begin, rate, series }: Pick<SourcePlan, 'begin' | 'rate' | 'series'>, id: number): number {
  return begin + Math.floor((Math.floor(id / series) * series * 1000) / rate);
}

/** Its series, system and place in the sequence of the series. */
export function placeOf({ series, systems }: Pick<SourcePlan, 'series' | 'systems'>, id: number) {
  const index = id % series;
  return { system: index % systems, key: `k${index}`, seq: Math.floor(id / series) };
}

class SteadySource {
  private socket: Socket | null = null;
  private open = false;
  private rest = Buffer.alloc(0);
  private next = 0;
  private packetId = 0;
  private readonly underWay = new Map<number, Buffer>();
  private acknowledged = 0;
  private resent = 0;
  private connections = 0;
  private last = Number.POSITIVE_INFINITY;
  private readonly started = performance.now();

  constructor(private readonly plan: SourcePlan) {
    this.connect();
    setInterval(() => this.send(), TICK_MS);
  }

  /** Publishes what is due by now, and nothing after it. */
  stop(): void {
    this.last = this.due();
  }

  report(): SourceReport {
    const { acknowledged, resent, connections } = this;
    const published = Math.min(this.due(), this.last);
    return { published, acknowledged, resent, connections, done: this.next >= this.last && this.underWay.size === 0 };
  }

  private due(): number {
    return Math.floor(((performance.now() - this.started) / 1000) * this.plan.rate);
  }

  private send(): void {
    if (!this.open || !this.socket) return;
    const due = Math.min(this.due(), this.last);
    const packets: Buffer[] = [];
    while (this.next < due && this.underWay.size < WINDOW) {
      do this.packetId = (this.packetId % 65_535) + 1;
      while (this.underWay.has(this.packetId));
      const packet = this.packet(this.next++, this.packetId);
      this.underWay.set(this.packetId, packet);
      packets.push(packet);
    }
    if (packets.length > 0) this.socket.write(Buffer.concat(packets));
  }

  private packet(id: number, packetId: number): Buffer {
    const { system, key, seq } = placeOf(this.plan, id);
    const topic = Buffer.from(`drill/${system}/${key}`);
    const payload = Buffer.from(JSON.stringify({ id, seq, ts: timeOf(this.plan, id), note: 'durability drill' }));
    const rest = 2 + topic.length + 2 + payload.length;
    const head = rest < 128 ? [0x32, rest] : [0x32, (rest & 0x7f) | 0x80, rest >> 7];
    const lengths = Buffer.from([...head, topic.length >> 8, topic.length & 255]);
    return Buffer.concat([lengths, topic, Buffer.from([packetId >> 8, packetId & 255]), payload]);
  }

  private connect(): void {
    const socket = connect(this.plan.port, '127.0.0.1');
    this.socket = socket;
    this.rest = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('connect', () => {
      const clientId = Buffer.from('citywall-drill-source');
      // MQTT 3.1.1, the session is kept, no keepalive.
      const body = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0, 0, 0, 0, clientId.length]);
      socket.write(Buffer.concat([Buffer.from([0x10, body.length + clientId.length]), body, clientId]));
    });
    socket.on('data', (bytes: Buffer) => this.read(bytes));
    socket.on('close', () => {
      this.open = false;
      setTimeout(() => this.connect(), RETRY_MS);
    });
  }

  /** CONNACK and PUBACK are all a publisher hears, four bytes each. */
  private read(bytes: Buffer): void {
    const all = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    let at = 0;
    for (; at + 4 <= all.length; at += 4) {
      if (all[at] === 0x20) this.opened();
      else if (all[at] === 0x40 && this.underWay.delete(all.readUInt16BE(at + 2))) this.acknowledged += 1;
    }
    this.rest = Buffer.from(all.subarray(at));
    if (this.underWay.size < WINDOW / 2) this.send();
  }

  private opened(): void {
    this.connections += 1;
    this.open = true;
    for (const packet of this.underWay.values()) packet[0] = 0x3a;
    this.resent += this.underWay.size;
    if (this.underWay.size > 0) this.socket?.write(Buffer.concat([...this.underWay.values()]));
  }
}

const [, , plan] = process.argv;
if (process.send && plan?.startsWith('{')) {
  const source = new SteadySource(JSON.parse(plan) as SourcePlan);
  process.on('message', (what) => {
    if (what === 'stop') source.stop();
    process.send?.(source.report());
  });
  process.on('disconnect', () => process.exit());
}
