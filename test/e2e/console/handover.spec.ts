import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StandingAlarm } from '@citywall/model';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { AuthRepository } from '../../../apps/server/src/auth/auth.repository.js';
import { hashPassword } from '../../../apps/server/src/auth/password.js';
import { alarmListOf, type House, PASSWORD, startHouse } from '../../integration/api/house.js';
import { launchBrowser, openPage } from '../../support/browser.js';
import { deliveredWall } from '../../support/builtWall.js';
import { happening } from '../../support/happening.js';

jest.setTimeout(120_000);

/** From one shift to the next as two people do it: by keyboard, each at a seat of their own. */
describe('the handover of a shift', () => {
  let folder: string;
  let house: House;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'citywall-handover-'));
    house = await startHouse({ CITYWALL_DEMO: '0' }, undefined, await deliveredWall(folder));
    browser = await launchBrowser();
    const password = await hashPassword(PASSWORD);
    const accounts = house.server.app.get(AuthRepository);
    const operator = { password, roles: ['operator' as const], createdAt: Date.now() };
    await accounts.createAccount('leaves', operator);
    await accounts.createAccount('leads', { ...operator, grants: ['lead'] });
    const list = await alarmListOf(house, 'urban', 'water');
    const text = { zh: '<img src=x onerror="document.title=1"> 水位超限', en: 'Level' };
    const alarm = happening('longtan', 'raised', { text, priority: 1 }, Date.now() - 600_000).alarm;
    list.replace('water', [alarm as StandingAlarm], []);
    list.replace('urban', [], []);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function seat(user: string, shown: string): Promise<{ page: Page; problems: string[] }> {
    const opened = await openPage(browser, 1920, 1080);
    const { page, problems } = opened;
    await page.goto(`${house.url}/console/handover`);
    await page.waitForURL(/\/login\?next=/);
    await page.fill('[name=user]', user);
    await page.fill('[name=password]', PASSWORD);
    // Who is not logged in is told so once (401), which the browser notes.
    problems.length = 0;
    await page.keyboard.press('Enter');
    await page.waitForSelector(`.sheet[data-handover="${shown}"]`);
    return opened;
  }
  const answer = async (page: Page, text: string) => {
    await page.fill('dialog textarea', text);
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('dialog', { state: 'detached' });
  };

  it('is noted, made, signed by another and fit to be printed', async () => {
    const { page: first, problems } = await seat('leaves', 'draft');
    expect(await first.textContent('[data-alarm="water/high/reservoir/longtan"] .wide')).toContain('<img src=x');
    await first.keyboard.press('n');
    await answer(first, '闸门检修\n到 18 点');
    await first.waitForSelector('.sheet .text:has-text("闸门检修")');
    await first.keyboard.press('g');
    await answer(first, '平稳');
    await first.waitForSelector('.sheet[data-handover="1"][data-state=waiting]');
    // who made it does not sign it
    await first.keyboard.press('t');
    expect(await first.locator('dialog').count()).toBe(0);

    const { page: second, problems: others } = await seat('leads', '1');
    // what waits for them is what they see
    await second.waitForSelector('.sheet[data-state=waiting]');
    await second.keyboard.press('t');
    await answer(second, '');
    await second.waitForSelector('.sheet[data-handover="1"][data-state=signed]');
    const signatures = (await second.textContent('.signatures')) ?? '';
    for (const part of ['leaves', '平稳', 'leads']) expect(signatures).toContain(part);

    await second.emulateMedia({ media: 'print' });
    const shown = (selector: string) => second.locator(selector).first().isVisible();
    expect(await Promise.all(['.sheet', '.sheet .ink', '.console > header', '.acts'].map(shown))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await second.title()).not.toBe('1');
    expect([...problems, ...others]).toEqual([]);
  });
});
