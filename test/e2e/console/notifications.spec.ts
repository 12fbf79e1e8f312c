import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';
import { type ServerProcess, type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';

jest.setTimeout(120_000);

const ADMIN = 'a password of the night shift';

/** Who is told outside, as a shift lead sees it: a real receiver, a real alarm. */
describe('the notifications page', () => {
  let broker: Service;
  let redis: Service;
  let server: ServerProcess;
  let browser: Browser;
  let platform: MqttClient;
  let receiver: Receiver;
  let seat: WatchedPage;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'citywall-notify-'));
    [broker, redis, browser, receiver] = await Promise.all([
      startMosquitto(),
      startRedis(),
      launchBrowser(),
      startReceiver(),
    ]);
    const target = `{ url: '${receiver.url}/hooks/key-of-the-bot', secret: 'not to be shown', loopback: true }`;
    const file = `targets:\n  duty: ${target}\nroutes:\n  - { id: all, to: [duty], hours: "00:00-24:00" }\n`;
    writeFileSync(join(folder, 'notifications.yaml'), file);
    server = await startServer({
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_ROLES: 'ingest,push,api',
      CITYWALL_DEMO: '0',
      CITYWALL_ADMIN_PASSWORD: ADMIN,
      CITYWALL_DATA_DIR: folder,
      CITYWALL_LOG_LEVEL: 'error',
    });
    platform = await connectAsync(broker.url);
    seat = await openPage(browser, 1366, 768);
  });
  afterAll(async () => {
    await platform?.endAsync();
    await browser?.close();
    await server?.stop();
    await Promise.all([broker?.stop(), redis?.stop(), receiver?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells targets and routes, and nothing that is secret', async () => {
    const { page } = seat;
    await page.goto(`${server.url}/login?next=/console/notifications`);
    await page.fill('[name=user]', 'admin');
    await page.fill('[name=password]', ADMIN);
    await page.keyboard.press('Enter');
    await page.locator('[data-target=duty] [data-state=quiet]').waitFor();
    await page.locator('[data-route=all]').getByText('00:00-24:00').waitFor();
    expect(await page.content()).not.toMatch(/key-of-the-bot|not to be shown/);
  });

  it('tries a target by a key, and says what came of it', async () => {
    const { page } = seat;
    await page.keyboard.press('t');
    await page.locator('[data-tested].done').waitFor();
    expect(receiver.received.at(-1)?.json).toMatchObject({ type: 'test' });
    receiver.reply = () => ({ status: 400, body: 'no such hook' });
    // while one is on its way the key does nothing
    await page.locator('[data-test]:enabled').waitFor();
    await page.keyboard.press('t');
    await page.locator('[data-tested].trouble').waitFor();
  });

  it('shows what was given up, and sends it again by a key', async () => {
    const { page } = seat;
    const stageTime = new Date().toISOString();
    const grid = { smallClass: '0103', bigClass: '01', recType: '部件', gridCode: '500231001003017' };
    const message = { ...grid, caseCode: '500231-20260709-000001', desc: '雨水井盖移位', stageTime };
    await platform.publishAsync('urbmgmt/case/file', JSON.stringify(message), { qos: 1 });
    await page.locator('[data-resend]').first().waitFor({ timeout: 30_000 });
    await page.locator('[data-target=duty] [data-state=failing], [data-target=duty] [data-state=lost]').waitFor();
    const before = receiver.received.length;
    receiver.reply = () => ({ status: 200 });
    await page.keyboard.press('r');
    await receiver.until(before + 1);
    await page.locator('[data-resend]').waitFor({ state: 'detached', timeout: 30_000 });
    await page.locator('[data-target=duty] [data-state=well]').waitFor({ timeout: 30_000 });
    expect(receiver.received.at(-1)?.json).toMatchObject({ type: 'alarm.raised' });
    expect(seat.problems.filter((problem) => !/401/.test(problem))).toEqual([]);
  });

  it('a file with mistakes is said with their places, and the last good one is used on', async () => {
    const { page } = seat;
    writeFileSync(join(folder, 'notifications.yaml'), 'targets:\n  duty: { url: 7 }\nroutes: []\n');
    await page.locator('[data-refused]').waitFor({ timeout: 40_000 });
    expect(await page.locator('[data-refused]').textContent()).toMatch(/notifications\.yaml:2:\d+/);
    await page.locator('[data-target=duty]').waitFor();
  });
});
