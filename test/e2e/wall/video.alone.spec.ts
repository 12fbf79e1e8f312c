/**
 * Camera pictures that really play: parts of H.264 from the server's own playlists, in a real browser. Whether the picture moves
 * is read from the picture.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { APIResponse, Browser, Page, Route } from 'playwright-core';
import { type House, startHouse } from '../../integration/api/house.js';
import { batch, reading } from '../../integration/state/open-state.js';
import { alive, collectGarbage } from '../../support/alive.js';
import { launchBrowser, openPage } from '../../support/browser.js';
import { deliveredWall } from '../../support/builtWall.js';

jest.setTimeout(120_000);

/** Fifteen cameras whose picture moves, and one whose platform goes on sending the same one. */
const MOVING = Array.from({ length: 15 }, (_, index) => `c${String(index + 1).padStart(2, '0')}`);
const CAMERAS = [...MOVING, 'still'];
const MOST = 6;
const PACK: Record<string, string> = {
  'pack.yaml': `id: video
name: { zh: 视频, en: Video }
order: 5
assetTypes: { camera: { name: { zh: 摄像机, en: Camera }, expected: [state] } }
`,
  'metrics.yaml': `metrics:
  - id: camera/state
    name: { zh: 状态, en: State }
    kind: state
    staleAfter: 10m
    history: none
    states: { online: { zh: 在线, en: Online }, lost: { zh: 丢失, en: Lost } }
`,
  'feeds.yaml': `feeds:
  - { id: status, topic: 'cams/{key}', decode: text, asset: 'camera/{key}', readings: { state: { path: '@' } } }
`,
  'simulator.yaml': `video: { of: camera, still: [still] }
`,
  'assets.geojson': JSON.stringify({
    type: 'FeatureCollection',
    features: CAMERAS.map((key) => ({
      type: 'Feature',
      id: `camera/${key}`,
      properties: {
        name: `路口 ${key}`,
        subject: key === 'still' ? 'river' : 'junction',
        stream: '/video/{key}/{stream}.m3u8',
        placement: 'schematic',
        inService: true,
      },
      geometry: { type: 'Point', coordinates: [107.3, 30.3] },
    })),
  }),
  'scene.yaml': `scenes:
  - id: matrix
    name: { zh: 矩阵, en: Matrix }
    grid: { columns: 24, rows: 12 }
    panels:
      - id: cameras
        type: video
        at: { x: 0, y: 0, w: 24, h: 12 }
        title: { zh: 矩阵, en: Matrix }
        views: { cameras: { kind: latest, type: camera, metrics: [state] } }
        options: &options
          state: { metric: state, online: [online] }
          streams: { main: sub, sub: sub }
          most: ${MOST}
          dwell: 5
          frozenAfter: 4
  - id: five
    name: { zh: 五路, en: Five }
    grid: { columns: 24, rows: 12 }
    panels:
      - id: cameras
        type: video
        at: { x: 0, y: 0, w: 24, h: 12 }
        title: { zh: 五路, en: Five }
        views: { cameras: { kind: latest, assets: [camera/c01, camera/c02, camera/c03, camera/c04, camera/c05], metrics: [state] } }
        options: *options
  - id: pair
    name: { zh: 两路, en: Two }
    grid: { columns: 24, rows: 12 }
    panels:
      - id: cameras
        type: video
        at: { x: 0, y: 0, w: 24, h: 12 }
        title: { zh: 两路, en: Two }
        views: { cameras: { kind: latest, assets: [camera/c01, camera/still], metrics: [state] } }
        options: *options
`,
};

