/**
 * The display soak: one display in a real Chromium for hours, fed by the simulated city at a multiple of its speed through the
 * built server, while the network is pulled, the server killed and the broker stopped at seeded random moments. Every minute
 * it prints what the page has become after a full garbage collection, and at the end the slopes.
 *
 * Usage: npm run soak -- [--hours 2 | --minutes 10] [--speed 30] [--cuts 20] [--seed 1] [--scene overview]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DRAWINGS } from '@citywall/pack-schema';
import type { CDPSession, Page } from 'playwright-core';
import { DEFAULT_PLACES } from '../../apps/server/src/config/index.js';
import { ClipsRepository } from '../../apps/server/src/simulate/video/clips.repository.js';
import { alive, collectGarbage } from '../support/alive.js';
import { launchBrowser, openPage } from '../support/browser.js';
import { freePort, type Service, startMosquitto, startRedis, startServer } from '../support/services.js';
import { CutProxy } from './support/cut-proxy.js';
import { fastCity } from './support/fast-city.js';
import { randomFrom } from './support/random.js';
import { median, slope } from './support/slope.js';

const { values: options } = parseArgs({
  options: {
    hours: { type: 'string', default: '2' },
    minutes: { type: 'string' },
    speed: { type: 'string', default: '30' },
    cuts: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    scene: { type: 'string', default: 'overview' },
  },
});
const MS = options.minutes === undefined ? Number(options.hours) * 3_600_000 : Number(options.minutes) * 60_000;
const CUTS = Number(options.cuts);
/** at the beginning and the end nothing is cut, ms */
const QUIET_MS = Math.min(60_000, MS / 6);
const MINUTE = 60_000;
const say = (line: string) => process.stdout.write(`${line}\n`);

type Target = 'network' | 'server' | 'broker';

interface Cut {
  target: Target;
  /** s after the beginning */
  at: number;
  /** s until what was cut was there again */
  away: number;
  /** s from the cut until the screen showed a frame newer than the return; null: it never did */
  stale: number | null;
  /** s from the cut until the screen said that it is not live; null: it had no need to */
  saidAfter: number | null;
}

interface Sample {
  /** minutes after the beginning */
  at: number;
  heap: number;
  nodes: number;
  listeners: number;
  /** players of camera pictures, those not let go too */
  players: number;
  documents: number;
  fps: number;
  reconnects: number;
  seq: number;
}

/** What the page counts of itself, set up before its first script. */
const WATCH = `(() => {
  const now = () => performance.now();
  const soak = (window.__soak = { frames: 0, since: now(), reconnects: 0, link: '', lostAt: null });
  const count = () => { soak.frames++; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  setInterval(() => {
    const link = document.querySelector('[data-scene]')?.getAttribute('data-link') ?? '';
    if (link === 'reconnecting' && soak.link === 'live') soak.lostAt = Date.now();
    if (link === 'live' && soak.link === 'reconnecting') soak.reconnects++;
    if (link) soak.link = link;
  }, 100);
})()`;

interface PageState {
  fps: number;
  reconnects: number;
  link: string;
  lostAt: number | null;
  seq: number;
}

function look(page: Page): Promise<PageState> {
  return page.evaluate(() => {
    const soak = (window as unknown as { __soak: Record<string, number> & { link: string } }).__soak;
    const now = performance.now();
    const fps = ((soak.frames ?? 0) * 1000) / (now - (soak.since ?? 0));
    soak.frames = 0;
    soak.since = now;
    const seq = Number(document.querySelector('[data-scene]')?.getAttribute('data-seq') ?? 0);
    return { fps, reconnects: soak.reconnects ?? 0, link: soak.link, lostAt: soak.lostAt ?? null, seq };
  });
}

async function measure(page: Page, cdp: CDPSession, begin: number): Promise<Sample> {
  await collectGarbage(cdp);
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const counters = await cdp.send('Memory.getDOMCounters');
  const { fps, reconnects, seq } = await look(page);
  return {
    at: (Date.now() - begin) / MINUTE,
    heap: usedSize / 1_048_576,
    nodes: counters.nodes,
    listeners: counters.jsEventListeners,
    players: await alive(cdp, 'MediaSource'),
    documents: counters.documents,
    fps,
    reconnects,
    seq,
  };
}

