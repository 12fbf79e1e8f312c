/**
 * Desk: how long from the publication of a reading that meets a rule until its alarm is in the hands of an alarm desk (its socket),
 * while other readings pour in and thousands of rule instances are judged; and, with the server killed in the middle, whether an
 * alarm is lost or announced twice.
 *
 * Usage: npm run bench desk -- [--assets 1000] [--rate 10000] [--alarms 400]
 */
import { parseArgs } from 'node:util';
import { DESK_EVENTS, DESK_VERSION, type DeskNews } from '@citywall/protocol';
import { Redis } from 'ioredis';
import { connectAsync } from 'mqtt';
import { io } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import { labSite } from '../integration/feeds/lab.js';
import { startMosquitto, startRedis, startServer } from '../support/services.js';
import { exceed, pour, RULES, rules } from './alarm-load.js';
import { cpuSeconds, pause, report, residentMiB, rounded, until } from './arms.js';

const { values: options } = parseArgs({
  options: {
    assets: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '10000' },
    alarms: { type: 'string', default: '400' },
  },
});
const ASSETS = Number(options.assets);
const RATE = Number(options.rate);
const ALARMS = Number(options.alarms);
/** Between two alarms, ms: no multiple of anything that ticks. */
const APART_MS = 23;
const SETTLE_MS = 4_000;
const PASSWORD = 'correct horse battery staple';

const idOf = (i: number) => `lab/above-0/node/alarm-${i}`;

const redis = await startRedis();
const broker = await startMosquitto({ persistence: false });
const site = labSite({ 'alarms.yaml': JSON.stringify({ alarms: rules }) });
const server = await startServer(
  {
    CITYWALL_MQTT_URL: broker.url,
    CITYWALL_REDIS_URL: redis.url,
    CITYWALL_PACKS_DIR: site.dir,
    CITYWALL_ROLES: 'ingest,api,push',
    CITYWALL_ADMIN_PASSWORD: PASSWORD,
    CITYWALL_LOG_LEVEL: 'warn',
  },
  { built: true },
);
const opened = await fetch(`${server.url}/api/v1/sessions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ user: 'admin', password: PASSWORD }),
});
const { token } = (await opened.json()) as { token: string };

/** when the desk first had an alarm, Unix ms */
const had = new Map<string, number>();
const desk = io(`${server.url}/desk`, {
  transports: ['websocket'],
  parser,
  extraHeaders: { authorization: `Bearer ${token}` },
  reconnectionDelay: 200,
  reconnectionDelayMax: 500,
});
desk.on('connect', () => void desk.emit(DESK_EVENTS.follow, { v: DESK_VERSION }));
desk.on(DESK_EVENTS.alarms, ({ set }: DeskNews) => {
  const now = Date.now();
  for (const { id } of set) if (!had.has(id)) had.set(id, now);
});
const publisher = await connectAsync(broker.url);

const background = pour(publisher, ASSETS, RATE);

/** Raises alarms `from` to `to` one after the other. Returns when each was published, by id. */
async function raise(from: number, to: number): Promise<Map<string, number>> {
  const published = new Map<string, number>();
  for (let i = from; i < to; i++) {
    published.set(idOf(i), Date.now());
    exceed(publisher, i);
    await pause(APART_MS);
  }
  return published;
}

try {
  await pause(SETTLE_MS);
  const [cpu, from] = [cpuSeconds(server.pid), performance.now()];
  const published = await raise(0, ALARMS);
  await pause(SETTLE_MS);
  const used = (cpuSeconds(server.pid) - cpu) / ((performance.now() - from) / 1000);
  const mebibytes = residentMiB(server.pid);
  const latencies = [...published].flatMap(([id, at]) => (had.has(id) ? (had.get(id) as number) - at : []));
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;

  // killed in the middle of as many again
  const raising = raise(ALARMS, 2 * ALARMS);
  await pause((ALARMS * APART_MS) / 2);
  await server.kill('SIGKILL');
  await server.restart();
  await raising;
  await until(() => had.size >= 2 * ALARMS || performance.now() - from > 120_000, 100);
  await pause(SETTLE_MS);
  const log = new Redis({ path: redis.url.replace('unix://', '') });
  const entries = await log.xrange('cw:{lab}:alarms:log', '-', '+');
  log.disconnect();
  const raised = new Map<string, number>();
  for (const [, fields] of entries) {
    const { kind, alarm } = JSON.parse(fields[1] ?? '{}') as { kind: string; alarm: { id: string } };
    if (kind === 'raised') raised.set(alarm.id, (raised.get(alarm.id) ?? 0) + 1);
  }
  const ids = Array.from({ length: 2 * ALARMS }, (_, i) => idOf(i));
  report(
    'desk',
    [
      {
        'readings/s beside': background.rate(),
        'rule instances': ASSETS * RULES,
        'on the desk': `${latencies.length} of ${ALARMS}`,
        'p50 ms': quantile(0.5),
        'p99 ms': quantile(0.99),
        'cores of the server': rounded(used, 2),
        'MiB of the server': rounded(mebibytes, 0),
        'over a kill: lost': ids.filter((id) => !raised.has(id)).length,
        'announced twice': ids.filter((id) => (raised.get(id) ?? 0) > 1).length,
        'not on the desk': ids.filter((id) => !had.has(id)).length,
      },
    ],
    { latencies },
  );
} finally {
  background.stop();
  desk.disconnect();
  await publisher.endAsync(true);
  await server.stop();
  await Promise.all([broker.stop(), redis.stop()]);
  site.remove();
}
