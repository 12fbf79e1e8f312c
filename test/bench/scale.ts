/**
 * Scale: what 1,000, 10,000 and 100,000 assets cost that nobody declared, at the same 20,000 readings a second, in the three
 * shapes of the profile in profiles/scale (6,080 messages a second). For each size a broker, a Redis and a server of their
 * own, which show the overview of the whole city in Chromium; the crowd is published by `citywall simulate`, another
 * process. Memory and processor time of each process, what was taken, and publish → DOM of the scene's own series, charged
 * as in `latency`. The floor is the arm with fewest assets.
 *
 * Usage: npm run bench scale -- [--assets 1000,10000,100000] [--rate 20000] [--seconds 15] [--runs 1]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { startMosquitto } from '../support/services.js';
import { cpuSeconds, median, pause, report, residentMiB, rounded, until } from './arms.js';
import { type Arm, allSeen, forget, watch } from './latency/arm.js';
import { charge, quantile } from './latency/charge.js';
import { Load } from './latency/load.js';
import { openWall } from './latency/wall.js';
import { openGenerator } from './mqtt-load.js';

const { values: options } = parseArgs({
  options: {
    assets: { type: 'string', default: '1000,10000,100000' },
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '15' },
    runs: { type: 'string', default: '1' },
  },
});
const SIZES = options.assets.split(',').map(Number);
const RATE = Number(options.rate);
const SECONDS = Number(options.seconds);
const RUNS = Number(options.runs);
const ROOT = join(import.meta.dirname, '../..');
const PROFILE = join(ROOT, 'profiles/scale');
/** Publications of shown series a second, beside the crowd: enough for a 99th percentile, too few to be a load. */
const SHOWN_RATE = 40;
/** How long the last messages may take to be on the screen, ms. */
const GRACE_MS = 5_000;
/** How long the first words of all assets may take, ms. */
const MOST_OPENING_MS = 90_000;

interface Round {
  taken: number;
  shed: number;
  rejected: number;
  p50: number;
  p99: number;
  neverShown: number;
  published: number;
  /** of a core, by process */
  cpu: { server: number; redis: number; publisher: number; broker: number };
  serverMiB: number;
  redisMiB: number;
}

