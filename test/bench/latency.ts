/**
 * Publish → DOM: how long after a platform meant to send a value is it (or a newer one of its series) on the screen?
 *
 * Open loop: the generator publishes at intended times and never slows down. Every message of a shown series is charged
 * until a value measured at or after it is in the document at a frame of the browser; what is never shown is charged to
 * the end of the run and counted. Two arms in turn (A B A B …): the real overview scene behind the whole pipeline, and a
 * floor (mosquitto → the same client library → a text node, flushed at 10 Hz over one HTTP stream).
 *
 * Usage: npm run bench latency -- [--rate 1000] [--seconds 15] [--runs 5]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser.js';
import { freePort, startMosquitto, startRedis, startServer } from '../support/services.js';
import { median, report, seeded } from './arms.js';

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '15' },
    runs: { type: 'string', default: '5' },
  },
});
const RATE = Number(options.rate);
const SECONDS = Number(options.seconds);
const RUNS = Number(options.runs);
/** series that exist and change but are not on the screen, so that the load is a city's and not the picture's */
const UNSEEN = 1_000;

interface Shown {
  asset: string;
  metric: string;
  value: unknown;
}
/** `[index of the series, Unix ms]`: intended time of publication, or measured time and moment it was seen */
type Published = [number, number];
type Seen = [number, number, number];

/** One arm: shows numbered series in a page and says how to publish to them. */
interface Arm {
  name: string;
  page: Page;
  shown: Shown[];
  topic(index: number): string;
  payload(index: number, at: number, counter: number): string;
  close(): Promise<void>;
}

/** A feed laid over each pack by a site folder: data only, the scene and everything else stay as they are. */
function benchFeeds(dir: string): void {
  for (const system of ['water', 'traffic', 'urban', 'emergency']) {
    mkdirSync(join(dir, system), { recursive: true });
    writeFileSync(
      join(dir, system, 'feeds.yaml'),
      `feeds:
  - id: bench
    topic: bench/${system}/{type}/{key}
    qos: 0
    decode: json
    maxAssets: 100000
    asset: "{type}/{key}"
    at: { path: t, as: unix_ms }
    readings:
      - { metric: "{$.m}", path: v }
`,
    );
  }
}