/** Moments and targets of all cuts; one after the other, none so late that it could not be seen to end. */
function planCuts(seed: number): { target: Target; at: number; away: number }[] {
  const random = randomFrom(seed);
  const slot = (MS - 2 * QUIET_MS) / CUTS;
  const targets: Target[] = ['network', 'server', 'broker'];
  return Array.from({ length: CUTS }, (_, number) => ({
    target: targets[Math.floor(random() * 3)] as Target,
    at: QUIET_MS + (number + random() * 0.3) * slot,
    away: Math.min(slot * 0.3, 1_000 + random() * 20_000),
  }));
}

async function cutOnce(target: Target, away: number, house: House, page: Page, begin: number): Promise<Cut> {
  const cutAt = Date.now();
  const said = await look(page);
  if (target === 'network') {
    house.cable.pull();
    await pause(away);
    house.cable.plug();
  } else {
    const service = target === 'server' ? house.server : house.broker;
    await service.kill(target === 'server' ? 'SIGKILL' : 'SIGTERM');
    await pause(away);
    await service.restart();
  }
  const backAt = Date.now();
  const before = (await look(page)).seq;
  const shown = await page
    .waitForFunction(
      (seq) => {
        const root = document.querySelector('[data-scene]');
        return root?.getAttribute('data-link') === 'live' && Number(root.getAttribute('data-seq')) !== seq;
      },
      before,
      { timeout: 60_000, polling: 100 },
    )
    .then(() => Date.now())
    .catch(() => null);
  const { lostAt } = await look(page);
  const told = lostAt !== null && lostAt !== said.lostAt && lostAt >= cutAt;
  return {
    target,
    at: (cutAt - begin) / 1000,
    away: (backAt - cutAt) / 1000,
    stale: shown === null ? null : (shown - cutAt) / 1000,
    saidAfter: told ? (lostAt - cutAt) / 1000 : null,
  };
}

interface House {
  server: Service;
  broker: Service;
  redis: Service;
  cable: CutProxy;
}

/** The pictures of the simulated cameras, where ffmpeg is: it is the role `simulate` that makes them, which is not there. */
async function drawPictures(dataDir: string): Promise<void> {
  const clips = new ClipsRepository(join(dataDir, 'video'), DEFAULT_PLACES.clipsDir);
  try {
    for (const drawing of DRAWINGS) await clips.make({ drawing, still: false });
  } catch (error) {
    say(`cameras show the pictures that come with the program: ${error instanceof Error ? error.message : error}`);
  }
}

async function main(): Promise<boolean> {
  const [broker, redis] = await Promise.all([startMosquitto({ port: await freePort() }), startRedis()]);
  const server = await startServer({
    CITYWALL_MQTT_URL: broker.url,
    CITYWALL_REDIS_URL: redis.url,
    CITYWALL_DEMO: '1',
    CITYWALL_ROLES: 'ingest,push,api',
    CITYWALL_LOG_LEVEL: 'error',
  });
  if (options.scene === 'video') await drawPictures(server.dir);
  const cable = await CutProxy.before(Number(new URL(server.url).port));
  const city = await fastCity(broker.url, Number(options.speed), Number(options.seed));
  const browser = await launchBrowser();
  try {
    const { page, problems } = await openPage(browser, 1920, 1080);
    let loads = 0;
    page.on('load', () => {
      loads += 1;
    });
    await page.addInitScript(WATCH);
    // by the clock nothing is renewed here: what is measured is one page's life
    await page.goto(`http://127.0.0.1:${cable.port}/display?scene=${options.scene}&refresh=off&screen=soak`);
    await page.waitForSelector('[data-ready="true"][data-link="live"]', { timeout: 120_000 });
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('HeapProfiler.enable');
    const begin = Date.now();
    say(`${(MS / 3_600_000).toFixed(2)} h at ${options.speed} × with ${CUTS} cuts; seed ${options.seed}`);
    say('\n  min  heap MiB   nodes  listeners  players   fps  reconnects      seq');
    const samples: Sample[] = [];
    const sampling = (async () => {
      for (let next = begin; next <= begin + MS; next += MINUTE) {
        await pause(Math.max(0, next - Date.now()));
        const sample = await measure(page, cdp, begin);
        samples.push(sample);
        const cells = [
          sample.at.toFixed(0).padStart(5),
          sample.heap.toFixed(2).padStart(9),
          String(sample.nodes).padStart(7),
          String(sample.listeners).padStart(10),
          String(sample.players).padStart(8),
          sample.fps.toFixed(1).padStart(5),
          String(sample.reconnects).padStart(11),
          String(sample.seq).padStart(8),
        ];
        say(cells.join(' '));
      }
    })();
    const cuts: Cut[] = [];
    for (const plan of planCuts(Number(options.seed))) {
      await pause(Math.max(0, begin + plan.at - Date.now()));
      cuts.push(await cutOnce(plan.target, plan.away, { server, broker, redis, cable }, page, begin));
    }
    await sampling;
    const reloads = loads - 1;
    return report(samples, cuts, reloads, problems);
  } finally {
    await browser.close();
    await city.stop();
    await cable.close();
    await server.stop();
    await Promise.all([broker.stop(), redis.stop()]);
  }
}

