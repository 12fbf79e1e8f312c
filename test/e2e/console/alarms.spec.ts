import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser.js';
import { type ServerProcess, type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';

jest.setTimeout(120_000);

const ADMIN = 'a password of the night shift';
const OWN = 'Night-shift 2026 !';
const EVIL = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';

/** The alarm desk as an operator uses it: two seats, real alarms from real messages. */
describe('the alarm desk', () => {
  let broker: Service;
  let redis: Service;
  let server: ServerProcess;
  let browser: Browser;
  let platform: MqttClient;
  let one: WatchedPage;
  let other: WatchedPage;
  const first = new Map<string, string>();

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
    platform = await connectAsync(broker.url);
    const { token } = await post('sessions', { user: 'admin', password: ADMIN });
    for (const [user, grants] of [
      ['seat-1', []],
      ['seat-2', ['lead']],
    ] as const)
      first.set(user, (await post('accounts', { user, roles: ['operator'], grants }, token)).password);
    one = await openPage(browser, 1366, 768);
    const elsewhere = await browser.newContext({ viewport: { width: 1366, height: 768 } });
    other = { page: await elsewhere.newPage(), problems: [] };
  });

  afterAll(async () => {
    await platform?.endAsync();
    await browser?.close();
    await server?.stop();
    await Promise.all([broker?.stop(), redis?.stop()]);
  });

  async function post(path: string, body: unknown, token?: string) {
    const answer = await fetch(`${server.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    });
    expect(answer.ok).toBe(true);
    return (await answer.json()) as { token: string; password: string };
  }

  /** An urgent case of the urban platform. */
  async function file(caseCode: string, desc: string) {
    const stageTime = new Date().toISOString();
    const message = {
      caseCode,
      recType: '部件',
      bigClass: '01',
      smallClass: '0103',
      gridCode: '500231001003017',
      desc,
      stageTime,
    };
    await platform.publishAsync('urbmgmt/case/file', JSON.stringify(message), { qos: 1 });
  }
  const rowOf = (page: Page, caseCode: string) => page.locator(`[data-alarm$="occurrence:${caseCode}"]`);
  /** Takes what waits behind the selection, and selects one. */
  async function select(page: Page, caseCode: string) {
    await page.locator(`.fresh, [data-alarm$="occurrence:${caseCode}"]`).first().waitFor();
    await page.keyboard.press('Home');
    await rowOf(page, caseCode).click();
    await page.waitForFunction((code) => document.querySelector(`[data-detail$="${code}"]`), caseCode);
  }
  const chosen = (page: Page) => page.locator('[data-detail]').getAttribute('data-detail');

  it('lets an operator in, who chooses a password first, and offers nothing else than they may', async () => {
    const { page } = one;
    await page.goto(`${server.url}/console`);
    await page.waitForURL(/\/login/);
    await page.fill('[name=user]', 'seat-1');
    await page.fill('[name=password]', first.get('seat-1')!);
    await page.keyboard.press('Enter');
    await page.fill('[name=next]', 'too short');
    await page.fill('[name=again]', 'too short');
    await page.keyboard.press('Enter');
    await page.locator('[role=alert]').waitFor();
    await page.fill('[name=next]', OWN);
    await page.fill('[name=again]', OWN);
    await page.keyboard.press('Enter');
    await page.locator('.desk').waitFor();
    expect(await page.locator('nav a').allTextContents()).not.toContainEqual(expect.stringMatching(/账号|审计/));
    await page.goto(`${server.url}/console/accounts`);
    await page.getByText('您的角色不能打开这一页').waitFor();
    await page.goto(`${server.url}/console/alarms`);
  });

  it('what an alarm says stays text', async () => {
    await file('500231-20260709-000001', EVIL);
    await rowOf(one.page, '500231-20260709-000001').waitFor();
    expect(await one.page.locator('[data-detail] h2').textContent()).toContain(EVIL);
    expect(await one.page.evaluate(() => (window as { pwned?: number }).pwned)).toBeUndefined();
    expect(await one.page.locator('.console img').count()).toBe(0);
  });

  it('the selection stays where it is when more urgent ones come; they wait to be taken', async () => {
    const before = await chosen(one.page);
    await one.page.keyboard.press('ArrowDown');
    await file('500231-20260709-000002', '雨水井盖移位');
    await one.page.waitForFunction(() => document.querySelectorAll('[data-alarm]').length === 2);
    expect(await chosen(one.page)).toBe(before);
    await one.page.keyboard.press('Home');
    expect(await one.page.locator('[data-alarm]').count()).toBe(2);
  });

  it('a key acknowledges at once, and typing does not', async () => {
    const { page } = one;
    await page.keyboard.press('/');
    await page.keyboard.type('a');
    expect(await page.locator('[data-alarm] [data-state=seen]').count()).toBe(0);
    // what is searched for may have left the chosen one out: whole again, it is where it was or another is
    await page.keyboard.press('Escape');
    await page.waitForFunction(
      () =>
        document.querySelectorAll('[data-alarm]').length === 2 &&
        !(document.activeElement instanceof HTMLInputElement) &&
        document.querySelector('[data-alarm][aria-selected=true]') !== null,
    );
    const id = await chosen(page);
    const state = `[data-alarm="${id}"] [data-state]`;
    expect(await page.locator(state).getAttribute('data-state')).toBe('open');
    const took = await page.evaluate(async (selector) => {
      const before = performance.now();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }));
      const seen = () => document.querySelector(selector)?.getAttribute('data-state') === 'seen';
      while (!seen() && performance.now() - before < 5_000)
        await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now() - before;
    }, state);
    expect(took).toBeLessThan(500);
    await page.waitForFunction((selector) => !document.querySelector(`${selector}.busy`), state);
    expect(await page.locator(state).getAttribute('data-state')).toBe('seen');
  });

  it('two seats at once: one wins, the other is told who was first', async () => {
    const { page } = other;
    await page.goto(`${server.url}/login?next=/console/alarms`);
    await page.fill('[name=user]', 'seat-2');
    await page.fill('[name=password]', first.get('seat-2')!);
    await page.keyboard.press('Enter');
    await page.fill('[name=next]', OWN);
    await page.fill('[name=again]', OWN);
    await page.keyboard.press('Enter');
    await page.locator('.desk').waitFor();
    await file('500231-20260709-000003', '路面塌陷');
    for (const seat of [one.page, page]) await select(seat, '500231-20260709-000003');
    // who else looks at it is seen by both
    await rowOf(page, '500231-20260709-000003').getByText('seat-1').waitFor();

    // the second seat's command is on its way while the first one's is carried out
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    let asked = () => {};
    const underWay = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await page.route('**/api/v1/alarms/**', async (route) => {
      if (route.request().method() === 'POST') {
        asked();
        await held;
      }
      await route.continue();
    });
    await page.keyboard.press('a');
    await underWay;
    await one.page.keyboard.press('a');
    await one.page.waitForFunction(() => document.querySelector('[data-alarm$="000003"] .dot.mine'));
    go();
    await page.locator('[data-detail] .heard').getByText('seat-1').waitFor();
    expect(await rowOf(page, '500231-20260709-000003').textContent()).toContain('seat-1');
  });

  it('the lead shelves with a reason, takes it back within ten seconds, and leaves a note', async () => {
    const { page } = other;
    await file('500231-20260709-000004', '护栏缺失');
    await select(page, '500231-20260709-000004');
    await page.keyboard.press('s');
    await page.fill('dialog [name=reason]', '检修');
    await page.keyboard.press('Enter');
    const state = rowOf(page, '500231-20260709-000004').locator('[data-state]');
    await page.waitForFunction(() => document.querySelector('[data-alarm$="000004"] [data-state=shelved]:not(.busy)'));
    await page.locator('.undo').waitFor();
    await page.keyboard.press('z');
    await page.waitForFunction(() => document.querySelector('[data-alarm$="000004"] [data-state=open]:not(.busy)'));
    expect(await state.getAttribute('data-state')).toBe('open');
    await page.keyboard.press('n');
    await page.fill('dialog [name=note]', '已派人');
    await page.keyboard.press('Control+Enter');
    await page.locator('.undo').waitFor();
  });

  it('in a flood a cause is one line and its P1; → opens it, F shows everything', async () => {
    const { page } = one;
    const rows = () => page.locator('[data-alarm]').count();
    const before = one.problems.length;
    // two seats bear twenty calls in ten minutes
    for (let n = 0; n < 20; n++) await file(`500231-20260709-0001${String(n).padStart(2, '0')}`, `井盖 ${n}`);
    await page.locator('.flood').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('[data-alarm]').length <= 2);
    const folded = await rows();
    const [raw, shown, held] = (await page.locator('.flood .stands b').allTextContents()).map(Number);
    expect(raw).toBeGreaterThan(20);
    expect((shown ?? 0) + (held ?? 0)).toBe(raw);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((n) => document.querySelectorAll('[data-alarm]').length > n, folded);
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction((n) => document.querySelectorAll('[data-alarm]').length === n, folded);
    await page.keyboard.press('f');
    await page.waitForFunction((n) => document.querySelectorAll('[data-alarm]').length > n + 3, folded);
    await page.keyboard.press('f');
    await page.waitForFunction((n) => document.querySelectorAll('[data-alarm]').length === n, folded);
    expect(one.problems.slice(before)).toEqual([]);
  });

  it('who is logged out is told at once, and asked to log in again', async () => {
    const { token } = await post('sessions', { user: 'admin', password: ADMIN });
    const answer = await fetch(`${server.url}/api/v1/accounts/seat-1/sessions`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(204);
    await one.page.waitForURL(/\/login\?.*why=ended/, { timeout: 20_000 });
    await one.page.getByText('登录已结束').waitFor();
    // who was here comes again soonest
    expect(await one.page.inputValue('[name=user]')).toBe('seat-1');
    expect(one.problems.filter((problem) => !/40[0139]/.test(problem))).toEqual([]);
  });
});
