/**
 * Alarms: how long from the publication of a reading that meets a rule until its alarm is told (kept in Redis and published
 * to every process that shows alarms), while other readings pour in; and what one machine takes of a processor.
 *
 * Usage: npm run bench alarms -- [--assets 1000] [--rate 5000] [--alarms 300]
 */
import { parseArgs } from 'node:util';
import { type Alarm, AlarmMachine } from '@citywall/alarms';
import { Redis } from 'ioredis';
import { connectAsync } from 'mqtt';
import { labSite } from '../integration/feeds/lab.js';
import { startMosquitto, startRedis, startServer } from '../support/services.js';
import { exceed, pour, RULES, rules } from './alarm-load.js';
import { cpuSeconds, pause, report, residentMiB, rounded } from './arms.js';

const { values: options } = parseArgs({
  options: {
    assets: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '5000' },
    alarms: { type: 'string', default: '300' },
  },
});
const ASSETS = Number(options.assets);
const RATE = Number(options.rate);
const ALARMS = Number(options.alarms);
/** Readings a second that one machine judges, none of which changes anything. */
function machineRate(): number {
  const none = {
    asset: () => undefined,
    staleAfter: () => 60_000,
    referring: () => [],
    upstream: () => [],
    awaited: () => new Map(),
    isSign: () => false,
    quietUntil: (_: string, at: number) => at,
    closed: () => false,
  };
  const machine = new AlarmMachine('lab', rules, none, { now: 0 });
  const count = 500_000;
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    machine.reading(
      {
        asset: `lab/node/k${i % ASSETS}`,
        metric: 'level',
        value: i % 50,
        at: i,
        quality: 'good',
        origin: 'live',
        flags: [],
        feed: 'items',
      },
      i,
    );
  }
  return count / ((performance.now() - begin) / 1000);
}

const redis = await startRedis();
const broker = await startMosquitto({ persistence: false });
const site = labSite({ 'alarms.yaml': JSON.stringify({ alarms: rules }) });
const server = await startServer(
  {
    CITYWALL_MQTT_URL: broker.url,
    CITYWALL_REDIS_URL: redis.url,
    CITYWALL_PACKS_DIR: site.dir,
    CITYWALL_ROLES: 'ingest',
    CITYWALL_LOG_LEVEL: 'warn',
  },
  { built: true },
);
const told = new Map<string, number>();
const listener = new Redis({ path: redis.url.replace('unix://', '') });
listener.on('message', (_channel: string, text: string) => {
  const now = performance.now();
  const [, standing] = JSON.parse(text) as [number, Alarm[]];
  for (const { id } of standing) if (!told.has(id)) told.set(id, now);
});
await listener.subscribe('cw:{lab}:alarms:changed');
const publisher = await connectAsync(broker.url);

const background = pour(publisher, ASSETS, RATE);

try {
  await pause(4_000);
  const cpu = cpuSeconds(server.pid);
  const measuredFrom = performance.now();
  const published = new Map<string, number>();
  for (let i = 0; i < ALARMS; i++) {
    published.set(`lab/above-0/node/alarm-${i}`, performance.now());
    exceed(publisher, i);
    await pause(20);
  }
  await pause(3_000);
  const used = (cpuSeconds(server.pid) - cpu) / ((performance.now() - measuredFrom) / 1000);
  const latencies = [...published].flatMap(([id, at]) => {
    const heard = told.get(id);
    return heard === undefined ? [] : [heard - at];
  });
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) =>
    rounded(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN, 1);
  const row = {
    'readings/s beside': background.rate(),
    'rule instances': ASSETS * RULES,
    'alarms told': `${latencies.length} of ${ALARMS}`,
    'p50 ms': quantile(0.5),
    'p99 ms': quantile(0.99),
    'cores of the server': rounded(used, 2),
    'MiB of the server': rounded(residentMiB(server.pid), 0),
    'machine alone, readings/s': rounded(machineRate(), 0),
  };
  report('alarms', [row], { latencies });
} finally {
  background.stop();
  await publisher.endAsync(true);
  listener.disconnect();
  await server.stop();
  await Promise.all([broker.stop(), redis.stop()]);
  site.remove();
}
