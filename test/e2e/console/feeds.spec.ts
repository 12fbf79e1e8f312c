import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { PASSWORD } from '../../integration/api/house.js';
import { eventually } from '../../integration/feeds/lab.js';
import { type Inspector, openInspector } from '../../integration/inspector/open-inspector.js';
import { launchBrowser, openPage } from '../../support/browser.js';
import { deliveredWall } from '../../support/builtWall.js';

jest.setTimeout(120_000);

/** The feed inspector as an integrator uses it at night: by keyboard, from a bad message to a mended pack. */
let folder: string;
let house: Inspector;
let browser: Browser;
const now = Date.now();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'citywall-console-'));
  house = await openInspector({}, await deliveredWall(folder));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function logIn(width = 1920, height = 1080): Promise<{ page: Page; problems: string[] }> {
  const { page, problems } = await openPage(browser, width, height);
  // in demo mode this machine reads without a log-in: who changes a mapping is somebody
  await page.goto(`${house.url}/login?next=${encodeURIComponent('/console/feeds')}`);
  await page.locator('[name=password]').waitFor();
  await page.fill('[name=password]', PASSWORD);
  // Who is not logged in is told so once (401), which the browser notes.
  expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
  problems.length = 0;
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-feed="lab/count"]');
  return { page, problems };
}

/** Text that is too small, and whether the page itself scrolls. */
const AUDIT = `(() => {
  const wrong = [];
  const walker = document.createTreeWalker(document.querySelector('.console'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element || !element.checkVisibility()) continue;
    if (parseFloat(getComputedStyle(element).fontSize) < 13) wrong.push(node.textContent);
  }
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight) wrong.push('the page scrolls');
  return wrong;
})()`;

describe('the feed inspector', () => {
  it('leads by keyboard from a rejected message to its reading', async () => {
    for (let i = 0; i < 3; i++) await house.publish(`lab/count/p${i}`, JSON.stringify({ ts: now, id: `no. ${i}` }));
    await house.publish('lab/untimed/x', JSON.stringify({ door: 'open' }), { origin: 'simulated' });
    const kept = async () => (await house.ask('/api/v1/rejections?feed=lab/count')).json.items.length;
    await eventually(kept, (n) => n === 3);
    const { page, problems } = await logIn();

    await page.keyboard.press('/');
    await page.keyboard.type('lab/untimed');
    await page.keyboard.press('ArrowDown');
    await page.waitForSelector('[data-chosen="lab/untimed"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-payload]');
    await page.keyboard.press('e');
    await page.getByText('door = "open"').first().waitFor();
    expect(await page.locator('header .simulated').count()).toBe(1);

    await page.keyboard.press('/');
    await page.fill('[type=search]', 'count');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-chosen="lab/count"]');
    await page.keyboard.press('q');
    await page.waitForFunction(() => document.querySelectorAll('[data-rejection]').length === 3);
    await page.keyboard.press('e');
    await page.locator('[data-explain] .failed').first().waitFor();
    await page.keyboard.press('r');
    await page.waitForFunction(() =>
      /3 条.*0 条已映射/.test(document.querySelector('[data-outcome]')?.textContent ?? ''),
    );

    await page.keyboard.press('t');
    await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('id: count'));
    const text = await page.inputValue('textarea');
    await page.fill('textarea', text.replace('ops: [number] }', 'opps: [number] }'));
    await page.selectOption('.actions select', 'rejections');
    await page.focus('textarea');
    await page.keyboard.press('Control+Enter');
    await page.locator('.problems').getByText('opps').waitFor();
    expect(await page.locator('.gutter .wrong').innerText()).toBe('7');

    await page.fill('textarea', text.replace('ops: [number] }', 'ops: [text, { replace: ["no. ", ""] }, number] }'));
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('[data-trial]');
    expect(await page.locator('[data-row="mapped"]').innerText()).toMatch(/0\s+3$/);
    await page.keyboard.press('Control+s');
    await page.waitForSelector('[data-saved]');

    await page.keyboard.press('Escape');
    await page.keyboard.press('q');
    await page.waitForSelector('[data-rejection]');
    await page.keyboard.press('r');
    await page.waitForFunction(() => /3 条已映射/.test(document.querySelector('[data-outcome]')?.textContent ?? ''));
    await page.waitForFunction(() => document.querySelectorAll('[data-rejection]').length === 0);
    expect((await house.state.latest('lab/node/p2')).get('id')?.value).toBe(2);
    expect(await kept()).toBe(0);
    expect(problems).toEqual([]);
    await page.close();
  });

  it.each([
    [1920, 1080],
    [1366, 768],
  ])('has nothing under 13 px and does not scroll at %d×%d, in both languages', async (width, height) => {
    const { page, problems } = await logIn(width, height);
    for (const language of ['zh-CN', 'en']) {
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
      for (const key of ['m', 'q', 't']) {
        await page.keyboard.press(key);
        await page.waitForSelector('[role=tab][aria-selected=true]');
        expect(await page.evaluate(AUDIT)).toEqual([]);
      }
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      expect(await page.evaluate(AUDIT)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('l');
    }
    expect(problems).toEqual([]);
    await page.close();
  });

  it('types letters into fields, and says when the server is gone', async () => {
    const { page } = await logIn();
    await page.keyboard.press('/');
    await page.keyboard.type('request');
    expect(await page.inputValue('[type=search]')).toBe('request');
    expect(await page.locator('[role=tab][aria-selected=true]').innerText()).toContain('最近消息');
    await page.context().setOffline(true);
    await page.waitForSelector('.console[data-link="reconnecting"]');
    // What is not heard of is not said to be live.
    expect(await page.locator('[data-feed][data-state="live"]').count()).toBe(0);
    await page.context().setOffline(false);
    await page.waitForSelector('.console[data-link="live"]');
    await page.close();
  });
});
