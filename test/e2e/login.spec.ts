/** Without demo mode nothing is shown before a display is paired, or somebody logs in on it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser.js';
import { type ServerProcess, type Service, startMosquitto, startRedis, startServer } from '../support/services.js';

const PASSWORD = 'a password of the night shift';

describe('a display without demo mode', () => {
  let broker: Service;
  let redis: Service;
  let server: ServerProcess;
  let browser: Browser;

  beforeAll(async () => {
    [broker, redis, browser] = await Promise.all([startMosquitto(), startRedis(), launchBrowser()]);
    server = await startServer({
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_ROLES: 'ingest,push,api',
      CITYWALL_DEMO: '0',
      CITYWALL_ADMIN_PASSWORD: PASSWORD,
      CITYWALL_LOG_LEVEL: 'warn',
    });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await Promise.all([broker?.stop(), redis?.stop()]);
  });

  it('shows a code, watches once it was entered at the desk, and shows another code when it is revoked', async () => {
    const ask = async (path: string, init: RequestInit = {}) =>
      fetch(`${server.url}/api/v1/${path}`, { ...init, headers: { ...init.headers, ...admin } });
    const opened = await fetch(`${server.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: PASSWORD }),
    });
    const admin = { authorization: `Bearer ${((await opened.json()) as { token: string }).token}` };
    const { page } = await openPage(browser, 1920, 1080);
    await page.goto(`${server.url}/display?scene=overview`);
    const shown = page.locator('.pairing:not([data-code=""])');
    await shown.waitFor();
    const code = (await shown.getAttribute('data-code')) ?? '';
    expect(code).toMatch(/^[A-HJ-NP-Z2-9]{6}$/);
    expect((await page.locator('.pairing .code').innerText()).replaceAll(/\s/g, '')).toBe(code);
    // the page that is loaded anew shows the same one
    await page.reload();
    await page.locator(`.pairing[data-code="${code}"]`).waitFor();

    // at the desk, as an operator does it
    const { page: desk } = await openPage(browser, 1440, 900);
    await desk.goto(`${server.url}/login?next=/console/displays`);
    await desk.locator('input[type="password"]').fill(PASSWORD);
    await desk.locator('input[type="password"]').press('Enter');
    await desk.getByRole('button', { name: '配对新屏' }).click();
    await desk.locator('input[name="code"]').fill('ZZZZZZ');
    await desk.locator('input[name="name"]').fill('大厅左屏');
    await desk.locator('input[name="name"]').press('Enter');
    await desk.locator('.pairing .trouble').waitFor();
    await desk.locator('input[name="code"]').fill(code.toLowerCase());
    await desk.locator('input[name="code"]').press('Enter');
    await desk.locator('[data-paired]').getByText('大厅左屏').waitFor();
    await page.locator('[data-scene="overview"][data-link="live"]').waitFor();
    // nobody is logged in there
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.reload();
    await page.locator('[data-scene="overview"][data-link="live"]').waitFor();

    await desk.locator('[data-paired] button').click();
    await desk.locator('[data-paired] button').click();
    await page.locator('.pairing:not([data-code=""])').waitFor({ timeout: 10_000 });
    expect(await page.locator('.pairing').getAttribute('data-code')).not.toBe(code);
    await desk.locator('[data-paired]').waitFor({ state: 'detached' });
    const { items } = (await (await ask('audit?action=displays')).json()) as { items: { action: string }[] };
    expect(items.map(({ action }) => action)).toEqual([
      'displays.revoke',
      'displays.pair',
      'displays.pair',
      'displays.pair',
    ]);
    await desk.close();
    await page.close();
  });

  it('leads to the log-in as well, refuses a wrong password in words, and comes back to the scene', async () => {
    const { page } = await openPage(browser, 1920, 1080);
    await page.goto(`${server.url}/display?scene=overview`);
    await page.locator('.pairing .account').click();
    await page.waitForURL(/\/login/);
    const password = page.locator('input[type="password"]');

    await password.fill('not this one');
    await password.press('Enter');
    await page.locator('[role="alert"]').waitFor();
    expect(page.url()).toContain('/login');

    await password.fill(PASSWORD);
    await password.press('Enter');
    await page.waitForURL(/\/display\?scene=overview/);
    await page.locator('[data-scene="overview"][data-link="live"]').waitFor();
    // no simulator and no platform: every panel says that it waits, none shows a number
    expect(await page.locator('[data-quality="good"]').count()).toBe(0);
    await page.close();
  });

  it('gives nothing over HTTP without a session', async () => {
    const answer = await fetch(`${server.url}/api/v1/systems`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});
