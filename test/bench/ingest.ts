/**
 * Ingest: how many messages a second get through mosquitto → mapping → batch → Redis (durable) → PUBACK, and what does
 * one cost? 10,000 series, one reading a message of 200 bytes. The floor, in turn in the same run (A B A B …):
 * mosquitto → mqtt.js → JSON.parse, nothing else. Prints the median of messages a second, of the ratio and of the
 * server's CPU a message. Redis synchronises its file at every write, as the private one does.
 *
 * Usage: npm run bench ingest -- [--messages 60000] [--runs 5] [--qos 1] [--roles ingest]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { startMosquitto, startRedis, startServer } from '../support/services.js';

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '60000' },
    runs: { type: 'string', default: '5' },
    qos: { type: 'string', default: '1' },
    series: { type: 'string', default: '10000' },
    roles: { type: 'string', default: 'ingest' },
  },
});
const MESSAGES = Number(options.messages);
const RUNS = Number(options.runs);
const QOS = options.qos === '0' ? 0 : 1;
const SERIES = Number(options.series);
/** publications the generator has under way at once */
const WINDOW = 2_000;

const PACK = {
  'pack.yaml': `id: bench
name: { zh: 测量, en: Bench }
short: { zh: 测量, en: Bench }
order: 99
assetTypes: { node: { name: { zh: 节点, en: Node }, expected: [] } }
`,
  'metrics.yaml': `metrics:
  - { id: node/level, name: { zh: 水位, en: Level }, unit: m, kind: gauge, range: [0, 1000], history: day }
`,
  'feeds.yaml': `feeds:
  - id: bench
    topic: bench/{key}/tele
    qos: ${QOS}
    asset: node/{key}
    at: { path: ts, as: unix_ms }
    readings:
      level: { path: v, ops: [number, { scale: 0.01 }] }
`,
};

/** The floor: a subscriber that parses and counts. Prints a line when it has all, and one when it is subscribed. */
const FLOOR = `
import { connect } from 'mqtt';
const [url, qos, all] = process.argv.slice(1);
const client = connect(url, { protocolVersion: 5, clientId: 'bench-floor', clean: true, properties: { receiveMaximum: 500 } });
let count = 0;
client.on('message', (topic, payload) => {
  JSON.parse(payload.toString());
  if (++count % Number(all) === 0) console.log('all');
});
client.on('connect', () => client.subscribe('bench/#', { qos: Number(qos) }, () => console.log('ready')));
`;

/** Every message as the bytes of its packet; only the time in it is patched. */
class Load {
  private readonly bytes: Buffer;
  private readonly places: number[] = [];
  private readonly size: number;

  constructor() {
    // A shuffled order of topics: a fixed one would lock to batches and ticks.
    const order = Array.from({ length: SERIES }, (_, i) => i);
    let seed = 42;
    for (let i = order.length - 1; i > 0; i--) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      const k = seed % (i + 1);
      [order[i], order[k]] = [order[k] as number, order[i] as number];
    }
    const packets = Array.from({ length: MESSAGES }, (_, i) => this.packet(order[i % SERIES] as number, i));
    this.size = packets[0]?.length ?? 0;
    this.bytes = Buffer.concat(packets);
  }

  private packet(series: number, i: number): Buffer {
    const topic = Buffer.from(`bench/s${String(series).padStart(5, '0')}/tele`);
    const payload = JSON.stringify({
      ts: 1783566900000,
      v: 10_000 + (i % 1000),
      sn: `SN-${String(series).padStart(8, '0')}`,
      fw: '1.8.22',
      rssi: -71,
      bat: 3.61,
      note: 'north gate, second floor, by the stairs, behind the pump',
      state: 'running',
      mode: 'auto',
      site: 'longtan-1',
    });
    const body = Buffer.from(payload);
    const rest = 2 + topic.length + (QOS ? 2 : 0) + body.length;
    const head = Buffer.from([
      0x30 | (QOS << 1),
      (rest & 0x7f) | 0x80,
      rest >> 7,
      topic.length >> 8,
      topic.length & 255,
    ]);
    const id = QOS ? Buffer.from([((i % 65_535) + 1) >> 8, ((i % 65_535) + 1) & 255]) : Buffer.alloc(0);
    const packet = Buffer.concat([head, topic, id, body]);
    this.places.push(packet.indexOf('1783566900000'));
    return packet;
  }

  /** Sends everything as fast as the broker takes it, stamped as it goes. */
  async send(socket: Socket, counter: { acknowledged: number; wake: () => void }): Promise<void> {
    counter.acknowledged = 0;
    for (let sent = 0; sent < MESSAGES; ) {
      const room = QOS
        ? Math.min(WINDOW - (sent - counter.acknowledged), MESSAGES - sent)
        : Math.min(500, MESSAGES - sent);
      if (room < Math.min(200, MESSAGES - sent)) {
        await new Promise<void>((resolve) => {
          counter.wake = resolve;
        });
        continue;
      }
      // Measured now: what is not newer than before would be checked for repetition, and is not the usual case.
      const now = String(Date.now());
      for (let i = sent; i < sent + room; i++)
        this.bytes.write(now, i * this.size + (this.places[i] as number), 'latin1');
      const written = socket.write(this.bytes.subarray(sent * this.size, (sent + room) * this.size));
      sent += room;
      if (!written) await new Promise<void>((resolve) => socket.once('drain', resolve));
    }
  }
}