const OUT = join(import.meta.dirname, '../out');
let folder: string;
let house: House;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(OUT, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'citywall-video-'));
  mkdirSync(join(folder, 'site/video'), { recursive: true });
  for (const [name, text] of Object.entries(PACK)) writeFileSync(join(folder, 'site/video', name), text);
  house = await startHouse(
    {
      CITYWALL_ROLES: 'api,push',
      CITYWALL_PACKS_DIR: join(folder, 'site'),
      CITYWALL_DATA_DIR: join(folder, 'data'),
    },
    undefined,
    await deliveredWall(folder),
  );
  const now = Date.now();
  const readings = CAMERAS.map((key) =>
    reading({ typeKey: `camera/${key}`, metric: 'state', value: 'online', at: now, receivedAt: now, feed: 'status' }),
  );
  await house.state.apply('video', batch({ readings }));
  browser = await launchBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await house?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(scene: string) {
  const watched = await openPage(browser, 1920, 1080);
  await watched.page.goto(`${house.url}/display?scene=${scene}&power=0`);
  await watched.page.locator(`[data-scene="${scene}"][data-ready="true"]`).waitFor();
  return watched;
}

const tile = (page: Page, key: string) => page.locator(`[data-asset="video/camera/${key}"]`);
const inPhase = (page: Page, key: string, phase: string) =>
  page.locator(`[data-asset="video/camera/${key}"][data-phase="${phase}"]`).waitFor({ timeout: 60_000 });

interface Picture {
  /** position in the stream, s */
  time: number;
  /** decoded since the player began */
  frames: number;
  /** brightness of 64 × 36 dots of what is shown: of the video, or of the picture kept of it */
  dots: number[];
}

function pictureOf(page: Page, key: string, of: 'video' | 'canvas' = 'video'): Promise<Picture> {
  return tile(page, key).evaluate((element, what) => {
    const video = element.querySelector('video')!;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 36];
    const context = canvas.getContext('2d')!;
    context.drawImage(what === 'video' ? video : element.querySelector('canvas')!, 0, 0, 64, 36);
    const { data } = context.getImageData(0, 0, 64, 36);
    return {
      time: video.currentTime,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      dots: Array.from({ length: 64 * 36 }, (_, index) => data[index * 4 + 1]!),
    };
  }, of);
}

/** Dots of which the eye would say that they are others. */
const changed = (a: Picture, b: Picture) => a.dots.filter((dot, index) => Math.abs(dot - b.dots[index]!) > 12).length;
/** A picture, not a black box. */
const contrast = ({ dots }: Picture) => Math.max(...dots) - Math.min(...dots);

/** Waits until frames of the wall came for so many seconds: the server sends one a second at least ([PR17]). */
async function seconds(page: Page, count: number): Promise<void> {
  const at = () => page.locator('.display').getAttribute('data-seq').then(Number);
  const until = (await at()) + count;
  await page.waitForFunction(
    (seq) => Number(document.querySelector('.display')?.getAttribute('data-seq')) >= seq,
    until,
  );
}

/** Requests for pictures, counted in the page where they begin and end: `all`, and the most `under` way at a time. */
const COUNT_REQUESTS = `(() => {
  const counted = (window.__requests = { all: 0, most: 0 });
  const under = new Set();
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    if (String(url).includes('/video/')) this.addEventListener('readystatechange', () => this.readyState === 4 && under.delete(this));
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    under.add(this);
    counted.all += 1;
    counted.most = Math.max(counted.most, under.size);
    return send.apply(this, body);
  };
})()`;
const requestsOf = (page: Page) => page.evaluate('window.__requests') as Promise<{ all: number; most: number }>;

