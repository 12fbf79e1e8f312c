import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../../support/browser.js';
import { type BuiltWall, buildWall } from '../../support/builtWall.js';
import { aloneMoving, coveredNames, painted, selectByKeys } from '../../support/maps.js';

jest.setTimeout(120_000);

/** The map panel in a real browser, with every kind of layer, against the seeded fixture city. */
let wall: BuiltWall;
let browser: Browser;
let page: Page;
let problems: string[];

beforeAll(async () => {
  wall = await buildWall();
  browser = await launchBrowser();
  ({ page, problems } = await openPage(browser, 1920, 1080));
  await page.goto(`${wall.base}/preview?scene=maps&mood=live&power=0&speed=20`);
  await page.waitForSelector('[data-ready="true"]');
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await wall?.close();
});

const panel = (id: string): Locator => page.locator(`[data-panel="${id}"]`);
describe('the legend', () => {
  it('shows and hides a layer, and says of one that is not imported that it is not', async () => {
    const map = panel('rain');
    const names = ['公交车', '环卫车', '巡查艇'];
    const button = (name: string) => map.locator('.layers button', { hasText: name });
    await page.waitForFunction(() =>
      /×118/.test(document.querySelector('[data-panel="rain"] .layers')?.textContent ?? ''),
    );
    const all = await painted(map, 'moving');
    expect(all).toBeGreaterThan(5_000);
    for (const name of names) await button(name).click();
    expect(await button('公交车').getAttribute('aria-pressed')).toBe('false');
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-panel="rain"] canvas[data-layer="moving"]')!;
      return !canvas
        .getContext('2d')!
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.some((byte) => byte > 0);
    });
    for (const name of names) await button(name).click();
    expect(await button('公交车').getAttribute('aria-pressed')).toBe('true');
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-panel="rain"] canvas[data-layer="moving"]')!;
      return canvas
        .getContext('2d')!
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.some((byte) => byte > 0);
    });
    expect(await button('河流').isDisabled()).toBe(true);
    expect(await button('河流').innerText()).toContain('未导入');
  });

  it('hides arcs and their note with their layer', async () => {
    const map = panel('density');
    expect(await map.locator('.arc').count()).toBeGreaterThan(3);
    expect(await map.locator('.notes').innerText()).toContain('连线不是道路');
    await map.locator('.layers button', { hasText: '往来车速' }).click();
    await map.locator('.arc').first().waitFor({ state: 'detached' });
    expect(await map.locator('.notes').innerText()).not.toContain('连线不是道路');
    await map.locator('.layers button', { hasText: '往来车速' }).click();
    await map.locator('.arc').first().waitFor({ state: 'attached' });
  });
});

describe('what is selected', () => {
  it('by a click on a moving symbol has a card with its reading, and goes with Escape', async () => {
    const map = panel('rain');
    const [alone] = await aloneMoving(map);
    if (alone === undefined) throw new Error('no symbol stands alone');
    await page.mouse.click(alone.x, alone.y);
    const card = map.locator('[data-selected]');
    await card.waitFor();
    expect(await card.getAttribute('data-selected')).toMatch(/^asset\|(buses|vehicles|boats)\|/);
    const reading = card.locator('[data-metric]').first();
    expect(await reading.getAttribute('data-asset')).toMatch(/^(traffic\/bus|urban\/vehicle|water\/boat)\//);
    expect(await reading.getAttribute('data-quality')).toMatch(/^(good|uncertain|bad|stale)$/);
    expect(await reading.innerText()).toMatch(/\d+\s*(km\/h|%)/);
    expect(await card.innerText()).toMatch(/\d+ 秒前|刚刚|\d+ 分钟前/);
    // the map has an answer of its own: no second card over it
    expect(await page.locator('.provenance').count()).toBe(0);
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
  });

  it('of a cluster are its members; one that is chosen has its own card', async () => {
    const map = panel('covers');
    await selectByKeys(page, map, 'cluster');
    const card = map.locator('[data-selected]');
    expect(await card.innerText()).toMatch(/\d+\s*个资产/);
    const members = card.locator('li button');
    expect(await members.count()).toBeGreaterThan(1);
    const name = (await members.first().locator('.name').innerText()).trim();
    await members.first().click();
    await page.waitForFunction(() =>
      /^asset\|/.test(document.querySelector('[data-selected]')?.getAttribute('data-selected') ?? ''),
    );
    expect(await card.locator('header b').innerText()).toBe(name);
    expect(await card.locator('[data-metric="state"]').innerText()).toMatch(/关闭|倾斜|打开/);
    await card.getByRole('button', { name: '关闭' }).click();
    await card.waitFor({ state: 'detached' });
  });

  it('moves with the arrow keys, and from the card back to the map', async () => {
    const map = panel('covers');
    const card = map.locator('[data-selected]');
    await map.locator('[role="application"]').focus();
    await page.keyboard.press('Home');
    const first = await card.getAttribute('data-selected');
    await page.keyboard.press('ArrowUp');
    const second = await card.getAttribute('data-selected');
    expect(second).not.toBe(first);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    expect(await map.locator('[role="application"]').evaluate((element) => element === document.activeElement)).toBe(
      true,
    );
  });

  it('between symbols is the town', async () => {
    const map = panel('density');
    const name = map.locator('.label', { hasText: '裴兴镇' }).locator('.name');
    const box = (await name.boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    expect(await map.locator('[data-selected]').getAttribute('data-selected')).toBe('town|裴兴镇');
    await page.keyboard.press('Escape');
  });
});

describe('names', () => {
  it('are covered by no cluster', async () => {
    const covered = await coveredNames(panel('covers'));
    expect(Object.entries(covered).filter(([, share]) => share > 0.04)).toEqual([]);
  });

  it('make room for the pulse of a callout, and its leader crosses none', async () => {
    const map = panel('rain');
    await map.locator('.callout').waitFor();
    const met = await map.evaluate((element) => {
      const pulse = element.querySelector('[data-pulse]')!.getBoundingClientRect();
      const line = element.querySelector<SVGLineElement>('line.leader')!;
      const box = line.ownerSVGElement!.getBoundingClientRect();
      const [x1, y1, x2, y2] = ['x1', 'y1', 'x2', 'y2'].map((end) => Number(line.getAttribute(end)));
      const along = Array.from({ length: 200 }, (_, i) => ({
        x: box.x + x1! + ((x2! - x1!) * i) / 199,
        y: box.y + y1! + ((y2! - y1!) * i) / 199,
      }));
      return [...element.querySelectorAll('.label text')]
        .filter((text) => {
          const name = text.getBoundingClientRect();
          const inside = ({ x, y }: { x: number; y: number }) =>
            x > name.left && x < name.right && y > name.top && y < name.bottom;
          return inside(pulse) || along.some(inside);
        })
        .map((text) => text.textContent);
    });
    expect(met).toEqual([]);
  });

  it('stand where they stood while figures change', async () => {
    const places = () =>
      panel('rain')
        .locator('.label .name')
        .evaluateAll((names) => names.map((name) => [name.getAttribute('x'), name.getAttribute('y')]));
    const before = await places();
    const seq = Number(await page.locator('[data-scene]').getAttribute('data-seq'));
    await page.waitForFunction(
      (from) => Number(document.querySelector('[data-scene]')?.getAttribute('data-seq')) > from + 10,
      seq,
    );
    expect(await places()).toEqual(before);
  });
});

it('nothing of it was refused or failed', () => {
  expect(problems).toEqual([]);
});
