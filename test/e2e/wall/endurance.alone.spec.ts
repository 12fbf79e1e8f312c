import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { DisplayKeeper } from '../../../apps/server/src/displays/display-keeper.service.js';
import { Displays } from '../../../apps/server/src/frames/displays.js';
import { type House, PASSWORD, startHouse } from '../../integration/api/house.js';
import { batch, reading } from '../../integration/state/open-state.js';
import { alive, collectGarbage } from '../../support/alive.js';
import { launchBrowser, openPage } from '../../support/browser.js';
import { previewWall } from '../../support/builtWall.js';

jest.setTimeout(60_000);

/** What keeps a display honest and alive, in a real browser against a real server: its keys, its reload, its origins. */
const OUT = join(import.meta.dirname, '../out');
const SCENE = `scenes:
  - id: water
    name: { zh: 水利, en: Water }
    grid: { columns: 24, rows: 12 }
    panels:
      - id: highest
        type: figure
        at: { x: 0, y: 0, w: 8, h: 2 }
        title: { zh: 最高水位, en: Highest level }
        views: { main: { kind: aggregate, of: reservoir/level, fn: max } }
        options: { main: { show: value } }
      - id: longtan
        type: line
        at: { x: 0, y: 2, w: 16, h: 10 }
        title: { zh: 龙滩水位, en: Longtan level }
        views: { series: { kind: series, asset: reservoir/longtan, metric: level, window: 1h, step: 1m } }
        options: {}
`;
let folder: string;
let house: House;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(OUT, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'citywall-endure-'));
  const wall = await previewWall(folder);
  mkdirSync(join(folder, 'site/water'), { recursive: true });
  writeFileSync(join(folder, 'site/water/scene.yaml'), SCENE);
  house = await startHouse({ CITYWALL_ROLES: 'api,push', CITYWALL_PACKS_DIR: join(folder, 'site') }, undefined, wall);
  const now = Date.now();
  for (const minute of [3, 2, 1]) {
    const level = reading({
      typeKey: 'reservoir/longtan',
      metric: 'level',
      value: 460 + minute,
      at: now - minute * 60_000,
      receivedAt: now,
      feed: 'realtime',
      flags: minute === 1 ? ['rate'] : [],
      quality: minute === 1 ? 'uncertain' : 'good',
      declared: true,
    });
    await house.state.apply('water', batch({ readings: [level] }));
  }
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(query = 'scene=water', before?: (page: Page) => Promise<unknown>) {
  const watched = await openPage(browser, 1920, 1080);
  const { page } = watched;
  const origins = new Set<string>();
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await before?.(page);
  await page.goto(`${house.url}/display?${query}`);
  await page.waitForSelector('[data-ready="true"][data-link="live"]');
  return { ...watched, origins };
}

