import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser.js';
import { type ServerProcess, type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';

jest.setTimeout(120_000);

const ADMIN = 'a password of the night shift';
const HOUR = 3_600_000;

/** Somebody leaves the desk in the middle of a note. */
describe('a desk that is left', () => {
  let broker: Service;
  let redis: Service;
  let keys: Redis;
  let server: ServerProcess;
  let browser: Browser;
  let platform: MqttClient;
  let seat: WatchedPage;

  beforeAll(async () => {
    [broker, redis, browser] = await Promise.all([startMosquitto(), startRedis(), launchBrowser()]);
    server = await startServer({
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_ROLES: 'ingest,push,api',
      CITYWALL_DEMO: '0',
      CITYWALL_ADMIN_PASSWORD: ADMIN,
      CITYWALL_LOG_LEVEL: 'warn',
    });
    keys = new Redis({ path: redis.url.replace('unix://', '') });
    platform = await connectAsync(broker.url);
    seat = await openPage(browser, 1366, 768);
    const stageTime = new Date().toISOString();
    const grid = { smallClass: '0103', bigClass: '01', recType: '部件', gridCode: '500231001003017' };
    const message = { ...grid, caseCode: '500231-20260709-000001', desc: '雨水井盖移位', stageTime };
    await platform.publishAsync('urbmgmt/case/file', JSON.stringify(message), { qos: 1 });
  });
  afterAll(async () => {
    keys?.disconnect();
    await platform?.endAsync();
    await browser?.close();
    await server?.stop();
    await Promise.all([broker?.stop(), redis?.stop()]);
  });

  async function logIn() {
    await seat.page.fill('[name=user]', 'admin');
    await seat.page.fill('[name=password]', ADMIN);
    await seat.page.keyboard.press('Enter');
    await seat.page.locator('[data-detail]').waitFor();
  }
  /** As if the person had done nothing for so long, ms. */
  async function left(ago: number) {
    const cookie = (await seat.page.context().cookies()).find(({ name }) => name === 'citywall_session');
    const key = `cw:session:${createHash('sha256')
      .update(cookie?.value ?? '')
      .digest('hex')}`;
    const session = JSON.parse((await keys.get(key)) ?? '{}');
    const now = Date.now();
    const text = JSON.stringify({ ...session, createdAt: now - 5 * HOUR, activeAt: now - ago, expiresAt: now + HOUR });
    await keys.set(key, text, 'PX', HOUR);
  }

  it('is warned before it ends, and a key keeps it', async () => {
    const { page } = seat;
    await page.goto(`${server.url}/console/alarms`);
    await logIn();
    await left(2 * HOUR - 4 * 60_000);
    await page.locator('.idle').waitFor({ timeout: 20_000 });
    expect(await page.locator('.idle').textContent()).toMatch(/3:\d\d 后因无人操作退出登录/);
    await page.keyboard.press('ArrowDown');
    await page.locator('.idle').waitFor({ state: 'detached' });
  });

  it('ends with what was being written kept, for the same person', async () => {
    const { page } = seat;
    await page.keyboard.press('n');
    await page.fill('dialog [name=note]', '已派人核查，等回');
    // long enough that the page hears of it before it is over
    await left(2 * HOUR - 15_000);
    await page.waitForURL(/\/login\?.*why=idle/, { timeout: 60_000 });
    await page.getByText('两小时无人操作').waitFor();
    await logIn();
    await page.locator('[data-act=comment]').getByText('有未写完的').waitFor();
    await page.keyboard.press('n');
    expect(await page.inputValue('dialog [name=note]')).toBe('已派人核查，等回');
    await page.keyboard.press('Control+Enter');
    await page.locator('.undo').waitFor();
  });

  it('a note that can still be taken back is sent when the page is left', async () => {
    const { page } = seat;
    await page.goto('about:blank');
    const session = await fetch(`${server.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: ADMIN }),
    });
    const { token } = (await session.json()) as { token: string };
    const texts = async () => {
      const answer = await fetch(`${server.url}/api/v1/alarms`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const { items } = (await answer.json()) as { items: { comments: { text: string }[] }[] };
      return items.flatMap(({ comments }) => comments.map(({ text }) => text));
    };
    const until = Date.now() + 10_000;
    while (!(await texts()).includes('已派人核查，等回')) if (Date.now() > until) throw new Error('it was not sent');
  });
});
