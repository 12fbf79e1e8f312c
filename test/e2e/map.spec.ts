/**
 * The map of the traffic scene in the whole house, with everything alive: buses that move, lines as arcs, and a card that
 * tells what the HTTP interface tells.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser.js';
import { type House, startHouse } from '../support/house.js';
import { aloneMoving } from '../support/maps.js';

jest.setTimeout(180_000);

interface Metric {
  value: unknown;
  unit: string | null;
  at: string;
  quality: string;
  staleAfter: number | null;
  feed: string;
}

describe('the map of the traffic scene', () => {
  let house: House;
  let browser: Browser;
  let page: Page;
  let problems: string[];
  let map: Locator;
  const dir = mkdtempSync(join(tmpdir(), 'citywall-map-e2e-'));

  beforeAll(async () => {
    house = await startHouse(join(dir, 'data'));
    browser = await launchBrowser();
    ({ page, problems } = await openPage(browser, 1920, 1080));
    await page.goto(`${house.url}/display?scene=traffic&drift=off`);
    await page.locator('[data-scene="traffic"][data-ready="true"][data-link="live"]').waitFor({ timeout: 60_000 });
    map = page.locator('[data-panel="town-map"]');
    await map.locator('.layers', { hasText: '×120' }).waitFor();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await house?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  const metricsOf = async (asset: string): Promise<Record<string, Metric>> => {
    const answer = await fetch(`${house.url}/api/v1/assets/${encodeURIComponent(asset)}`);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { metrics: Record<string, Metric> }).metrics;
  };

  it('shows the busiest lines as arcs that say they are no roads', async () => {
    await map.locator('.arc').nth(9).waitFor({ state: 'attached' });
    const arcs = await map.locator('.arc').evaluateAll((elements) => elements.map((arc) => ({ ...arc.dataset })));
    expect(arcs).toHaveLength(10);
    expect(new Set(arcs.map(({ asset }) => asset)).size).toBe(10);
    for (const { asset, metric, origin, quality } of arcs as Record<string, string>[]) {
      expect(asset).toMatch(/^traffic\/line\/2\d\d$/);
      expect([metric, origin, quality]).toEqual(['riders', 'simulated', 'good']);
    }
    expect(await map.locator('.notes').innerText()).toContain('连线不是道路');
  });

  it('moves its buses', async () => {
    const picture = () =>
      map.locator('canvas[data-layer="moving"]').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const before = await picture();
    await page.waitForFunction(
      (earlier) =>
        document
          .querySelector<HTMLCanvasElement>('[data-panel="town-map"] canvas[data-layer="moving"]')
          ?.toDataURL() !== earlier,
      before,
      { timeout: 60_000 },
    );
  });

  it('tells of a bus all that is known: every metric with unit, age and quality, as the interface tells it', async () => {
    // what moves is a bus or a coach, and a junction may lie under it
    const card = map.locator('[data-selected]');
    let bus = '';
    for (const { x, y } of await aloneMoving(map)) {
      await page.mouse.click(x, y);
      await card.waitFor();
      bus = (await card.locator('[data-asset]').first().getAttribute('data-asset')) ?? '';
      if (bus.startsWith('traffic/bus/')) break;
    }
    expect(bus).toMatch(/^traffic\/bus\//);
    for (const metric of ['speed', 'heading', 'load', 'position']) {
      await card.locator(`[data-asset="${bus}"][data-metric="${metric}"]`).waitFor();
    }
    const metrics = await metricsOf(bus);
    expect(Object.keys(metrics).sort()).toEqual(['heading', 'load', 'position', 'speed']);
    expect(metrics.load).toMatchObject({ unit: '%', quality: 'good', staleAfter: 180_000, feed: 'bus' });
    const readings = await card.locator('dl').evaluateAll((rows) =>
      rows.map((row) => ({
        metric: row.querySelector<HTMLElement>('[data-metric]')!.dataset.metric,
        text: row.textContent!.replace(/\s+/g, ' '),
      })),
    );
    const said = Object.fromEntries(readings.map(({ metric, text }) => [metric, text]));
    expect(said.speed).toMatch(/车速.*\d.*km\/h.*(秒前|刚刚|分钟前).*质量良好/);
    expect(said.load).toMatch(/满载率.*\d.*%.*质量良好/);
    expect(said.heading).toMatch(/方向.*°/);
    expect(said.position).toMatch(/107\.\d{4}, (29|30)\.\d{4}/);
  });

  it('says when the server does not answer, and lets what it told grow old', async () => {
    const card = map.locator('[data-selected]');
    await page.route('**/api/v1/assets/**', (route) => route.abort());
    await card.getByText('其余读数暂取不到').waitFor();
    expect(await card.locator('[data-metric="load"]').count()).toBe(1);
    await page.unroute('**/api/v1/assets/**');
    await card.getByText('其余读数暂取不到').waitFor({ state: 'detached' });
    await page.locator('[data-panel="town-map"] [role="application"]').focus();
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
  });

  it('did all that without an error but the one it was given', () => {
    expect(problems.filter((problem) => !problem.includes('ERR_FAILED'))).toEqual([]);
  });
});
