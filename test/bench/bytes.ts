/**
 * Bytes a display: how much comes over the socket of one display a second, for a scene of 100 shown values, when its
 * platforms publish 10,000 messages a second and when they publish 100? Every message is of a shown series. The floor is
 * pass-through: mosquitto → mqtt.js → `ws`, each payload (200 bytes of JSON) as it came, one message each, no topic with it.
 *
 * Both arms are charged alike: what the kernel handed to the display's TCP socket, with the headers of WebSocket and
 * Socket.IO and the heartbeat, without the HTTP handshake and without the snapshot that a display is given when it joins.
 * Frames are also decoded, after the clock stopped, to tell that all 100 values kept coming.
 *
 * Usage: npm run bench bytes -- [--shown 100] [--seconds 6] [--runs 3]
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeFrame, EVENTS, PROTOCOL_VERSION } from '@citywall/protocol';
import { connectAsync } from 'mqtt';
import { io } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import { WebSocket, WebSocketServer } from 'ws';
import { startMosquitto, startRedis, startServer } from '../support/services.js';
import { inTurn, median, medianRatio, pause, report, rounded } from './arms.js';
import { benchPack, MqttLoad, openGenerator } from './mqtt-load.js';

const { values: options } = parseArgs({
  options: {
    shown: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '6' },
    runs: { type: 'string', default: '3' },
  },
});
const SHOWN = Number(options.shown);
const SECONDS = Number(options.seconds);
const RATES = [10_000, 100] as const;
const SCENE = 'bench';

/** A table of all values of the load's series, as a scene of a pack says it. */
const SCENES = `scenes:
  - id: ${SCENE}
    name: { zh: 测量, en: Bench }
    grid: { columns: 48, rows: 60 }
    panels:
      - id: nodes
        type: table
        at: { x: 0, y: 0, w: 48, h: 60 }
        title: { zh: 节点, en: Nodes }
        views:
          rows: { kind: latest, type: node, metrics: [level] }
        options:
          columns: [{ metric: level, name: { zh: 水位, en: level }, unit: { zh: m, en: m } }]
          coverageUnit: { zh: 个, en: nodes }
`;

/** One display: what came over its socket, and what of it were messages. */
interface Display {
  tcp: TcpSocket;
  messages: Uint8Array[];
  close(): void;
}

/** The TCP socket below a `ws`: the library keeps it, its types don't tell. */
const tcpOf = (socket: unknown): TcpSocket => (socket as { _socket: TcpSocket })._socket;

async function joinScene(url: string): Promise<Display> {
  const socket = io(`${url}/display`, {
    path: '/socket.io',
    transports: ['websocket'],
    parser,
    forceNew: true,
    reconnection: false,
  });
  const messages: Uint8Array[] = [];
  socket.on(EVENTS.frame, (bytes: Uint8Array) => messages.push(bytes));
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  const reply = await socket.emitWithAck(EVENTS.join, { v: PROTOCOL_VERSION, scene: SCENE });
  if (!reply.ok) throw new Error(`the display was not let in: ${reply.reason}`);
  const { ws } = socket.io.engine.transport as unknown as { ws: unknown };
  return { tcp: tcpOf(ws), messages, close: () => socket.disconnect() };
}

interface Round {
  /** over the socket, a second */
  bytes: number;
  /** messages of the socket a second: frames, or payloads passed through */
  messages: number;
  /** values that changed on the display, a second */
  values: number;
  /** of the shown series, how many changed at least once */
  seen: number;
}

/** Counts while the load runs; a second of load goes before it, so that the snapshot and the first frames are over. */
async function count(display: Display, rate: number, read: (messages: Uint8Array[]) => [number, number]) {
  const sending = load.sendAt(generator, rate, SECONDS + 2);
  await pause(1_000);
  const [bytes, from, begin] = [display.tcp.bytesRead, display.messages.length, performance.now()];
  await pause(SECONDS * 1_000);
  const seconds = (performance.now() - begin) / 1_000;
  const came = display.tcp.bytesRead - bytes;
  const messages = display.messages.slice(from);
  await sending;
  const [values, seen] = read(messages);
  return { bytes: came / seconds, messages: messages.length / seconds, values: values / seconds, seen } as Round;
}

