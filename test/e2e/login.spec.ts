/** Without demo mode nothing is shown before somebody logs in; then the display opens with that session. */
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

  it('sends to the log-in, refuses a wrong password in words, and comes back to the scene', async () => {
    const { page } = await openPage(browser, 1920, 1080);
    await page.goto(`${server.url}/display?scene=overview`);
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
