/** The arm that is measured: the real overview scene behind the whole pipeline, on the demo's packs. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openPage } from '../../support/browser.js';
import { startRedis, startServer } from '../../support/services.js';
import { type Arm, idOf, inDocument, type Shown, settled, TIME } from './arm.js';

export const SCENE = 'overview';
const PACKS = join(import.meta.dirname, '../../../libs/packs');
/** every system that messages come from */
const SYSTEMS = readdirSync(PACKS).filter((pack) => existsSync(join(PACKS, pack, 'feeds.yaml')));
/** The scene ranks these from the lowest, everything else from the highest. */
const LOWEST_FIRST = new Set(['speed']);
/** How much a number moves from one message to the next, and how far numbers of one metric stand apart. */
const STEP = 0.1;
const APART = 0.2;

/** A feed laid over each pack by a site folder: data only, the scene and everything else stay as they are. */
function benchFeeds(dir: string): void {
  for (const system of SYSTEMS) {
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

/**
 * The values that series are published with, so that a shown one stays shown: numbers of one metric are set apart in the
 * direction that rankings and extremes look in (of equal values the first id leads, as in `rank`), and move further in it.
 * With ties, a series would leave a ranking or a maximum with every second message, and be charged for not being there.
 */
export function apart(shown: readonly Shown[]): Shown[] {
  const result = [...shown];
  for (const metric of new Set(shown.map((series) => series.metric))) {
    const sign = LOWEST_FIRST.has(metric) ? -1 : 1;
    const numbers = result
      .map((series, index) => ({ index, asset: series.asset, value: sign * Number(series.value), series }))
      .filter(({ series }) => series.metric === metric && typeof series.value === 'number')
      .sort((a, b) => a.value - b.value || (a.asset < b.asset ? 1 : -1));
    let least = Number.NEGATIVE_INFINITY;
    for (const { index, value, series } of numbers) {
      const moved = Math.max(value, least);
      least = moved + APART;
      result[index] = { ...series, value: sign * moved };
    }
  }
  return result;
}

/**
 * Starts state, server and page, and has the picture filled by the simulator, which then ends.
 * @param more folders of packs that the server knows beside the built-in ones
 */
export async function openWall(
  browser: Browser,
  mqttUrl: string,
  more: readonly string[] = [],
): Promise<{ arm: Arm; shown: Shown[] }> {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-bench-'));
  benchFeeds(dir);
  for (const folder of more) cpSync(folder, join(dir, basename(folder)), { recursive: true });
  const redis = await startRedis();
  const common = { CITYWALL_MQTT_URL: mqttUrl, CITYWALL_REDIS_URL: redis.url, CITYWALL_DEMO: '1' };
  // SIGUSR2 collects the garbage, for those who ask how much is held
  const collect = new URL('../collect.mjs', import.meta.url).href;
  const server = await startServer(
    {
      ...common,
      NODE_OPTIONS: `--import ${collect}`,
      CITYWALL_PACKS_DIR: dir,
      CITYWALL_ROLES: 'ingest,push,api',
      CITYWALL_LOG_LEVEL: 'error',
    },
    { built: true },
  );
  const simulator = await startServer(
    { ...common, CITYWALL_ROLES: 'simulate', CITYWALL_LOG_LEVEL: 'error' },
    { built: true },
  );
  const { page } = await openPage(browser, 1920, 1080);
  await page.goto(`${server.url}/display?scene=${SCENE}`);
  await page.locator(`[data-scene="${SCENE}"][data-ready="true"]`).waitFor({ timeout: 60_000 });
  await page.waitForFunction(`document.querySelectorAll('[data-asset][data-metric][data-at]').length >= 20`);
  await simulator.stop();
  // what the simulator said last is on its way: only a picture that stands still says what is shown
  await settled(page, 2_000);

  const known: Shown[] = [];
  for (const id of (await inDocument(page)).keys()) {
    const [asset = '', metric = ''] = id.split('|');
    const answer = await fetch(`${server.url}/api/v1/assets/${encodeURIComponent(asset)}`);
    const value = ((await answer.json()) as { metrics?: Record<string, { value: unknown }> }).metrics?.[metric]?.value;
    if (value !== undefined) known.push({ asset, metric, value });
  }
  const shown = apart(known);
  const unseen = (index: number) => {
    const number = index - shown.length;
    return `bench/${SYSTEMS[number % SYSTEMS.length]}/unseen/${number}`;
  };
  const payload = (index: number, counter: number) => {
    const series = shown[index];
    const step = STEP * counter * (LOWEST_FIRST.has(series?.metric ?? '') ? -1 : 1);
    // a state stays what it is: the scene's table is sorted by it
    const v =
      series === undefined ? index + counter : typeof series.value === 'number' ? series.value + step : series.value;
    return JSON.stringify({ m: series?.metric ?? 'level', v, t: Number(TIME) });
  };
  return {
    shown,
    arm: {
      name: 'wall',
      page,
      url: server.url,
      pids: [server.pid, redis.pid],
      topic: (index) => (index < shown.length ? `bench/${shown[index]?.asset}` : unseen(index)),
      payloads: (index) => [payload(index, 0), payload(index, 1)],
      close: async () => {
        await page.close();
        await server.stop();
        await redis.stop();
        rmSync(dir, { recursive: true, force: true });
      },
    },
  };
}

/** Shown series that are not in the document: a wall that lost one of them could not show its values. */
export async function gone(arm: Arm, shown: readonly Shown[]): Promise<string[]> {
  const there = await inDocument(arm.page);
  return shown.map(idOf).filter((id) => !there.has(id));
}
