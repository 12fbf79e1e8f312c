/**
 * Publish → DOM: how long after a platform meant to send a value is it (or a newer one of its series) on the screen?
 *
 * Open loop: the generator publishes at intended times and never slows down. Every message of a shown series is charged
 * until a value measured at or after it is in the document at a frame of the browser; what is never shown is charged to
 * the end of the run and counted. Two arms in turn (A B A B …): the real overview scene behind the whole pipeline, and a
 * floor (mosquitto → the same client library → a text node, flushed at 10 Hz over one HTTP stream). Each rate is measured with
 * each number of displays: the one that is looked at, and others that only take their frames.
 *
 * Usage: npm run bench latency -- [--rates 1000] [--displays 1] [--seconds 15] [--runs 5]
 *   (lists with commas: --rates 100,1000,5000,10000,20000 --displays 1,50)
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../support/browser.js';
import { startMosquitto } from '../support/services.js';
import { cpuSeconds, inTurn, median, medianRatio, pause, report, rounded } from './arms.js';
import { type Arm, allSeen, forget, watch } from './latency/arm.js';
import { charge, listed, quantile } from './latency/charge.js';
import type { Asked } from './latency/displays.js';
import { openFloor } from './latency/floor.js';
import { Load } from './latency/load.js';
import { gone, openWall, SCENE } from './latency/wall.js';
import { openGenerator } from './mqtt-load.js';

const { values: options } = parseArgs({
  options: {
    rates: { type: 'string', default: '1000' },
    displays: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '15' },
    runs: { type: 'string', default: '5' },
  },
});
const numbers = (list: string) => list.split(',').map(Number);
const RATES = numbers(options.rates);
const DISPLAYS = numbers(options.displays);
const SECONDS = Number(options.seconds);
const RUNS = Number(options.runs);
/** Series published in all: most change and are not on the screen, so that the load is a city's and not the picture's. */
const seriesAt = (rate: number) => (rate >= 5_000 ? 10_000 : 1_000);
/** p50/p99 that docs/benchmarks.md asks for, and what it must never be above, ms. */
const LIMITS: Record<number, { target: string; never: string }> = {
  100: { target: '25/60', never: '60/120' },
  1000: { target: '60/120', never: '80/200' },
  10000: { target: '65/130', never: '100/250' },
  20000: { target: '70/150', never: '120/300' },
};
/** How long after the last message the newest values may still come, ms. */
const GRACE_MS = 2_000;
/** How long a run waits for what is left of the one before it, ms. */
const BACKLOG_MS = 30_000;

interface Result {
  p50: number;
  p99: number;
  /** messages of shown series, and how many of them nothing at or after them was ever seen of */
  messages: number;
  neverShown: number;
  /** of a core: server and Redis, or the floor's server */
  cpu: number;
  /** of the generator, 99th percentile, ms */
  late: number;
}

async function measure(arm: Arm, load: Load, rate: number, seed: number): Promise<Result> {
  await arm.page.bringToFront();
  // a page that was hidden draws again, and nothing of the run before is still on its way
  await allSeen(arm.page, load.now(generator.socket, shown.length), BACKLOG_MS);
  await pause(500);
  await forget(arm.page);
  const cpu = () => arm.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = cpu();
  const { published, late } = await load.run(generator.socket, { rate, seconds: SECONDS, seed, shown: shown.length });
  const spent = cpu() - before;
  await allSeen(arm.page, new Map(published), GRACE_MS);
  const latencies = await charge(arm, shown, published, Date.now());
  return {
    p50: quantile(latencies.list, 0.5),
    p99: quantile(latencies.list, 0.99),
    messages: published.length,
    neverShown: latencies.neverShown,
    cpu: spent / SECONDS,
    late,
  };
}

/** So many displays beside the one with a picture, in a process of their own. */
async function further(arm: Arm, count: number): Promise<ChildProcess | undefined> {
  if (count === 0) return undefined;
  const child = fork(join(import.meta.dirname, 'latency', 'displays.ts'));
  child.send({ arm: arm.name, url: arm.url, count, scene: SCENE } satisfies Asked);
  await once(child, 'message');
  return child;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined) return;
  child.disconnect();
  await once(child, 'exit');
}

