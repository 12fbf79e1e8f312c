import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../../support/browser.js';
import { type BuiltWall, buildWall } from '../../support/builtWall.js';

/** The built wall in real Chromium under the strict content security policy, against the seeded fixture city. */
let wall: BuiltWall;
let base: string;
let browser: Browser;

beforeAll(async () => {
  wall = await buildWall();
  base = wall.base;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await wall?.close();
});

async function open(path: string, width = 1920, height = 1080) {
  const watched = await openPage(browser, width, height);
  await watched.page.goto(base + path);
  await watched.page.waitForSelector('[data-ready="true"]');
  return watched;
}

/** Boxes of panels and of all text in them, in px of the 1080p drawing. */
function boxes(page: Page): Promise<Record<string, number[]>> {
  return page.evaluate(() => {
    const factor = window.innerHeight / 1080;
    return Object.fromEntries(
      [
        ...document.querySelectorAll<HTMLElement>('[data-panel], [data-panel] h2, .display-header, .display-footer'),
      ].map((element, i) => {
        const box = element.getBoundingClientRect();
        return [
          `${i} ${element.dataset.panel ?? element.tagName}`,
          [box.x, box.y, box.width, box.height].map((length) => length / factor),
        ];
      }),
    );
  });
}

describe('the wall with the fixture city', () => {
  it('draws every panel of the overview, with nothing refused by the content security policy', async () => {
    const { page, problems } = await open('/preview?mood=live');
    const states = await page.$$eval('[data-panel]', (panels) =>
      panels.map((panel) => [(panel as HTMLElement).dataset.panel, (panel as HTMLElement).dataset.state]),
    );
    expect(states.length).toBeGreaterThan(15);
    // the fixture knows six systems: the index of all fourteen rests on more than it may miss, and shows no score
    expect(states.filter(([, state]) => state !== 'live')).toEqual([['health', 'waiting']]);
    const display = page.locator('.display');
    expect(await display.getAttribute('data-scene')).toBe('overview');
    expect(await display.getAttribute('data-link')).toBe('live');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('says of every reading where it comes from and how far to trust it', async () => {
    const { page } = await open('/preview?mood=partial');
    const readings = await page.$$eval('[data-metric]', (elements) =>
      elements.map((element) => ({ ...(element as HTMLElement).dataset }) as Record<string, string | undefined>),
    );
    expect(readings.length).toBeGreaterThan(50);
    for (const { quality, origin, at } of readings) {
      expect(['good', 'uncertain', 'bad', 'stale']).toContain(quality);
      expect(origin).toBe('simulated');
      if (at !== undefined) expect(new Date(at).toISOString()).toBe(at);
    }
    expect(readings.some(({ quality }) => quality === 'stale')).toBe(true);
    await page.close();
  });

  it('is the same picture at 1920×1080 and at 3840×2160', async () => {
    const small = await open('/preview?mood=live');
    const large = await open('/preview?mood=live', 3840, 2160);
    const [a, b] = [await boxes(small.page), await boxes(large.page)];
    expect(Object.keys(b)).toEqual(Object.keys(a));
    for (const [name, box] of Object.entries(a)) {
      box.forEach((length, i) => {
        expect({ name, i, far: Math.abs(length - b[name]![i]!) > 1.5 }).toEqual({ name, i, far: false });
      });
    }
    await small.page.close();
    await large.page.close();
  });

  it.each([
    [1366, 768],
    [1920, 1080],
    [1280, 1024],
    [7680, 2160],
  ])('nothing runs out of its panel or under 14 px at %d×%d', async (width, height) => {
    const { page } = await open('/preview?mood=partial', width, height);
    const wrong = await page.evaluate(() => {
      const out: string[] = [];
      for (const panel of document.querySelectorAll<HTMLElement>('[data-panel]')) {
        const box = panel.getBoundingClientRect();
        if (box.right > window.innerWidth + 1 || box.bottom > window.innerHeight + 1)
          out.push(`${panel.dataset.panel} outside`);
        if (panel.scrollHeight > panel.clientHeight + 2)
          out.push(`${panel.dataset.panel} ${panel.scrollHeight}>${panel.clientHeight}`);
      }
      for (const element of document.querySelectorAll<HTMLElement>(
        '.display p, .display span, .display h2, .display td, .display b',
      )) {
        const px = Number.parseFloat(getComputedStyle(element).fontSize);
        // names below the narrow reservoir columns are the one exception (12 px on small screens)
        if (px < (element.closest('.gauge') ? 12 : 13.9)) out.push(`${element.textContent} ${px}px`);
      }
      return out;
    });
    expect(wrong).toEqual([]);
    await page.close();
  });

  it('keeps the last picture when the link is lost, says so, and lets it grow old', async () => {
    const { page } = await open('/preview?mood=live&lose=500');
    await page.waitForSelector('.display[data-link="reconnecting"]');
    const text = () => page.locator('.link').innerText();
    expect(await text()).toMatch(/^正在重连 · 已断开 \d+ 秒$/);
    const panels = await page.locator('[data-panel]').count();
    await page.waitForFunction(() => /已断开 [2-9] 秒/.test(document.querySelector('.link')?.textContent ?? ''));
    expect(await page.locator('[data-panel]').count()).toBe(panels);
    expect(await page.locator('[data-metric]').count()).toBeGreaterThan(50);
    await page.close();
  });

  it('keeps what is broken in its own place', async () => {
    const { page } = await open('/preview?scene=faults');
    const shown = await page.$$eval('[data-panel]', (panels) =>
      panels.map((panel) => [(panel as HTMLElement).dataset.panel, (panel as HTMLElement).dataset.state]),
    );
    expect(Object.fromEntries(shown)).toEqual({
      unknown: 'error',
      'wrong-options': 'error',
      'no-view': 'error',
      broken: 'error',
      healthy: 'partial',
    });
    expect(await page.locator('[data-panel="unknown"]').innerText()).toContain('hologram');
    expect(await page.locator('[data-panel="healthy"] [data-metric]').count()).toBe(6);
    await page.close();
  });

  it.each(['silent', 'waiting', 'loading', 'error'])('invents nothing in the state %s', async (mood) => {
    const { page } = await open(`/preview?mood=${mood}`);
    const figures = await page.$$eval(
      '[data-panel="rain-max"] .figure-value, [data-panel="rain-map"] .value',
      (elements) => elements.map((element) => element.textContent?.trim().replace(/mm$/, '')),
    );
    expect(new Set(figures)).toEqual(new Set(['—']));
    await page.close();
  });

  /** What glows, what moves, and every value of the picture. */
  function decorationOf(page: Page) {
    return page.evaluate(() => {
      const lit: string[] = [];
      for (const element of document.querySelectorAll<HTMLElement>('.display, .display *')) {
        const { textShadow, boxShadow, filter } = getComputedStyle(element);
        const name = element.className.toString() || element.tagName;
        // rings and dark grounds of letters are not light
        if (`${textShadow} ${boxShadow} ${filter}`.includes('rgba(53, 208, 255')) lit.push(name);
      }
      // an unacknowledged P1 blinks in every theme and at every step: that is its message, no decoration
      const isAlarm = ({ effect }: Animation) =>
        (effect as KeyframeEffect).target?.closest('.urgent, [data-priority="1"]') != null;
      const moving = document
        .getAnimations()
        .filter((animation) => animation.playState === 'running' && !isAlarm(animation));
      return {
        lit: lit.length,
        moving: moving.map((animation) => {
          const effect = animation.effect as KeyframeEffect;
          const frames = effect.getKeyframes().flatMap((frame) => Object.keys(frame));
          const properties = frames.filter((key) => !['offset', 'computedOffset', 'easing', 'composite'].includes(key));
          return { seconds: Number(effect.getTiming().duration) / 1_000, properties: [...new Set(properties)] };
        }),
        values: document.querySelectorAll('[data-metric]').length,
        panels: document.querySelectorAll('[data-panel]').length,
      };
    });
  }

  it('glows in theme show only, and moves by transform and opacity only, slowly', async () => {
    const watch = await open('/preview?mood=live&power=0');
    const calm = await decorationOf(watch.page);
    expect(calm).toMatchObject({ lit: 0, moving: [] });
    const show = await open('/preview?mood=live&theme=show&power=0');
    const tour = await decorationOf(show.page);
    expect(tour.lit).toBeGreaterThan(20);
    expect(tour.moving.length).toBeGreaterThan(1);
    for (const { seconds, properties } of tour.moving) {
      expect(seconds).toBeLessThanOrEqual(60);
      for (const property of properties) expect(['transform', 'opacity']).toContain(property);
    }
    expect([tour.values, tour.panels]).toEqual([calm.values, calm.panels]);
    for (const { page } of [watch, show]) await page.close();
  });

  it('takes decoration away at every step of the low-power ladder and by D, and never a value', async () => {
    const { page } = await open('/preview?mood=live&theme=show&power=0');
    const before = await decorationOf(page);
    await page.keyboard.press('d');
    await page.waitForSelector('.display[data-power="1"]');
    const without = { lit: 0, moving: [], values: before.values, panels: before.panels };
    expect(await decorationOf(page)).toEqual(without);
    expect(await page.locator('.display-footer .power').innerText()).toBe('装饰已暂停');
    await page.keyboard.press('d');
    await page.waitForSelector('.display[data-power="0"]');
    expect((await decorationOf(page)).lit).toBe(before.lit);
    await page.close();
    for (const step of [1, 2, 3]) {
      const low = await open(`/preview?mood=live&theme=show&power=${step}`);
      expect(await decorationOf(low.page)).toEqual(without);
      await low.page.close();
    }
  });

  it('stands still where the computer asks for reduced motion, and glows on', async () => {
    const { page } = await open('/preview?mood=live&theme=show&power=0');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const still = await decorationOf(page);
    expect(still.moving).toEqual([]);
    expect(still.lit).toBeGreaterThan(20);
    await page.close();
  });

  it('speaks English, and shows the glow of tours', async () => {
    const { page } = await open('/preview?mood=live&lang=en&theme=show');
    expect(await page.locator('h1').innerText()).toBe('Dianjiang city operations overview');
    expect(await page.locator('.link').innerText()).toBe('Live');
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    expect(await page.locator('.display').getAttribute('data-theme')).toBe('show');
    await page.close();
  });
});
