/**
 * The whole house as a new user starts it (`scripts/start.mjs`), looked at in a real browser: the overview is alive at both
 * sizes, nothing in it is cut off or refused, it survives the server's death without a reload, and what is no longer
 * refreshed looks stale.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { audit } from '../support/audit.js';
import { launchBrowser, openPage } from '../support/browser.js';
import { type House, startHouse } from '../support/house.js';

jest.setTimeout(180_000);

const OUT = join(import.meta.dirname, 'out');
const SYSTEMS = ['water', 'traffic', 'medical'];

async function ready(page: Page): Promise<void> {
  await page.locator('[data-scene="overview"][data-ready="true"][data-link="live"]').waitFor({ timeout: 60_000 });
}

describe('the overview, from npm start to the picture', () => {
  let house: House;
  let browser: Browser;
  const dir = mkdtempSync(join(tmpdir(), 'citywall-e2e-'));

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    // A site folder shortens one metric's life, so that staleness is seen in seconds.
    mkdirSync(join(dir, 'site', 'water'), { recursive: true });
    writeFileSync(
      join(dir, 'site', 'water', 'metrics.yaml'),
      'metrics:\n  - id: waterlogging/depth\n    staleAfter: 8s\n',
    );
    house = await startHouse(join(dir, 'data'), { CITYWALL_PACKS_DIR: join(dir, 'site') });
    browser = await launchBrowser();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await house?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  it.each([
    [1920, 1080],
    [3840, 2160],
  ])('shows live values of every system at %d×%d, whole and without an error', async (width, height) => {
    const { page, problems } = await openPage(browser, width, height);
    await page.goto(`${house.url}/display?scene=overview&drift=off`);
    await ready(page);
    for (const system of SYSTEMS) {
      await page.locator(`[data-asset^="${system}/"][data-quality="good"][data-origin="simulated"]`).first().waitFor();
    }
    await page.locator('[data-panel="caseload"] .num', { hasText: /[1-9]/ }).first().waitFor({ timeout: 120_000 });
    await page.screenshot({ path: join(OUT, `overview-${height}.png`) });
    const seen = await audit(page);
    expect(seen.problems).toEqual([]);
    expect(seen.panels).toBeGreaterThanOrEqual(14);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('keeps its picture when the server is killed and goes on by itself when it is back, without a reload', async () => {
    const { page } = await openPage(browser, 1920, 1080);
    await page.goto(`${house.url}/display?scene=overview&drift=off`);
    await ready(page);
    await page.evaluate('window.__notReloaded = true');
    const panels = await page.locator('[data-panel]').count();
    const seqBefore = Number(await page.locator('[data-scene]').getAttribute('data-seq'));

    process.kill(house.pidOf('server'), 'SIGKILL');
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
    await page.goto(`${house.url}/display?scene=overview&drift=off`);
    await ready(page);
    const depth = page.locator('[data-panel] [data-metric="depth"][data-asset^="water/waterlogging/"]');
    await depth.first().waitFor();

    const simulator = house.pidOf('simulate');
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
