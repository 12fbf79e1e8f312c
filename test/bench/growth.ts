/**
 * Growth: the same 200-byte messages at the same rate over 10,000 and over 100,000 series. Prints the ratio of the
 * server's CPU (ingest, push and its mirror of newest values) and what 100,000 series more hold in Node and in Redis:
 * newest value and the minute under way, without history. Node's is told twice: resident, with the garbage that a server
 * at this rate carries along, and held (heap and what it holds outside of it) after all garbage was collected. The arms
 * run in turn, each with a server, a Redis and a broker of its own; the floor is the arm with few series.
 *
 * Usage: npm run bench growth -- [--rate 5000] [--seconds 8] [--runs 5] [--few 10000] [--many 100000]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { startMosquitto, startRedis, startServer } from '../support/services.js';
import { cpuSeconds, inTurn, median, medianRatio, pause, report, residentMiB, rounded, until } from './arms.js';
import { benchPack, MqttLoad, openGenerator } from './mqtt-load.js';

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '8' },
    runs: { type: 'string', default: '5' },
    few: { type: 'string', default: '10000' },
    many: { type: 'string', default: '100000' },
  },
});
const RATE = Number(options.rate);
const SECONDS = Number(options.seconds);
const FEW = Number(options.few);
const MANY = Number(options.many);
const MIB = 2 ** 20;

interface Round {
  /** µs a message */
  cpu: number;
  redisCpu: number;
  nodeMiB: number;
  /** of it held after a collection */
  heldMiB: number;
  redisMiB: number;
  /** of the messages sent at the rate, how many were counted in the end */
  taken: number;
}

const dir = mkdtempSync(join(tmpdir(), 'citywall-bench-growth-'));
mkdirSync(join(dir, 'bench'));
for (const [file, text] of Object.entries(benchPack({ qos: 0, history: 'none', maxAssets: 200_000 })))
  writeFileSync(join(dir, 'bench', file), text);

async function round(series: number): Promise<Round> {
  const redis = await startRedis();
  const broker = await startMosquitto({ persistence: false });
  const server = await startServer({
    CITYWALL_MQTT_URL: broker.url,
    CITYWALL_REDIS_URL: redis.url,
    CITYWALL_PACKS_DIR: dir,
    CITYWALL_ROLES: 'ingest,push,api',
    CITYWALL_LOG_LEVEL: 'error',
    NODE_OPTIONS: `--import ${new URL('./collect.mjs', import.meta.url).href}`,
  });
  const client = new Redis({ path: redis.url.replace('unix://', '') });
  const generator = await openGenerator(broker.port);
  try {
    const load = new MqttLoad({ messages: MANY, series, qos: 0 });
    const counted = async () => Number((await client.hget('cw:{bench}:feed:bench', 'messages')) ?? 0);
    /** Until the counter stands still: what is shed at QoS 0 never comes. */
    const settled = async () => {
      let last = -1;
      let since = performance.now();
      await until(async () => {
        const now = await counted();
        if (now !== last) since = performance.now();
        last = now;
        return performance.now() - since > 500;
      }, 20);
      return last;
    };
    // Both arms warm with as many messages; every series is made. Not too fast for the queue.
    await load.sendAt(generator, 10_000, MANY / 10_000);
    const before = await settled();
    const [cpu, redisCpu] = [cpuSeconds(server.pid), cpuSeconds(redis.pid)];
    const sent = await load.sendAt(generator, RATE, SECONDS);
    const taken = (await settled()) - before;
    const used = cpuSeconds(server.pid) - cpu;
    const redisUsed = cpuSeconds(redis.pid) - redisCpu;
    await pause(1000);
    const nodeMiB = residentMiB(server.pid);
    server.signal('SIGUSR2');
    // The collection of a large heap takes a moment.
    await pause(1000);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const bytes = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]);
    const heldMiB = (bytes('nodejs_heap_size_used_bytes') + bytes('nodejs_external_memory_bytes')) / MIB;
    const memory = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
    return {
      cpu: (used / taken) * 1e6,
      redisCpu: (redisUsed / taken) * 1e6,
      nodeMiB,
      heldMiB,
      redisMiB: memory / MIB,
      taken: taken / sent,
    };
  } finally {
    generator.socket.destroy();
    client.disconnect();
    await server.stop();
    await broker.stop();
    await redis.stop();
  }
}

try {
  const results = await inTurn(
    Number(options.runs),
    { few: () => round(FEW), many: () => round(MANY) },
    ({ cpu, redisCpu, nodeMiB, heldMiB, redisMiB, taken }) =>
      `${cpu.toFixed(1)} µs server CPU, ${redisCpu.toFixed(1)} µs Redis CPU a message, ${nodeMiB.toFixed(0)} MiB Node ` +
      `(${heldMiB.toFixed(0)} held), ${redisMiB.toFixed(0)} MiB Redis, ${(taken * 100).toFixed(1)} % taken`,
  );
  const of = (arm: 'few' | 'many', what: keyof Round) => results[arm].map((round) => round[what]);
  const per100k = (what: 'nodeMiB' | 'heldMiB' | 'redisMiB') =>
    rounded(
      median(of('many', what).map((much, i) => ((much - (of('few', what)[i] ?? 0)) / (MANY - FEW)) * 100_000)),
      0,
    );
  const row = (arm: 'few' | 'many', series: number) => ({
    series,
    'µs server CPU': rounded(median(of(arm, 'cpu')), 1),
    'x few': rounded(medianRatio(of(arm, 'cpu'), of('few', 'cpu'))),
    'µs Redis CPU': rounded(median(of(arm, 'redisCpu')), 1),
    'Node MiB': rounded(median(of(arm, 'nodeMiB')), 0),
    'held MiB': rounded(median(of(arm, 'heldMiB')), 0),
    'Redis MiB': rounded(median(of(arm, 'redisMiB')), 0),
    'taken %': rounded(median(of(arm, 'taken')) * 100, 1),
  });
  const memory = {
    'Node MiB per 100,000': per100k('nodeMiB'),
    'held MiB per 100,000': per100k('heldMiB'),
    'Redis MiB per 100,000': per100k('redisMiB'),
  };
  report('growth', [row('few', FEW), { ...row('many', MANY), ...memory }], { rate: RATE, seconds: SECONDS, results });
} finally {
  rmSync(dir, { recursive: true, force: true });
}
