/**
 * Every scene on every size of screen, alive, looked at as a strict reader would: nothing overlaps, is cut off, too small or
 * hard to read, nothing is refused by the content security policy, no request leaves the house. One page a scene grows from
 * size to size, and changes its theme and language by key. Theme show is looked at in one size, English in the smallest, where its longer words have the least room;
 * `CITYWALL_SCREENS=all` looks at both themes and languages in all sizes. Pictures of what is wrong (there: of all) stay in
 * `test/e2e/out`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type Audit, audit } from '../support/audit.js';
import { launchBrowser, openPage } from '../support/browser.js';
import { packs } from '../support/builtin-packs.js';
import { type House, startHouse } from '../support/house.js';

jest.setTimeout(180_000);

const OUT = join(import.meta.dirname, 'out');
/** Whatever packs there are: a new one is looked at without a word here. */
const SCENES = packs.flatMap(({ scenes }) => scenes.map(({ id }) => id));
const ALL = process.env.CITYWALL_SCREENS === 'all';
/** Of every arrangement one; twice the height is the same drawing at twice the scale. */
const SIZES: [number, number][] = [
  [1366, 768],
  [1920, 1080],
  [3840, 1080],
  ...(ALL
    ? ([
        [3840, 2160],
        [7680, 2160],
      ] as [number, number][])
    : []),
];
/** Ways to look at a scene, each a few keys away from the one before. */
const LOOKS: { keys: string[]; theme: string; lang: string; sizes: [number, number][] }[] = [
  { keys: [], theme: 'watch', lang: 'zh-CN', sizes: SIZES },
  { keys: ['t'], theme: 'show', lang: 'zh-CN', sizes: ALL ? SIZES : SIZES.slice(1, 2) },
  { keys: ['t', 'l'], theme: 'watch', lang: 'en', sizes: ALL ? SIZES : SIZES.slice(0, 1) },
];

describe('the scenes', () => {
  let house: House;
  let browser: Browser;
  const dir = mkdtempSync(join(tmpdir(), 'citywall-screens-'));

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    house = await startHouse(join(dir, 'data'));
    browser = await launchBrowser();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await house?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  it('are these', async () => {
    const { items } = (await (await fetch(`${house.url}/api/v1/scenes`)).json()) as { items: { id: string }[] };
    expect(items.map(({ id }) => id)).toEqual(SCENES);
    expect(SCENES[0]).toBe('overview');
  });

  it.each(SCENES)('%s', async (scene) => {
    const { page, problems } = await openPage(browser, 1920, 1080);
    const strange: string[] = [];
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== house.url && !['data:', 'blob:'].includes(protocol)) strange.push(request.url());
    });
    await page.goto(`${house.url}/display?scene=${scene}&theme=watch&lang=zh-CN&drift=off`);
    await page.locator('[data-link="live"]').waitFor({ timeout: 60_000 });
    await page.locator('[data-quality="good"][data-origin="simulated"]').first().waitFor();
    const wrong: unknown[] = [];
    for (const { keys, theme, lang, sizes } of LOOKS) {
      for (const key of keys) await page.keyboard.press(key);
      await page
        .locator(`html[lang="${lang}"] [data-scene="${scene}"][data-theme="${theme}"][data-ready="true"]`)
        .waitFor();
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        const seen = await settled(page);
        const look = `${scene}-${width}x${height}-${theme}-${lang}`;
        if (ALL || seen.problems.length > 0) await page.screenshot({ path: join(OUT, `${look}.png`) });
        if (seen.problems.length > 0) wrong.push({ look, problems: seen.problems });
        expect(seen.panels).toBeGreaterThanOrEqual(5);
      }
    }
    expect(wrong).toEqual([]);
    expect(problems).toEqual([]);
    expect(strange).toEqual([]);
    await page.close();
  });
});

/** What the audit says once nothing of it is left of the size before: charts follow a few pictures behind. */
async function settled(page: Page): Promise<Audit> {
  const pictures = () =>
    page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
  await pictures();
  let seen = await audit(page);
  for (let again = 0; again < 20 && seen.problems.length > 0; again += 1) {
    await pictures();
    seen = await audit(page);
  }
  return seen;
}