const PROBE = `(() => {
  const seen = (window.__seen = []);
  const last = new Map();
  const index = new Map(window.__series.map((id, i) => [id, i]));
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    for (const element of document.querySelectorAll('[data-asset][data-metric]')) {
      const i = index.get(element.dataset.asset + '|' + element.dataset.metric);
      if (i === undefined) continue;
      const at = Date.parse(element.dataset.at);
      if (last.get(i) === at) continue;
      last.set(i, at);
      seen.push([i, at, now]);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

async function watch(page: Page, shown: Shown[]): Promise<void> {
  await page.evaluate(
    `window.__series = ${JSON.stringify(shown.map(({ asset, metric }) => `${asset}|${metric}`))};${PROBE}`,
  );
}

async function wallArm(browser: Browser, mqttUrl: string): Promise<Arm> {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-bench-'));
  benchFeeds(dir);
  const redis = await startRedis();
  const server = await startServer({
    CITYWALL_MQTT_URL: mqttUrl,
    CITYWALL_REDIS_URL: redis.url,
    CITYWALL_PACKS_DIR: dir,
    CITYWALL_ROLES: 'ingest,push,api',
    CITYWALL_DEMO: '1',
    CITYWALL_LOG_LEVEL: 'warn',
  });
  // one simulated round, so that the picture is whole: every panel has something to show
  const simulator = await startServer({
    CITYWALL_MQTT_URL: mqttUrl,
    CITYWALL_REDIS_URL: redis.url,
    CITYWALL_ROLES: 'simulate',
    CITYWALL_DEMO: '1',
    CITYWALL_LOG_LEVEL: 'warn',
  });
  const { page } = await openPage(browser, 1920, 1080);
  await page.goto(`${server.url}/display?scene=overview`);
  await page.locator('[data-scene="overview"][data-ready="true"]').waitFor({ timeout: 60_000 });
  await page.locator('[data-asset^="water/"]').first().waitFor();
  await page.waitForFunction(`document.querySelectorAll('[data-asset][data-metric][data-at]').length >= 20`);
  await simulator.stop();
  const found = await page.$$eval('[data-asset][data-metric][data-at]', (elements) =>
    elements.map((element) => ({
      asset: (element as HTMLElement).dataset.asset ?? '',
      metric: (element as HTMLElement).dataset.metric ?? '',
    })),
  );
  const ids = [...new Set(found.map(({ asset, metric }) => `${asset}|${metric}`))];
  const shown: Shown[] = [];
  for (const id of ids) {
    const [asset = '', metric = ''] = id.split('|');
    const answer = await fetch(`${server.url}/api/v1/assets/${encodeURIComponent(asset)}`);
    const value = ((await answer.json()) as { metrics?: Record<string, { value: unknown }> }).metrics?.[metric]?.value;
    if (value !== undefined) shown.push({ asset, metric, value });
  }
  await watch(page, shown);
  return {
    name: 'wall',
    page,
    shown,
    topic: (index) =>
      index < shown.length ? `bench/${shown[index]?.asset}` : `bench/water/unseen/${index - shown.length}`,
    payload: (index, at, counter) => {
      const series = shown[index];
      // a number moves by a tenth, so that it changes and rankings keep their members; a state stays what it is
      const value = typeof series?.value === 'number' ? series.value + (counter % 2) / 10 : series?.value;
      return JSON.stringify({ m: series?.metric ?? 'level', v: value ?? counter % 100, t: at });
    },
    close: async () => {
      await page.close();
      await server.stop();
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function floorArm(browser: Browser, mqttUrl: string, shown: Shown[]): Promise<Arm> {
  const port = await freePort();
  const newest = new Map<number, number>();
  const streams = new Set<ServerResponse>();
  const rows = shown
    .map(({ asset, metric }) => `<p data-asset="${asset}" data-metric="${metric}" data-at=""></p>`)
    .join('');
  const script = `const rows=[...document.querySelectorAll('p')];
    new EventSource('/stream').onmessage=(event)=>{for(const [i,t] of JSON.parse(event.data)){
      rows[i].dataset.at=new Date(t).toISOString();rows[i].textContent=String(t)}}`;
  const http = createServer((request, response) => {
    if (request.url === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      streams.add(response);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html>${rows}<script>${script}</script>`);
  }).listen(port, '127.0.0.1');
  const flush = setInterval(() => {
    if (newest.size === 0) return;
    const text = `data: ${JSON.stringify([...newest])}\n\n`;
    newest.clear();
    for (const stream of streams) stream.write(text);
  }, 100);
  const client = await connectAsync(mqttUrl, { protocolVersion: 5 });
  client.on('message', (topic, payload) => {
    const index = Number(topic.slice(6));
    const message = JSON.parse(payload.toString()) as { t: number };
    if (index < shown.length) newest.set(index, message.t);
  });
  await client.subscribeAsync('floor/+');
  const { page } = await openPage(browser, 1920, 1080);
  await page.goto(`http://127.0.0.1:${port}/`);
  await watch(page, shown);
  return {
    name: 'floor',
    page,
    shown,
    topic: (index) => `floor/${index}`,
    payload: (index, at, counter) => JSON.stringify({ m: shown[index]?.metric ?? 'level', v: counter % 100, t: at }),
    close: async () => {
      clearInterval(flush);
      await client.endAsync();
      await page.close();
      for (const stream of streams) stream.end();
      http.close();
    },
  };
}

async function load(client: MqttClient, arm: Arm, seed: number): Promise<Published[]> {
  const random = seeded(seed);
  const published: Published[] = [];
  const start = Date.now();
  let sent = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(RATE * SECONDS, Math.floor(((Date.now() - start) * RATE) / 1000));
      for (; sent < due; sent++) {
        const intended = start + (sent * 1000) / RATE;
        const at = Math.floor(intended);
        const index = Math.floor(random() * (arm.shown.length + UNSEEN));
        client.publish(arm.topic(index), arm.payload(index, at, sent), { qos: 0 });
        if (index < arm.shown.length) published.push([index, at]);
      }
      if (sent >= RATE * SECONDS) {
        clearInterval(timer);
        resolve();
      }
    }, 1);
  });
  return published;
}

