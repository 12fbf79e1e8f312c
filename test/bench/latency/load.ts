/** The load of the latency benchmark: an open loop of raw MQTT packets, made beforehand; only their time is patched. */
import type { Socket } from 'node:net';
import { pause, seeded } from '../arms.js';
import { publishPacket } from '../mqtt-load.js';
import { type Arm, TIME } from './arm.js';

/** `[index of the series, intended publication (Unix ms)]` */
export type Published = [number, number];

export interface Ran {
  published: Published[];
  /** how late the generator itself was, 99th percentile of all messages, ms; charged like everything else */
  late: number;
}

interface Packet {
  bytes: Buffer;
  /** place of the time in it */
  at: number;
}

export class Load {
  private readonly packets: [Packet, Packet][];

  /** @param series shown ones first */
  constructor(arm: Arm, series: number) {
    const packet = (topic: string, payload: string): Packet => {
      const bytes = publishPacket(topic, payload);
      return { bytes, at: bytes.indexOf(TIME) };
    };
    this.packets = Array.from({ length: series }, (_, index) => {
      const [one, other] = arm.payloads(index);
      return [packet(arm.topic(index), one), packet(arm.topic(index), other)];
    });
  }

  /** Publishes every series once, at about so many a second: those that state does not know yet are made, and code is warm. */
  async once(socket: Socket, rate: number): Promise<void> {
    const chunk = Math.ceil(rate / 100);
    for (let from = 0; from < this.packets.length; from += chunk) {
      const now = String(Date.now());
      const list = this.packets.slice(from, from + chunk).map(([packet]) => stamped(packet, now));
      socket.write(Buffer.concat(list));
      await pause(10);
    }
  }

  /** Publishes the first so many series once, now. Returns what they were published with. */
  now(socket: Socket, count: number): Map<number, number> {
    const now = Date.now();
    socket.write(Buffer.concat(this.packets.slice(0, count).map(([packet]) => stamped(packet, String(now)))));
    return new Map(Array.from({ length: count }, (_, index) => [index, now]));
  }

  /**
   * Publishes series in random order (a fixed one would lock to one phase of a tick) at intended times, and never slows
   * down: what is late is charged from when it was meant.
   * @returns what was published of the first `shown` series, and how late
   */
  async run(
    socket: Socket,
    { rate, seconds, seed, shown }: { rate: number; seconds: number; seed: number; shown: number },
  ): Promise<Ran> {
    const random = seeded(seed);
    const published: Published[] = [];
    const late: number[] = [];
    const all = rate * seconds;
    const start = Date.now();
    for (let sent = 0; sent < all; ) {
      const now = Date.now();
      const due = Math.min(all, Math.floor(((now - start) * rate) / 1000));
      const list: Buffer[] = [];
      for (; sent < due; sent++) {
        const at = Math.floor(start + (sent * 1000) / rate);
        const index = Math.floor(random() * this.packets.length);
        list.push(stamped((this.packets[index] as [Packet, Packet])[sent & 1] as Packet, String(at)));
        late.push(now - at);
        if (index < shown) published.push([index, at]);
      }
      if (list.length > 0) socket.write(Buffer.concat(list));
      await pause(1);
    }
    late.sort((a, b) => a - b);
    return { published, late: late[Math.floor(late.length * 0.99)] ?? 0 };
  }
}

/** A copy of the packet with its time. */
function stamped({ bytes, at }: Packet, now: string): Buffer {
  const copy = Buffer.from(bytes);
  copy.write(now, at, 'latin1');
  return copy;
}