describe('a picture', () => {
  it('moves: position, decoded frames and the dots themselves go on', async () => {
    const { page, problems } = await open('pair');
    await inPhase(page, 'c01', 'live');
    const before = await pictureOf(page, 'c01');
    await seconds(page, 3);
    const after = await pictureOf(page, 'c01');
    expect(after.time).toBeGreaterThan(before.time + 1);
    // the clip has eight frames a second
    expect(after.frames).toBeGreaterThan(before.frames + 5);
    expect(changed(before, after)).toBeGreaterThan(10);
    expect(contrast(after)).toBeGreaterThan(60);
    expect(await tile(page, 'c01').locator('time').innerText()).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('that stands while its stream goes on is called frozen, with how long', async () => {
    const { page } = await open('pair');
    await inPhase(page, 'still', 'frozen');
    const before = await pictureOf(page, 'still');
    await seconds(page, 2);
    const after = await pictureOf(page, 'still');
    expect(after.frames).toBeGreaterThan(before.frames);
    expect(changed(before, after)).toBe(0);
    await expectText(page, 'still', /画面冻结 \d+ 秒\s*勿据此判断/);
    expect(await tile(page, 'c01').getAttribute('data-phase')).toBe('live');
    await page.close();
  });
});

async function expectText(page: Page, key: string, text: RegExp): Promise<void> {
  expect(await tile(page, key).innerText()).toMatch(text);
}

describe('a stream that fails keeps its last picture, says since when, and comes back by itself:', () => {
  let page: Page;
  let begun = false;
  /** What becomes of a playlist on its way, by camera. */
  const faults: Record<string, (route: Route) => Promise<void>> = {
    c01: (route) => route.fulfill({ status: 404 }),
    c02: (route) => route.abort('internetdisconnected'),
    c03: async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: `${await answer.text()}#EXT-X-ENDLIST\n` });
    },
    c04: (() => {
      let kept: Promise<APIResponse> | null = null;
      return async (route) => {
        kept ??= route.fetch();
        await route.fulfill({ response: await kept });
      };
    })(),
  };

  beforeAll(async () => {
    ({ page } = await open('five'));
    for (const key of Object.keys(faults)) await inPhase(page, key, 'live');
    await seconds(page, 2);
  });
  afterAll(() => page?.close());

  it.each([
    {
      fault: 'there is no such stream any more',
      key: 'c01',
      phase: 'none',
      says: /无视频源\s*末次画面 \d\d:\d\d:\d\d/,
    },
    { fault: 'the network is cut', key: 'c02', phase: 'offline', says: /离线 \d+ 秒\s*末次画面 \d\d:\d\d:\d\d/ },
    { fault: 'the stream is over', key: 'c03', phase: 'offline', says: /离线 \d+ 秒\s*末次画面 \d\d:\d\d:\d\d/ },
    { fault: 'the playlist stays as it is', key: 'c04', phase: 'frozen', says: /画面冻结 \d+ 秒\s*勿据此判断/ },
  ])('$fault', async ({ key, phase, says }) => {
    // all at once: what one waits for, the others wait for too
    if (!begun) for (const [each, fault] of Object.entries(faults)) await page.route(`**/video/${each}/*`, fault);
    begun = true;
    await inPhase(page, key, phase);
    await expectText(page, key, says);
    // a frozen one is shown as the video has it, for the others the picture was kept
    const poster = await pictureOf(page, key, phase === 'frozen' ? 'video' : 'canvas');
    expect(contrast(poster)).toBeGreaterThan(60);
    expect(await tile(page, key).locator('canvas').isVisible()).toBe(phase !== 'frozen');
    // who is well is not disturbed
    expect(await tile(page, 'c05').getAttribute('data-phase')).toBe('live');
    if (key === 'c04') await page.screenshot({ path: join(OUT, 'video-faults.png') });
  });

  it.each(['c01', 'c02', 'c03', 'c04'])('%s plays again', async (key) => {
    if (begun) for (const each of Object.keys(faults)) await page.unroute(`**/video/${each}/*`);
    begun = false;
    await inPhase(page, key, 'live');
    const before = await pictureOf(page, key);
    await seconds(page, 2);
    expect((await pictureOf(page, key)).frames).toBeGreaterThan(before.frames);
  });
});

