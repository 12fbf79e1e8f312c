/**
 * The whole house as a new user starts it (`scripts/start.mjs`), looked at in a real browser: the overview is alive at both
 * sizes, nothing in it is cut off or refused, it survives the server's death without a reload, and what is no longer
 * refreshed looks stale.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser.js';
import { freePort } from '../support/services.js';

jest.setTimeout(180_000);

const ROOT = join(import.meta.dirname, '../..');
const OUT = join(import.meta.dirname, 'out');
const SYSTEMS = ['water', 'traffic', 'emergency'];

/** Pid of a child of the launcher, as it keeps it under the data directory. */
const pidOf = (dataDir: string, name: string): number =>
  (JSON.parse(readFileSync(join(dataDir, 'run', `${name}.json`), 'utf8')) as { pid: number }).pid;

async function ready(page: Page): Promise<void> {
  await page.locator('[data-scene="overview"][data-ready="true"][data-link="live"]').waitFor({ timeout: 60_000 });
}

/** Boxes of the panels, and what is wrong with the picture: overlaps, cut text, letters below the floor. */
const AUDIT = `(() => {
  const floor = (innerHeight / 1080) * 14 - 0.5;
  const problems = [];
  const panels = [...document.querySelectorAll('[data-panel]')].map((e) => ({ id: e.dataset.panel, r: e.getBoundingClientRect() }));
  for (const a of panels) {
    if (a.r.width < 10 || a.r.height < 10) problems.push(a.id + ' has no room');
    if (a.r.right > innerWidth + 1 || a.r.bottom > innerHeight + 1) problems.push(a.id + ' leaves the screen');
    for (const b of panels) {
      if (a.id < b.id && a.r.left < b.r.right - 1 && b.r.left < a.r.right - 1 && a.r.top < b.r.bottom - 1 && b.r.top < a.r.bottom - 1)
        problems.push(a.id + ' overlaps ' + b.id);
    }
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (!text || !element || !element.checkVisibility()) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < floor) problems.push('"' + text + '" is ' + size + ' px, floor ' + floor);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) problems.push('the page scrolls sideways');
  if (document.documentElement.scrollHeight > innerHeight + 1) problems.push('the page scrolls down');
  return { panels: panels.length, problems };
})()`;

describe('the overview, from npm start to the picture', () => {
  let launcher: ChildProcess;
  let output = '';
  let browser: Browser;
  let url = '';
  const dir = mkdtempSync(join(tmpdir(), 'citywall-e2e-'));
  const dataDir = join(dir, 'data');

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    // A site folder shortens one metric's life, so that staleness is seen in seconds.
    mkdirSync(join(dir, 'site', 'water'), { recursive: true });
    writeFileSync(
      join(dir, 'site', 'water', 'metrics.yaml'),
      'metrics:\n  - id: waterlogging/depth\n    staleAfter: 8s\n',
    );
    const port = await freePort();
    launcher = spawn(process.execPath, [join(ROOT, 'scripts/start.mjs')], {
      cwd: ROOT,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        CITYWALL_PORT: String(port),
        CITYWALL_MQTT_PORT: String(await freePort()),
        CITYWALL_DATA_DIR: dataDir,
        CITYWALL_PACKS_DIR: join(dir, 'site'),
        CITYWALL_LOG_LEVEL: 'warn',
      },
    });
    await new Promise<void>((resolve, reject) => {
      const listen = (text: string) => {
        output += text;
        const match = /CityWall ready at (\S+) \(mqtt:/.exec(output);
        if (match?.[1]) {
          url = match[1];
          resolve();
        }
      };
      launcher.stdout?.setEncoding('utf8').on('data', listen);
      launcher.stderr?.setEncoding('utf8').on('data', listen);
      launcher.once('exit', (code) => reject(new Error(`launcher ended with ${code}:\n${output}`)));
    });
    browser = await launchBrowser();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    if (launcher && launcher.exitCode === null) {
      const gone = new Promise((resolve) => launcher.once('exit', resolve));
      launcher.kill('SIGTERM');
      await gone;
    }
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  it.each([
    [1920, 1080],
    [3840, 2160],
  ])('shows live values of every system at %d×%d, whole and without an error', async (width, height) => {
    const { page, problems } = await openPage(browser, width, height);
    await page.goto(`${url}/display?scene=overview`);
    await ready(page);
    for (const system of SYSTEMS) {
      await page.locator(`[data-asset^="${system}/"][data-quality="good"][data-origin="simulated"]`).first().waitFor();
    }
    await page.locator('[data-panel="cases"] .num', { hasText: /[1-9]/ }).first().waitFor({ timeout: 120_000 });
    await page.screenshot({ path: join(OUT, `overview-${height}.png`) });
    const audit = (await page.evaluate(AUDIT)) as { panels: number; problems: string[] };
    expect(audit.problems).toEqual([]);
    expect(audit.panels).toBeGreaterThanOrEqual(14);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('keeps its picture when the server is killed and goes on by itself when it is back, without a reload', async () => {
    const { page } = await openPage(browser, 1920, 1080);
    await page.goto(`${url}/display?scene=overview`);
    await ready(page);
    await page.evaluate('window.__notReloaded = true');
    const panels = await page.locator('[data-panel]').count();
    const seqBefore = Number(await page.locator('[data-scene]').getAttribute('data-seq'));

    process.kill(pidOf(dataDir, 'server'), 'SIGKILL');
    await page.locator('[data-scene][data-link="reconnecting"]').waitFor({ timeout: 5_000 });
    expect(await page.locator('[data-panel]').count()).toBe(panels);
    expect(await page.locator('[data-asset^="water/"]').count()).toBeGreaterThan(0);

    await page.locator('[data-scene][data-link="live"]').waitFor({ timeout: 60_000 });
    await page.waitForFunction(
      (before) => Number(document.querySelector('[data-scene]')?.getAttribute('data-seq')) !== before,
      seqBefore,
    );
    expect(await page.evaluate('window.__notReloaded')).toBe(true);
    expect(await page.locator('[data-panel]').count()).toBe(panels);
    await page.close();
  });

  it('shows as stale what nobody refreshes, where it stands, and lives again when it is', async () => {
    const { page } = await openPage(browser, 1920, 1080);
    await page.goto(`${url}/display?scene=overview`);
    await ready(page);
    const depth = page.locator('[data-panel] [data-metric="depth"][data-asset^="water/waterlogging/"]');
    await depth.first().waitFor();

    const simulator = pidOf(dataDir, 'simulate');
    process.kill(simulator, 'SIGSTOP');
    try {
      await page.waitForFunction(
        () => {
          const shown = [...document.querySelectorAll('[data-metric="depth"][data-asset^="water/waterlogging/"]')];
          return shown.length > 0 && shown.every((element) => element.getAttribute('data-quality') === 'stale');
        },
        undefined,
        { timeout: 120_000 },
      );
    } finally {
      process.kill(simulator, 'SIGCONT');
    }
    await page
      .locator('[data-metric="depth"][data-asset^="water/waterlogging/"][data-quality="good"]')
      .first()
      .waitFor({ timeout: 120_000 });
    await page.close();
  });
});