/** The crowd, as a person would publish it by hand. */
function publisher(mqttUrl: string, assets: number): ChildProcess {
  const line = ['apps/server/dist/bundle/citywall.js', 'simulate', '--mqtt', mqttUrl];
  return spawn(process.execPath, [...line, '--assets', String(assets), '--rate', String(RATE)], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Sum of a counter over its labels, of those lines that hold a text. */
async function counted(arm: Arm, name: string, holds = ''): Promise<number> {
  const text = await (await fetch(`${arm.url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name) && line.includes(holds))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** What the server holds after all garbage was collected, MiB. */
async function held(arm: Arm): Promise<number> {
  process.kill(arm.pids[0] ?? 0, 'SIGUSR2');
  await pause(2_000);
  const heap = await counted(arm, 'nodejs_heap_size_used_bytes');
  return (heap + (await counted(arm, 'nodejs_external_memory_bytes'))) / 2 ** 20;
}

async function size(
  browser: Browser,
  assets: number,
): Promise<{ before: { server: number; held: number; redis: number }; rounds: Round[]; heldMiB: number }> {
  const broker = await startMosquitto({ persistence: false });
  const generator = await openGenerator(broker.port);
  const { arm, shown } = await openWall(browser, broker.url, [PROFILE]);
  const [server = 0, redis = 0] = arm.pids;
  const before = { server: residentMiB(server), held: await held(arm), redis: residentMiB(redis) };
  const crowd = publisher(broker.url, assets);
  try {
    await watch(arm.page, shown);
    const load = new Load(arm, shown.length);
    const readings = () => counted(arm, 'citywall_readings_total', 'system="scale"');
    const begin = performance.now();
    // two values an asset: everybody has spoken once
    await until(async () => (await readings()) >= 2 * assets || performance.now() - begin > MOST_OPENING_MS, 250);
    console.log(`${assets} assets have spoken after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    // what fell due while they spoke for the first time is told late: the clock starts when that is through
    await until(async () => {
      const [had, at] = [await readings(), performance.now()];
      await pause(3_000);
      const now = (((await readings()) - had) * 1000) / (performance.now() - at);
      return now < 1.1 * RATE || performance.now() - begin > MOST_OPENING_MS;
    });
    await pause(3_000);
    const rounds: Round[] = [];
    for (let run = 1; run <= RUNS; run++) {
      await arm.page.bringToFront();
      await allSeen(arm.page, load.now(generator.socket, shown.length), GRACE_MS);
      await forget(arm.page);
      const pids = { server, redis, publisher: crowd.pid ?? 0, broker: broker.pid };
      const cpu = () => Object.values(pids).map(cpuSeconds);
      const taken = async () => [
        await readings(),
        await counted(arm, 'citywall_shed_total'),
        await counted(arm, 'citywall_rejections_total'),
      ];
      const [had, used, at] = [await taken(), cpu(), performance.now()];
      const ran = await load.run(generator.socket, {
        rate: SHOWN_RATE,
        seconds: SECONDS,
        seed: run,
        shown: shown.length,
      });
      const seconds = (performance.now() - at) / 1000;
      const spent = cpu().map((now, i) => (now - (used[i] ?? 0)) / seconds);
      const [got = 0, shed = 0, rejected = 0] = (await taken()).map((now, i) => now - (had[i] ?? 0));
      await allSeen(arm.page, new Map(ran.published), GRACE_MS);
      const { list, neverShown } = await charge(arm, shown, ran.published, Date.now());
      const round = {
        taken: got / seconds,
        shed,
        rejected,
        p50: quantile(list, 0.5),
        p99: quantile(list, 0.99),
        neverShown,
        published: list.length,
        cpu: { server: spent[0] ?? 0, redis: spent[1] ?? 0, publisher: spent[2] ?? 0, broker: spent[3] ?? 0 },
        serverMiB: residentMiB(server),
        redisMiB: residentMiB(redis),
      };
      console.log(`${assets} assets, run ${run}: ${JSON.stringify(round)}`);
      rounds.push(round);
    }
    return { before, rounds, heldMiB: await held(arm) };
  } finally {
    crowd.kill('SIGTERM');
    await once(crowd, 'exit');
    generator.socket.destroy();
    await arm.close();
    await broker.stop();
  }
}

const browser = await launchBrowser();
try {
  const rows: Record<string, string | number>[] = [];
  const all: object[] = [];
  for (const assets of SIZES) {
    const { before, rounds, heldMiB } = await size(browser, assets);
    const of = (what: (round: Round) => number) => median(rounds.map(what));
    const core = (what: keyof Round['cpu']) => `${rounded(100 * of((round) => round.cpu[what]), 0)} %`;
    rows.push({
      assets: assets.toLocaleString('en'),
      'readings/s': rounded(
        of((round) => round.taken),
        0,
      ).toLocaleString('en'),
      'server MiB': `${rounded(
        of((round) => round.serverMiB),
        0,
      )} (${rounded(before.server, 0)} before)`,
      'held MiB': `${rounded(heldMiB, 0)} (${rounded(before.held, 0)} before)`,
      'Redis MiB': `${rounded(
        of((round) => round.redisMiB),
        0,
      )} (${rounded(before.redis, 0)} before)`,
      'server, of a core': core('server'),
      Redis: core('redis'),
      broker: core('broker'),
      publisher: core('publisher'),
      'publish → DOM p50/p99 ms': `${rounded(
        of((round) => round.p50),
        0,
      )}/${rounded(
        of((round) => round.p99),
        0,
      )}`,
      'never shown': `${of((round) => round.neverShown)} of ${of((round) => round.published)}`,
      'shed, rejected': `${of((round) => round.shed)}, ${of((round) => round.rejected)}`,
    });
    all.push({ assets, before, rounds, heldMiB });
  }
  report('scale', rows, { rate: RATE, seconds: SECONDS, sizes: all });
  console.log('\nThe same for docs/benchmarks.md:');
  console.log(`| ${Object.keys(rows[0] ?? {}).join(' | ')} |`);
  console.log(`|${' --- |'.repeat(Object.keys(rows[0] ?? {}).length)}`);
  for (const row of rows) console.log(`| ${Object.values(row).join(' | ')} |`);
} finally {
  await browser.close();
}