interface Result {
  p50: number;
  p99: number;
  unseen: number;
  messages: number;
}

async function measure(client: MqttClient, arm: Arm, seed: number): Promise<Result> {
  await arm.page.evaluate('window.__seen.length = 0');
  const published = await load(client, arm, seed);
  const last = new Map(published);
  // until the newest of every series is seen, or two seconds have passed
  await arm.page
    .waitForFunction(
      `(() => { const want = new Map(${JSON.stringify([...last])});
        for (const [i, at] of window.__seen) if (want.get(i) <= at) want.delete(i);
        return want.size === 0; })()`,
      undefined,
      { timeout: 2_000 },
    )
    .catch(() => undefined);
  const end = Date.now();
  const seen = (await arm.page.evaluate('window.__seen')) as Seen[];
  const bySeries = new Map<number, Seen[]>();
  for (const row of seen) bySeries.set(row[0], [...(bySeries.get(row[0]) ?? []), row]);
  let unseen = 0;
  const missing = new Set<number>();
  const latencies = published.map(([index, at]) => {
    const first = bySeries.get(index)?.find(([, measured]) => measured >= at);
    if (!first) {
      unseen++;
      missing.add(index);
    }
    return (first ? first[2] : end) - at;
  });
  if (missing.size > 0) {
    const names = [...missing].map((index) => `${arm.shown[index]?.asset} ${arm.shown[index]?.metric}`);
    console.log(`     never shown to the end: ${names.join(', ')}`);
  }
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
  return { p50: quantile(0.5), p99: quantile(0.99), unseen, messages: published.length };
}

const broker = await startMosquitto({ persistence: false });
const browser = await launchBrowser();
const client = await connectAsync(broker.url, { protocolVersion: 5 });
const wall = await wallArm(browser, broker.url);
const floor = await floorArm(browser, broker.url, wall.shown);
const results: Record<string, Result[]> = { wall: [], floor: [] };
try {
  console.log(`${RATE} msg/s, ${SECONDS} s a run, ${wall.shown.length} shown series of ${wall.shown.length + UNSEEN}`);
  console.log('run  arm     p50 ms  p99 ms  messages  never shown');
  for (let run = 0; run < RUNS; run++) {
    for (const arm of [wall, floor]) {
      await arm.page.bringToFront();
      const result = await measure(client, arm, 1 + run);
      results[arm.name]?.push(result);
      const cells = [result.p50.toFixed(0).padStart(6), result.p99.toFixed(0).padStart(6)];
      console.log(
        `${String(run + 1).padStart(3)}  ${arm.name.padEnd(6)}  ${cells.join('  ')}  ${String(result.messages).padStart(8)}  ${String(result.unseen).padStart(11)}`,
      );
    }
  }
  const summary = Object.fromEntries(
    Object.entries(results).map(([name, runs]) => [
      name,
      { p50: median(runs.map(({ p50 }) => p50)), p99: median(runs.map(({ p99 }) => p99)) },
    ]),
  ) as Record<'wall' | 'floor', { p50: number; p99: number }>;
  console.log(
    `median: wall ${summary.wall.p50.toFixed(0)}/${summary.wall.p99.toFixed(0)} ms, floor ${summary.floor.p50.toFixed(0)}/${summary.floor.p99.toFixed(0)} ms, ` +
      `ratio ${(summary.wall.p50 / summary.floor.p50).toFixed(2)}/${(summary.wall.p99 / summary.floor.p99).toFixed(2)}`,
  );
  const rows = Object.entries(summary).map(([arm, times]) => ({ arm, 'p50 ms': times.p50, 'p99 ms': times.p99 }));
  report('latency', rows, { rate: RATE, seconds: SECONDS, results });
} finally {
  await client.endAsync();
  await floor.close();
  await wall.close();
  await browser.close();
  await broker.stop();
}
