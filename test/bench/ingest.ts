/**
 * Ingest: how many messages a second get through mosquitto → mapping → batch → Redis (durable) → PUBACK, and what does
 * one cost? 10,000 series, one reading a message of 200 bytes. The floor, in turn in the same run (A B A B …):
 * mosquitto → mqtt.js → JSON.parse, nothing else. Prints the median of messages a second, of the ratio and of the
 * server's CPU a message. Redis synchronises its file at every write, as the private one does.
 *
 * Usage: npm run bench ingest -- [--messages 60000] [--runs 5] [--qos 1] [--roles ingest]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { startMosquitto, startRedis, startServer } from '../support/services.js';
import { cpuSeconds, inTurn, median, medianRatio, report, rounded, until } from './arms.js';
import { benchPack, MqttLoad, openGenerator } from './mqtt-load.js';

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

interface Round {
  /** messages a second */
  rate: number;
  /** µs a message */
  cpu: number;
  redisCpu: number;
}

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-bench-ingest-'));
  mkdirSync(join(dir, 'bench'));
  for (const [file, text] of Object.entries(benchPack({ qos: QOS }))) writeFileSync(join(dir, 'bench', file), text);
  const redis = await startRedis();
  const load = new MqttLoad({ messages: MESSAGES, series: SERIES, qos: QOS });
  const client = new Redis({ path: redis.url.replace('unix://', '') });
  const counted = async () => Number((await client.hget('cw:{bench}:feed:bench', 'messages')) ?? 0);

  /** A broker of its own for each round: the server's session would keep collecting while the floor is measured. */
  const withBroker = async <Result>(
    work: (url: string, send: () => Promise<void>) => Promise<Result>,
  ): Promise<Result> => {
    const broker = await startMosquitto({ persistence: false });
    const generator = await openGenerator(broker.port);
    try {
      return await work(broker.url, () => load.send(generator));
    } finally {
      generator.socket.destroy();
      await broker.stop();
    }
  };

  /** One round against the server: messages a second and µs of CPU a message. */
  const serverRound = async (url: string, send: () => Promise<void>) => {
    const server = await startServer(
      {
        CITYWALL_MQTT_URL: url,
        CITYWALL_REDIS_URL: redis.url,
        CITYWALL_PACKS_DIR: dir,
        CITYWALL_ROLES: options.roles === 'ingest' ? 'ingest,api' : options.roles,
        CITYWALL_LOG_LEVEL: 'error',
      },
      { built: true },
    );
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
    let result: Round = { rate: 0, cpu: 0, redisCpu: 0 };
    for (let pass = 1; pass <= 2; pass++) {
      const cpu = cpuSeconds(floor.pid ?? 0);
      const begin = performance.now();
      await send();
      await until(() => lines.split('all').length > pass);
      const rate = MESSAGES / ((performance.now() - begin) / 1000);
      result = { rate, cpu: ((cpuSeconds(floor.pid ?? 0) - cpu) / MESSAGES) * 1e6, redisCpu: 0 };
    }
    floor.kill();
    return result;
  };

  try {
    const results = await inTurn(
      RUNS,
      { floor: () => withBroker(floorRound), server: () => withBroker(serverRound) },
      ({ rate, cpu, redisCpu }) =>
        `${rate.toFixed(0)}/s, ${cpu.toFixed(1)} µs CPU, ${redisCpu.toFixed(1)} µs Redis CPU a message`,
    );
    const of = (arm: 'floor' | 'server', what: keyof Round) => results[arm].map((round) => round[what]);
    const row = {
      qos: QOS,
      roles: options.roles,
      'floor/s': rounded(median(of('floor', 'rate')), 0),
      'server/s': rounded(median(of('server', 'rate')), 0),
      ratio: rounded(medianRatio(of('server', 'rate'), of('floor', 'rate'))),
      'floor µs CPU': rounded(median(of('floor', 'cpu')), 1),
      'server µs CPU': rounded(median(of('server', 'cpu')), 1),
      'Redis µs CPU': rounded(median(of('server', 'redisCpu')), 1),
    };
    report('ingest', [row], { messages: MESSAGES, series: SERIES, results });
  } finally {
    client.disconnect();
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

await main();
