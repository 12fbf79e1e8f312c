/**
 * The map with many assets: does it stay above 20 frames a second when a browser draws by software?
 *
 * The built wall in Chromium without a GPU at 1920×1080, the real map panel over a fixture city: 2,000 buses that report
 * every 5 s, with a clock 120 times as fast (all of them move all the time, some 15 px/s; at true speed a bus moves a tenth of
 * a pixel a second and the map draws twice a second), and 5,000 standing assets in clusters. The low-power ladder is held at its
 * first step: a slow map shall be seen as slow, not as one that gave up its pictures. Arms in turn: the same scene with nothing
 * that moves and nothing in clusters, so that what the browser and the fixture cost anyway can be told from what the map costs.
 * Frames are counted by requestAnimationFrame; pictures of the moving layer by calls of the painter (it hands its pixels over
 * once a picture); the main thread's busy time by the browser's own trace.
 *
 * Usage: npm run bench map -- [--moving 2000] [--static 5000] [--seconds 15] [--rounds 3]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser, openPage } from '../support/browser.js';
import { inTurn, median, report, rounded } from './arms.js';

const { values: options } = parseArgs({
  options: {
    moving: { type: 'string', default: '2000' },
    static: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '15' },
    rounds: { type: 'string', default: '3' },
  },
});
const SECONDS = Number(options.seconds);
const wall = join(import.meta.dirname, '../../apps/wall');
const vite = join(import.meta.dirname, '../../node_modules/vite/bin/vite.js');
const out = mkdtempSync(join(tmpdir(), 'citywall-map-'));

function run(...args: string[]): ChildProcess {
  return spawn(process.execPath, [vite, ...args, '--mode', 'preview', '--outDir', join(out, 'dist')], {
    cwd: wall,
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Counts frames of the browser and pictures of the moving layer from the page's first script on. */
const PROBE = `(() => {
  window.__frames = 0;
  window.__pictures = 0;
  const count = () => { window.__frames += 1; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...args) {
    if (this.canvas.dataset.layer === 'moving') window.__pictures += 1;
    return put.apply(this, args);
  };
})()`;

interface Measured {
  fps: number;
  pictures: number;
  busy: number;
}

const browser = await launchBrowser();
const building = run('build', '--logLevel', 'error');
const [code] = await once(building, 'exit');
if (code !== 0) throw new Error(`vite build ended with ${code}`);
const server = run('preview', '--port', '0');
const base = await new Promise<string>((resolve, reject) => {
  let said = '';
  server.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
    if (url) resolve(url[0]);
  });
  server.once('exit', (exit) => reject(new Error(`vite preview ended with ${exit}`)));
});

async function measure(moving: number, still: number): Promise<Measured> {
  const { page, problems } = await openPage(browser, 1920, 1080);
  await page.addInitScript(PROBE);
  await page.goto(`${base}/preview?scene=crowd&mood=live&power=0&moving=${moving}&static=${still}&speed=120`);
  await page.waitForSelector('[data-ready="true"]');
  // two reports of every bus, and whatever the first pictures cost, are behind it
  await page.waitForTimeout(3_000);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const look = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    const [frames, pictures] = (await page.evaluate('[window.__frames, window.__pictures]')) as [number, number];
    return { frames, pictures, at: value('Timestamp'), busy: value('TaskDuration') };
  };
  const before = await look();
  await page.waitForTimeout(SECONDS * 1_000);
  const after = await look();
  await page.close();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const passed = after.at - before.at;
  return {
    fps: (after.frames - before.frames) / passed,
    pictures: (after.pictures - before.pictures) / passed,
    busy: (after.busy - before.busy) / passed,
  };
}

try {
  const results = await inTurn(
    Number(options.rounds),
    {
      crowd: () => measure(Number(options.moving), Number(options.static)),
      moving: () => measure(Number(options.moving), 0),
      empty: () => measure(0, 0),
    },
    ({ fps, pictures, busy }: Measured) =>
      `${rounded(fps, 1)} frames/s, ${rounded(pictures, 1)} pictures/s, main thread ${rounded(busy * 100, 0)} % busy`,
  );
  report(
    'map',
    Object.entries(results).map(([arm, list]) => ({
      arm,
      'frames/s': rounded(median(list.map(({ fps }) => fps)), 1),
      'least frames/s': rounded(Math.min(...list.map(({ fps }) => fps)), 1),
      'pictures/s of what moves': rounded(median(list.map(({ pictures }) => pictures)), 1),
      'main thread busy %': rounded(median(list.map(({ busy }) => busy)) * 100, 0),
    })),
    { options, results },
  );
} finally {
  await browser.close();
  const gone = once(server, 'exit');
  server.kill();
  await gone;
  rmSync(out, { recursive: true, force: true });
}