describe('a display', () => {
  it('asks nothing of any other computer, and breaks no rule of the content security policy', async () => {
    const { page, problems, origins } = await open();
    await page.keyboard.press('t');
    await page.waitForSelector('[data-theme="show"][data-ready="true"]');
    await page.keyboard.press('h');
    await page.waitForSelector('.display-help');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.display-help', { state: 'detached' });
    await page.keyboard.press('l');
    await page.waitForFunction(() => document.documentElement.lang === 'en');
    expect([...origins]).toEqual([house.url]);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('says where a number comes from: by key, by another key the next one, and by click on this computer', async () => {
    const { page, problems } = await open();
    await page.keyboard.press('p');
    const card = page.locator('.provenance');
    await card.locator('.reading').waitFor();
    const text = await card.innerText();
    for (const part of ['龙滩水库', '水位', 'water/realtime', 'slj/{key...}', '存疑', '变化快得不合常理', '1/1']) {
      expect(text).toContain(part);
    }
    await page.screenshot({ path: join(OUT, 'provenance.png') });
    await page.keyboard.press('ArrowDown');
    await card.getByText('龙滩水位', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    await page.locator('[data-panel="highest"] [data-metric]').first().click();
    await card.locator('.reading').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  it('loads itself again behind its last picture, and says why', async () => {
    const watch = (page: Page) =>
      page.addInitScript(`(() => {
        const seen = (window.__seen = { overlay: false, bare: 0 });
        const look = () => {
          const overlay = document.getElementById('last-picture') !== null;
          const ready = document.querySelector('[data-ready="true"]') !== null;
          if (overlay) seen.overlay = true;
          if (seen.overlay && !overlay && !ready) seen.bare++;
          requestAnimationFrame(look);
        };
        look();
      })()`);
    const { page, problems } = await open('scene=water&screen=hall', watch);
    const loaded = page.waitForEvent('load');
    await page.keyboard.press('r');
    await loaded;
    await page.waitForSelector('[data-ready="true"][data-link="live"]');
    await page.waitForSelector('#last-picture', { state: 'detached' });
    expect(await page.evaluate('window.__seen')).toEqual({ overlay: true, bare: 0 });
    await page.waitForFunction(() => document.querySelector('.display')?.getAttribute('data-screen') === 'hall');
    await expectDisplay('hall', ({ rendered }) => rendered?.loaded?.why === 'planned' && rendered.panels === 2);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows that the clock of its computer is wrong, and the right time all the same', async () => {
    const { page } = await open('scene=water', (one) =>
      one.addInitScript('{ const now = Date.now; Date.now = () => now() + 90_000; }'),
    );
    await page.getByText('本机时钟快 1 分钟，已校正').waitFor();
    const shown = await page.locator('.display-header .clock').innerText();
    const seconds = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    const right = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', timeStyle: 'medium' }).format();
    expect(Math.abs(seconds(shown) - seconds(right))).toBeLessThan(5);
    await page.close();
  });

  it('today is another day after midnight in the county, without a reload', async () => {
    const { page } = await openPage(browser, 1920, 1080);
    await page.clock.install({ time: '2026-07-09T15:59:50Z' });
    await page.goto(`${house.url}/preview?mood=live`);
    await page.waitForSelector('.display-header .date');
    await page.clock.runFor(2_000);
    expect(await page.locator('.display-header .date').innerText()).toMatch(/2026-07-09/);
    await page.clock.runFor(20_000);
    expect(await page.locator('.display-header .date').innerText()).toMatch(/2026-07-10/);
    await page.close();
  });

  it('gives back what a scene used when another one is shown', async () => {
    // timers and animation frames that wait, counted where they are asked for
    const { page } = await open('scene=water', (one) =>
      one.addInitScript(`(() => {
        const waiting = (window.__waiting = { intervals: new Set(), frames: new Set() });
        const { setInterval, clearInterval, requestAnimationFrame, cancelAnimationFrame } = window;
        window.setInterval = (...all) => {
          const id = setInterval(...all);
          waiting.intervals.add(id);
          return id;
        };
        window.clearInterval = (id) => (waiting.intervals.delete(id), clearInterval(id));
        window.requestAnimationFrame = (call) => {
          const id = requestAnimationFrame((at) => (waiting.frames.delete(id), call(at)));
          waiting.frames.add(id);
          return id;
        };
        window.cancelAnimationFrame = (id) => (waiting.frames.delete(id), cancelAnimationFrame(id));
      })()`),
    );
    const cdp = await page.context().newCDPSession(page);
    const count = async () => {
      await collectGarbage(cdp);
      const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
      const { intervals, frames } = await page.evaluate(() => {
        const { intervals, frames } = (window as never as { __waiting: Record<string, Set<number>> }).__waiting;
        return { intervals: intervals!.size, frames: frames!.size };
      });
      return {
        nodes,
        listeners: jsEventListeners,
        intervals,
        frames,
        canvases: await alive(cdp, 'HTMLCanvasElement'),
        observers: await alive(cdp, 'ResizeObserver'),
        charts: await page.locator('[_echarts_instance_]').count(),
      };
    };
    // locators, not handles: a handle kept by the test would keep its element alive
    const there = async (scene: string, key: string) => {
      await page.keyboard.press(key);
      await page.locator(`[data-scene="${scene}"] main.scene`).waitFor();
    };
    const round = async () => {
      await there('overview', '1');
      await there('water', '2');
      await page.locator('[data-scene="water"][data-ready="true"]').waitFor();
    };
    for (let i = 0; i < 3; i++) await round();
    const before = await count();
    for (let i = 0; i < 10; i++) await round();
    const after = await count();
    const screen = await page.locator('.display').getAttribute('data-screen');
    const { connections } = await connected(screen);
    expect(connections).toBe(1);
    // the scene has one chart: one instance, whatever was shown before
    expect([before.charts, after.charts]).toEqual([1, 1]);
    expect(after.intervals).toBe(before.intervals);
    expect(after.frames).toBeLessThanOrEqual(before.frames + 1);
    // some is collected late: what twenty scenes had left behind would be hundreds
    expect(after.listeners - before.listeners).toBeLessThan(20);
    expect(after.nodes - before.nodes).toBeLessThan(200);
    expect(after.canvases - before.canvases).toBeLessThan(6);
    expect(after.observers - before.observers).toBeLessThan(10);
    await page.close();
  });
});

/** Connections of one screen, and those that never said whose they are. */
async function connected(screen: string | null): Promise<{ connections: number }> {
  const displays = house.server.app.get(Displays);
  const until = Date.now() + 10_000;
  for (;;) {
    const own = displays.all().filter(({ rendered }) => rendered === null || rendered.screen === screen);
    if (own.length === 1 || Date.now() > until) return { connections: own.length };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function expectDisplay(
  id: string,
  // biome-ignore lint/suspicious/noExplicitAny: the item as it was answered
  met: (item: any) => boolean,
): Promise<void> {
  const keeper = house.server.app.get(DisplayKeeper);
  const until = Date.now() + 20_000;
  for (;;) {
    await keeper.keep();
    const { items } = (await house.ask('/api/v1/displays')).json;
    const item = items.find((one: { id: string }) => one.id === id);
    if (item && met(item)) return;
    if (Date.now() > until) throw new Error(JSON.stringify(items));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('/console/displays', () => {
  it.each([
    [1920, 1080],
    [1366, 768],
  ])('shows every screen with what it reports, troubled ones first, at %d×%d', async (width, height) => {
    const wall = await open('scene=water&screen=hall-left');
    const dark = await open('scene=water&screen=lobby');
    await dark.page.evaluate(() => {
      for (const panel of document.querySelectorAll<HTMLElement>('[data-panel]')) panel.style.display = 'none';
    });
    await expectDisplay('lobby', ({ state }) => state === 'black');
    const { page } = await openPage(browser, width, height);
    await page.goto(`${house.url}/login?next=/console/displays`);
    await page.fill('[name=password]', PASSWORD);
    await page.keyboard.press('Enter');
    const card = (id: string) => page.locator(`[data-display="${id}"]`);
    await card('lobby').getByText('黑屏：画面没有画成，面板未绘出').waitFor();
    expect(await card('hall-left').getAttribute('data-state')).toBe('live');
    expect(await page.locator('[data-display]').first().getAttribute('data-display')).toBe('lobby');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('[aria-selected="true"]').getAttribute('data-display')).toBe('lobby');
    await page.screenshot({ path: join(OUT, `displays-${width}.png`) });
    const wrong = await page.evaluate(() => {
      const out: string[] = [];
      for (const one of document.querySelectorAll<HTMLElement>('.display-card')) {
        if (one.scrollWidth > one.clientWidth + 1) out.push(`${one.dataset.display} runs over`);
      }
      if (document.documentElement.scrollHeight > innerHeight + 1) out.push('the page scrolls');
      return out;
    });
    expect(wrong).toEqual([]);
    await page.keyboard.press('2');
    await page.waitForURL(/console\/feeds/);
    for (const one of [page, wall.page, dark.page]) await one.close();
  });
});