describe('sixteen tiles', () => {
  it('share the budget: every camera is seen, no more than the most are decoded, four requests at a time', async () => {
    const watched = await openPage(browser, 1920, 1080);
    const { page, problems } = watched;
    await page.addInitScript(COUNT_REQUESTS);
    await page.addInitScript(`(() => {
      window.__most = 0;
      const count = () => {
        const playing = [...document.querySelectorAll('video')].filter((video) => video.getAttribute('src')).length;
        window.__most = Math.max(window.__most, playing);
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
    })()`);
    await page.goto(`${house.url}/display?scene=matrix&power=0`);
    await page.waitForFunction((all) => document.querySelectorAll('[data-picture-at]').length === all, CAMERAS.length, {
      timeout: 90_000,
    });
    const cdp = await page.context().newCDPSession(page);
    await collectGarbage(cdp);
    expect(await alive(cdp, 'MediaSource')).toBeLessThanOrEqual(MOST);
    expect(await page.evaluate('window.__most')).toBe(MOST);
    expect(await page.locator('video').count()).toBe(CAMERAS.length);
    const { most } = await requestsOf(page);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    expect(problems).toEqual([]);

    // off the screen nothing is fetched or decoded; back on it, pictures go on
    await page.evaluate(() => {
      document.querySelector<HTMLElement>('.matrix')!.style.translate = '0 -3000px';
    });
    await page.waitForFunction(() => document.querySelector('video[src]') === null);
    await collectGarbage(cdp);
    expect(await alive(cdp, 'MediaSource')).toBe(0);
    const before = await requestsOf(page);
    await seconds(page, 4);
    expect(await requestsOf(page)).toEqual(before);
    await page.evaluate(() => {
      document.querySelector<HTMLElement>('.matrix')!.style.translate = '';
    });
    await page.locator('[data-phase="live"]').first().waitFor();
    await page.close();
  });

  it('leave nothing behind over twenty changes of the scene', async () => {
    const { page } = await openPage(browser, 1920, 1080);
    await page.addInitScript(`(() => {
      const held = (window.__held = { intervals: new Set(), urls: new Set() });
      const { setInterval, clearInterval } = window;
      window.setInterval = (...all) => {
        const id = setInterval(...all);
        held.intervals.add(id);
        return id;
      };
      window.clearInterval = (id) => (held.intervals.delete(id), clearInterval(id));
      const { createObjectURL, revokeObjectURL } = URL;
      URL.createObjectURL = (object) => {
        const url = createObjectURL.call(URL, object);
        held.urls.add(url);
        return url;
      };
      URL.revokeObjectURL = (url) => (held.urls.delete(url), revokeObjectURL.call(URL, url));
    })()`);
    await page.goto(`${house.url}/display?scene=overview&power=0`);
    await page.locator('[data-scene="overview"][data-ready="true"]').waitFor();
    const cdp = await page.context().newCDPSession(page);
    const count = async () => {
      await collectGarbage(cdp);
      const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
      const held = await page.evaluate(() => {
        const { intervals, urls } = (window as never as { __held: Record<string, Set<unknown>> }).__held;
        return { intervals: intervals!.size, urls: urls!.size };
      });
      return {
        ...held,
        nodes,
        listeners: jsEventListeners,
        players: await alive(cdp, 'MediaSource'),
        buffers: await alive(cdp, 'SourceBuffer'),
        videos: await alive(cdp, 'HTMLVideoElement'),
        canvases: await alive(cdp, 'HTMLCanvasElement'),
        observers: await alive(cdp, 'IntersectionObserver'),
      };
    };
    const round = async () => {
      await page.keyboard.press('2');
      await page.locator('[data-scene="matrix"] [data-phase="live"]').first().waitFor();
      await page.keyboard.press('1');
      await page.locator('[data-scene="overview"][data-ready="true"] main.scene').waitFor();
    };
    for (let i = 0; i < 2; i++) await round();
    // some listeners are set up once, within the first seconds of a page, whatever it shows
    await seconds(page, 6);
    const before = await count();
    for (let i = 0; i < 10; i++) await round();
    // what nobody holds is let go some time; what is held stays, however often it is asked
    let after = await count();
    const more = () => after.nodes > before.nodes + 100 || after.listeners > before.listeners + 2;
    for (let i = 0; i < 10 && more(); i++) {
      await seconds(page, 1);
      after = await count();
    }
    const none = { urls: 0, players: 0, buffers: 0, videos: 0, canvases: 0, observers: 0 };
    expect(before).toMatchObject(none);
    expect(after).toMatchObject({ ...none, intervals: before.intervals });
    expect(after.listeners).toBeLessThanOrEqual(before.listeners + 2);
    expect(after.nodes).toBeLessThanOrEqual(before.nodes + 100);
    await page.close();
  });
});