function report(samples: Sample[], cuts: Cut[], reloads: number, problems: string[]): boolean {
  // the first minutes fill the caches and the series; what grows after them grows for ever
  const settled = samples.filter(({ at }) => at >= Math.min(5, MS / MINUTE / 3));
  const growth = (pick: (sample: Sample) => number) => slope(settled.map((one) => ({ x: one.at / 60, y: pick(one) })));
  const measured = samples.slice(1).map(({ fps }) => fps);
  const result = {
    hours: MS / 3_600_000,
    speed: Number(options.speed),
    seed: Number(options.seed),
    heapSlopeMiBPerHour: growth(({ heap }) => heap),
    nodeSlopePerHour: growth(({ nodes }) => nodes),
    listenerSlopePerHour: growth(({ listeners }) => listeners),
    heapFirstMiB: settled[0]?.heap ?? 0,
    heapLastMiB: settled.at(-1)?.heap ?? 0,
    fpsMin: Math.min(...measured),
    fpsMedian: median(measured),
    reconnects: samples.at(-1)?.reconnects ?? 0,
    reloads,
    // a cut network is noted by the browser itself; what is left is the page's own trouble
    exceptions: problems.filter((problem) => !/Failed to load resource|WebSocket|ERR_/.test(problem)),
    cuts,
    samples,
  };
  say('\n  #  at s    cut       away s  stale s  said after s');
  for (const [place, { target, at, away, stale, saidAfter }] of cuts.entries()) {
    const cells = [
      String(place + 1).padStart(3),
      at.toFixed(1).padStart(6),
      `  ${target.padEnd(8)}`,
      away.toFixed(1).padStart(7),
      (stale === null ? 'never' : stale.toFixed(1)).padStart(8),
      (saidAfter === null ? '–' : saidAfter.toFixed(1)).padStart(12),
    ];
    say(cells.join(' '));
  }
  say(`\nheap slope     ${result.heapSlopeMiBPerHour.toFixed(2)} MiB/h after a collection`);
  say(
    `nodes          ${result.nodeSlopePerHour.toFixed(0)} /h, listeners ${result.listenerSlopePerHour.toFixed(0)} /h`,
  );
  say(`frames         median ${result.fpsMedian.toFixed(1)} fps, least ${result.fpsMin.toFixed(1)}`);
  say(`reconnects     ${result.reconnects} after ${cuts.length} cuts; reloads ${reloads}`);
  for (const problem of result.exceptions) say(`problem        ${problem}`);
  const out = join(import.meta.dirname, 'out');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'display-soak.json'), `${JSON.stringify(result, null, 2)}\n`);
  const good = reloads === 0 && result.exceptions.length === 0 && cuts.every(({ stale }) => stale !== null);
  say(good ? '\nthe screen came back by itself every time' : '\nNOT every time');
  return good;
}

process.exitCode = (await main()) ? 0 : 1;