async function generator(
  port: number,
): Promise<{ socket: Socket; counter: { acknowledged: number; wake: () => void } }> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.setNoDelay(true);
  const id = Buffer.from('bench-generator');
  const counter = { acknowledged: 0, wake: () => {} };
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
    counter.acknowledged += Math.floor((bytes.length + odd) / 4);
    odd = (bytes.length + odd) % 4;
    counter.wake();
  });
  return { socket, counter };
}

const cpuSeconds = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
const median = (list: number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-bench-ingest-'));
  mkdirSync(join(dir, 'bench'));
  for (const [file, text] of Object.entries(PACK)) writeFileSync(join(dir, 'bench', file), text);
  const redis = await startRedis();
  const load = new Load();
  const client = new Redis({ path: redis.url.replace('unix://', '') });
  const counted = async () => Number((await client.hget('cw:{bench}:feed:bench', 'messages')) ?? 0);
  const until = async (ready: () => Promise<boolean> | boolean) => {
    while (!(await ready())) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  /** A broker of its own for each round: the server's session would keep collecting while the floor is measured. */
  const withBroker = async <Result>(
    work: (url: string, send: () => Promise<void>) => Promise<Result>,
  ): Promise<Result> => {
    const broker = await startMosquitto({ persistence: false });
    const { socket, counter } = await generator(broker.port);
    try {
      return await work(broker.url, () => load.send(socket, counter));
    } finally {
      socket.destroy();
      await broker.stop();
    }
  };

  /** One round against the server: messages a second and µs of CPU a message. */
  const serverRound = async (url: string, send: () => Promise<void>) => {
    const server = await startServer({
      CITYWALL_MQTT_URL: url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_PACKS_DIR: dir,
      CITYWALL_ROLES: options.roles === 'ingest' ? 'ingest,api' : options.roles,
      CITYWALL_LOG_LEVEL: 'error',
    });
    let before = 0;
    // Two passes: the first warms compilers and creates the series.
    let result = { rate: 0, cpu: 0, redisCpu: 0 };
    for (let pass = 0; pass < 2; pass++) {
      before = await counted();
      const cpu = cpuSeconds(server.pid);
      const redisCpu = cpuSeconds(redis.pid);
      const begin = performance.now();
      await send();
      let last = -1;
      let still = 0;
      await until(async () => {
        const now = (await counted()) - before;
        still = now === last ? still + 1 : 0;
        last = now;
        return now >= MESSAGES || (QOS === 0 && still > 100);
      });
      const seconds = (performance.now() - begin) / 1000 - (last < MESSAGES ? 0.5 : 0);
      result = {
        rate: last / seconds,
        cpu: ((cpuSeconds(server.pid) - cpu) / last) * 1e6,
        redisCpu: ((cpuSeconds(redis.pid) - redisCpu) / last) * 1e6,
      };
    }
    await server.stop();
    return result;
  };

  const floorRound = async (url: string, send: () => Promise<void>) => {
    const floor = spawn(process.execPath, ['--input-type=module', '-e', FLOOR, url, String(QOS), String(MESSAGES)], {
      cwd: join(import.meta.dirname, '../../apps/server'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let lines = '';
    floor.stdout.on('data', (text) => {
      lines += text;
    });
    await until(() => lines.includes('ready'));
    let rate = 0;
    for (let pass = 1; pass <= 2; pass++) {
      const begin = performance.now();
      await send();
      await until(() => lines.split('all').length > pass);
      rate = MESSAGES / ((performance.now() - begin) / 1000);
    }
    floor.kill();
    return rate;
  };

  const rows: { floor: number; server: number; ratio: number; cpu: number; redisCpu: number }[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      const floor = await withBroker(floorRound);
      const { rate, cpu, redisCpu } = await withBroker(serverRound);
      rows.push({ floor, server: rate, ratio: rate / floor, cpu, redisCpu });
      console.log(
        `run ${run + 1}: floor ${floor.toFixed(0)}/s, server ${rate.toFixed(0)}/s (${(rate / floor).toFixed(2)}), ` +
          `${cpu.toFixed(1)} µs server CPU, ${redisCpu.toFixed(1)} µs Redis CPU a message`,
      );
    }
  } finally {
    client.disconnect();
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  const result = {
    qos: QOS,
    messages: MESSAGES,
    series: SERIES,
    floor: median(rows.map(({ floor }) => floor)),
    server: median(rows.map(({ server }) => server)),
    ratio: median(rows.map(({ ratio }) => ratio)),
    cpuMicros: median(rows.map(({ cpu }) => cpu)),
    redisCpuMicros: median(rows.map(({ redisCpu }) => redisCpu)),
  };
  console.table([result]);
  mkdirSync(join(import.meta.dirname, 'out'), { recursive: true });
  writeFileSync(join(import.meta.dirname, 'out', 'ingest.json'), `${JSON.stringify({ ...result, rows }, null, 2)}\n`);
}

await main();
