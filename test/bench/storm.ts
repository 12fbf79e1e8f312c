/**
 * A rule storm: one rule over many assets, all of which flap. How much processor and memory it takes, how long until everything
 * is kept, whether the archive has every entry of the journal, and how long an answer for the desk takes meanwhile.
 *
 * Usage: npm run bench storm -- [--assets 100000] [--flips 4] [--rate 10000]
 */
import { once } from 'node:events';
import { createReadStream, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { connectAsync } from 'mqtt';
import { labSite } from '../integration/feeds/lab.js';
import { startMosquitto, startRedis, startServer } from '../support/services.js';
import { rules } from './alarm-load.js';
import { cpuSeconds, pause, report, residentMiB, rounded, until } from './arms.js';

const { values: options } = parseArgs({
  options: {
    assets: { type: 'string', default: '100000' },
    flips: { type: 'string', default: '4' },
    rate: { type: 'string', default: '10000' },
  },
});
const ASSETS = Number(options.assets);
const FLIPS = Number(options.flips);
const RATE = Number(options.rate);
const A_MESSAGE = 100;
const LOG = 'cw:{lab}:alarms:log';

const redis = await startRedis();
const broker = await startMosquitto({ persistence: false });
const site = labSite({ 'alarms.yaml': JSON.stringify({ alarms: rules.slice(0, 1) }) });
const data = await mkdtemp(join(tmpdir(), 'citywall-storm-'));
const server = await startServer(
  {
    CITYWALL_MQTT_URL: broker.url,
    CITYWALL_REDIS_URL: redis.url,
    CITYWALL_PACKS_DIR: site.dir,
    CITYWALL_DATA_DIR: data,
    CITYWALL_LOG_LEVEL: 'warn',
  },
  { built: true },
);
const client = new Redis({ path: redis.url.replace('unix://', '') });
const publisher = await connectAsync(broker.url);
const added = async (): Promise<number> => {
  if ((await client.exists(LOG)) === 0) return 0;
  const about = (await client.xinfo('STREAM', LOG)) as unknown[];
  return Number(about[about.indexOf('entries-added') + 1]);
};

/** Entries and gaps of the archived journal. */
async function archived(): Promise<{ entries: number; gaps: number; kinds: Record<string, number> }> {
  const dir = join(data, 'archive/alarms/lab');
  const found = { entries: 0, gaps: 0, kinds: {} as Record<string, number> };
  for (const name of readdirSync(dir)) {
    const lines = createInterface({ input: createReadStream(join(dir, name)) });
    lines.on('line', (line) => {
      const { kind, gap } = JSON.parse(line) as { kind?: string; gap?: unknown };
      if (gap !== undefined) found.gaps++;
      else if (kind !== undefined) {
        found.entries++;
        found.kinds[kind] = (found.kinds[kind] ?? 0) + 1;
      }
    });
    await once(lines, 'close');
  }
  return found;
}

try {
  await pause(3_000);
  const before = residentMiB(server.pid);
  const cpu = cpuSeconds(server.pid);
  const begin = performance.now();
  let most = before;
  const answers: number[] = [];
  let watching = true;
  const watch = (async () => {
    while (watching) {
      const asked = performance.now();
      const answer = await fetch(`${server.url}/api/v1/alarms?limit=50`).catch(() => null);
      await answer?.text();
      answers.push(performance.now() - asked);
      most = Math.max(most, residentMiB(server.pid));
      await pause(250);
    }
  })();
  for (let flip = 0; flip < FLIPS; flip++) {
    for (const v of [55, 10]) {
      for (let from = 0; from < ASSETS; from += A_MESSAGE) {
        const items = Array.from({ length: Math.min(A_MESSAGE, ASSETS - from) }, (_, i) => ({
          key: `k${from + i}`,
          v,
          ts: Date.now(),
        }));
        await publisher.publishAsync('lab/items', JSON.stringify({ items }), { qos: 1 });
        const sent = (flip * 2 + (v === 55 ? 0 : 1)) * ASSETS + from + A_MESSAGE;
        const ahead = (sent / RATE) * 1000 - (performance.now() - begin);
        if (ahead > 0) await pause(ahead);
      }
    }
  }
  const sentAfter = performance.now() - begin;
  // everything is kept when the journal has not grown for some seconds, and archived when the archive has as much
  let [last, since] = [await added(), performance.now()];
  await until(async () => {
    const now = await added();
    if (now !== last) [last, since] = [now, performance.now()];
    return performance.now() - since > 8_000;
  }, 500);
  const keptAfter = since - begin;
  await until(async () => {
    const text = await client.hget('cw:archive', 'alarms/lab');
    return text !== null && (JSON.parse(text) as { added: number }).added >= last;
  }, 200);
  watching = false;
  await watch;
  const used = cpuSeconds(server.pid) - cpu;
  const standing = await client.hlen('cw:{lab}:alarms');
  const found = await archived();
  answers.sort((a, b) => a - b);
  const quantile = (share: number) =>
    rounded(answers[Math.min(answers.length - 1, Math.floor(answers.length * share))] ?? Number.NaN, 0);
  const row = {
    assets: ASSETS,
    'readings/s sent': rounded((ASSETS * FLIPS * 2) / (sentAfter / 1000), 0),
    'sent after s': rounded(sentAfter / 1000, 1),
    'kept after s': rounded(keptAfter / 1000, 1),
    'journal entries': last,
    'archived entries': found.entries,
    'gaps of the archive': found.gaps,
    'alarms held': standing,
    'cores of the server': rounded(used / ((performance.now() - begin) / 1000), 2),
    'MiB before': rounded(before, 0),
    'MiB at most': rounded(most, 0),
    'desk answer p50 ms': quantile(0.5),
    'p99 ms': quantile(0.99),
  };
  report('storm', [row], { kinds: found.kinds, answers });
  console.log(found.kinds);
} finally {
  await publisher.endAsync(true);
  client.disconnect();
  await server.stop();
  await Promise.all([broker.stop(), redis.stop()]);
  site.remove();
  await rm(data, { recursive: true, force: true });
}
