import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage } from '../../support/browser.js';
import { type House, startHouse } from '../../support/house.js';

jest.setTimeout(180_000);

const PASSWORD = 'one-storm-a-day';

/** The simulator's page in front of the whole simulated city: a story is begun, and the wall tells it. */
let house: House;
let browser: Browser;
const dir = mkdtempSync(join(tmpdir(), 'citywall-simulator-'));

beforeAll(async () => {
  house = await startHouse(join(dir, 'data'), { CITYWALL_ADMIN_PASSWORD: PASSWORD });
  browser = await launchBrowser();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await house?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

describe('the page of the simulator', () => {
  it('begins the rainstorm by keyboard, lets it run twenty times as fast, and a display shows the river rise', async () => {
    const wall = await openPage(browser, 1920, 1080);
    await wall.page.goto(`${house.url}/display?scene=water`);
    const river = '[data-asset="water/river/60711201"][data-metric="level"]';
    await wall.page.waitForSelector(river, { timeout: 60_000 });

    const { page, problems } = await openPage(browser, 1366, 768);
    await page.goto(`${house.url}/login?next=${encodeURIComponent('/console/simulator')}`);
    await page.fill('[name=password]', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-scenario="rainstorm"]');
    await page.click('[data-scenario="rainstorm"]');
    await page.click('[data-speed="20"]');
    await page.waitForSelector('[data-speed="20"][aria-pressed="true"]');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('[data-story]')?.getAttribute('data-minute') !== '');
    // to the milestone at which the river passes its warning stage
    await page.click('[data-mark="36"]');
    await page.waitForFunction(() => Number(document.querySelector('[data-story]')?.getAttribute('data-minute')) >= 36);
    await wall.page.waitForFunction(
      (selector) => Number.parseFloat(document.querySelector(selector)?.textContent ?? '') > 421.5,
      river,
      { timeout: 60_000 },
    );

    await page.keyboard.press(' ');
    await page.getByText('剧情停在这一刻').waitFor();
    await page.selectOption('form select >> nth=0', 'silence');
    await page.click('.faults button[type=submit]');
    await page.waitForSelector('[data-fault]');
    await page.click('[data-fault] button');
    await page.waitForSelector('[data-fault]', { state: 'detached' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('s');
    await page.getByText('平常的一天').waitFor();

    const cramped = await page.evaluate(() => {
      const small = [...document.querySelectorAll('.console *')].filter(
        (element) => element.textContent?.trim() && Number.parseFloat(getComputedStyle(element).fontSize) < 13,
      );
      const { scrollWidth, scrollHeight } = document.documentElement;
      return small.length > 0 || scrollWidth > innerWidth || scrollHeight > innerHeight;
    });
    expect(cramped).toBe(false);
    // who is not logged in yet is told so once
    expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
  });
});