const both = (list: Result[]) =>
  `${rounded(median(list.map(({ p50 }) => p50)), 0)}/${rounded(median(list.map(({ p99 }) => p99)), 0)}`;
const times = (result: Result) => `${result.p50.toFixed(0)}/${result.p99.toFixed(0)} ms`;

/** One row of the table: a rate with a number of displays. */
async function cell(rate: number, displays: number) {
  const loads = loadsOf(seriesAt(rate));
  console.log(`\n${rate} msg/s over ${seriesAt(rate)} series, ${displays} display${displays > 1 ? 's' : ''}`);
  const results = await inTurn(
    RUNS,
    {
      wall: () => measure(wall, loads.wall, rate, ++seed),
      floor: () => measure(floor, loads.floor, rate, seed),
    },
    (result) =>
      `${times(result)}, ${result.messages} messages, ${result.neverShown} never shown, ${rounded(100 * result.cpu, 0)} % of a core, generator ${result.late} ms late`,
  );
  const left = await gone(wall, shown);
  if (left.length > 0) console.log(`  no longer in the picture, though charged: ${listed(left)}`);
  const ratio = (of: 'p50' | 'p99') =>
    medianRatio(
      results.wall.map((result) => result[of]),
      results.floor.map((result) => result[of]),
    ).toFixed(2);
  const sum = (of: 'neverShown' | 'messages') => results.wall.reduce((total, result) => total + result[of], 0);
  const row = {
    'msg/s': rate.toLocaleString('en'),
    displays,
    'target ms': LIMITS[rate]?.target ?? '–',
    'floor ms': both(results.floor),
    'measured ms': both(results.wall),
    ratio: `${ratio('p50')}/${ratio('p99')}`,
    'never shown': `${sum('neverShown')} of ${sum('messages').toLocaleString('en')}`,
    'server and Redis, of a core': `${rounded(100 * median(results.wall.map(({ cpu }) => cpu)), 0)} %`,
    'never above ms': LIMITS[rate]?.never ?? '–',
  };
  return { row, results, left };
}

const broker = await startMosquitto({ persistence: false });
const browser = await launchBrowser();
const generator = await openGenerator(broker.port);
const { arm: wall, shown } = await openWall(browser, broker.url);
const floor = await openFloor(browser, broker.url, shown);
const kept = new Map<number, { wall: Load; floor: Load }>();
function loadsOf(series: number): { wall: Load; floor: Load } {
  const known = kept.get(series);
  if (known) return known;
  const made = { wall: new Load(wall, series), floor: new Load(floor, series) };
  kept.set(series, made);
  return made;
}
let seed = 0;
try {
  for (const arm of [wall, floor]) await watch(arm.page, shown);
  console.log(`${shown.length} shown series, ${SECONDS} s a run`);
  // every series is there, and code is warm, before the clock starts
  for (const series of new Set(RATES.map(seriesAt))) {
    for (const load of Object.values(loadsOf(series))) await load.once(generator.socket, 2_000);
  }
  const cells: Awaited<ReturnType<typeof cell>>[] = [];
  for (const displays of DISPLAYS) {
    const others = [await further(wall, displays - 1), await further(floor, displays - 1)];
    for (const rate of RATES) cells.push(await cell(rate, displays));
    for (const child of others) await end(child);
  }
  const rows = cells.map(({ row }) => row);
  report('latency', rows, { seconds: SECONDS, runs: RUNS, shown: shown.length, cells });
  console.log('\nThe same for docs/benchmarks.md:');
  console.log(`| ${Object.keys(rows[0] ?? {}).join(' | ')} |`);
  console.log(`|${' --- |'.repeat(Object.keys(rows[0] ?? {}).length)}`);
  for (const row of rows) console.log(`| ${Object.values(row).join(' | ')} |`);
} finally {
  generator.socket.destroy();
  await floor.close();
  await wall.close();
  await browser.close();
  await broker.stop();
}