async function wall(rate: number): Promise<Round> {
  const display = await joinScene(server.url);
  try {
    return await count(display, rate, (frames) => {
      const seen = new Set<number>();
      let values = 0;
      for (const bytes of frames) {
        const frame = decodeFrame(bytes);
        if (frame.kind !== 'delta') throw new Error('a display that kept up was sent a snapshot');
        for (const [, delta] of frame.views) {
          if (delta.set) throw new Error('a series was new: the load had not reached all of them before');
          for (const { rows, members } of delta.patch ?? []) {
            if (!members.includes('value')) continue;
            values += rows.length;
            for (const row of rows) seen.add(row);
          }
        }
      }
      return [values, seen.size];
    });
  } finally {
    display.close();
  }
}

async function passThrough(rate: number): Promise<Round> {
  const out = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(out, 'listening');
  const client = await connectAsync(broker.url, { protocolVersion: 5 });
  client.on('message', (_topic, payload) => {
    for (const display of out.clients) display.send(payload);
  });
  await client.subscribeAsync('bench/+/tele');
  const socket = new WebSocket(`ws://127.0.0.1:${(out.address() as AddressInfo).port}`);
  const messages: Uint8Array[] = [];
  socket.on('message', (bytes: Buffer) => messages.push(bytes));
  await once(socket, 'open');
  try {
    return await count({ tcp: tcpOf(socket), messages, close: () => socket.terminate() }, rate, (payloads) => [
      payloads.length,
      new Set(payloads.map((bytes) => JSON.parse(bytes.toString()).sn)).size,
    ]);
  } finally {
    socket.terminate();
    await client.endAsync();
    out.close();
  }
}

const dir = mkdtempSync(join(tmpdir(), 'citywall-bench-bytes-'));
mkdirSync(join(dir, 'bench'));
for (const [file, text] of Object.entries({ ...benchPack({ qos: 0 }), 'scene.yaml': SCENES }))
  writeFileSync(join(dir, 'bench', file), text);
const redis = await startRedis();
const broker = await startMosquitto({ persistence: false });
const server = await startServer({
  CITYWALL_MQTT_URL: broker.url,
  CITYWALL_REDIS_URL: redis.url,
  CITYWALL_PACKS_DIR: dir,
  CITYWALL_ROLES: 'ingest,push,api',
  CITYWALL_DEMO: '1',
  CITYWALL_LOG_LEVEL: 'error',
});
const generator = await openGenerator(broker.port);
// A value that came back after 1,000 messages would be the same at every tick of ten a second: nothing would change.
const load = new MqttLoad({ messages: 10_000, series: SHOWN, qos: 0, value: (n) => (n * 7_919) % 9_973 });
try {
  // Every series is there before a display looks.
  await load.sendAt(generator, 1_000, 1);
  const results = await inTurn(
    Number(options.runs),
    {
      'floor, 10000': () => passThrough(RATES[0]),
      'wall, 10000': () => wall(RATES[0]),
      'floor, 100': () => passThrough(RATES[1]),
      'wall, 100': () => wall(RATES[1]),
    },
    ({ bytes, messages, values, seen }) =>
      `${rounded(bytes / 1_000, 1)} KB/s in ${rounded(messages, 1)} messages/s, ${rounded(values, 0)} values/s of ${seen} series`,
  );
  const of = (arm: keyof typeof results, what: keyof Round) => results[arm].map((round) => round[what]);
  const row = (arm: 'floor' | 'wall', rate: (typeof RATES)[number]) => ({
    arm,
    'msg/s': rate,
    'KB/s': rounded(median(of(`${arm}, ${rate}`, 'bytes')) / 1_000, 1),
    'x floor': rounded(medianRatio(of(`${arm}, ${rate}`, 'bytes'), of(`floor, ${rate}`, 'bytes')), 4),
    'messages/s': rounded(median(of(`${arm}, ${rate}`, 'messages')), 1),
    'values/s': rounded(median(of(`${arm}, ${rate}`, 'values')), 0),
    'bytes a value': rounded(
      median(of(`${arm}, ${rate}`, 'bytes').map((bytes, i) => bytes / (of(`${arm}, ${rate}`, 'values')[i] ?? 0))),
      1,
    ),
  });
  const rows = RATES.flatMap((rate) => [row('floor', rate), row('wall', rate)]);
  report('bytes', rows, { shown: SHOWN, seconds: SECONDS, results });
} finally {
  generator.socket.destroy();
  await server.stop();
  await broker.stop();
  await redis.stop();
  rmSync(dir, { recursive: true, force: true });
}
