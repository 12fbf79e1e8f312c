/**
 * The page: how busy is its main thread, and how many frames a second does it show, with sixty mixed panels on 1920×1080 whose
 * numbers move ten times a second?
 *
 * The built wall in Chromium without a GPU, over the fixture source (`/preview?scene=mixed`): 24 numbers, 14 lines of
 * three hours, 11 rankings, 10 gauges, one map; numbers and ranks move with each of the ten frames a second, lines and map
 * once a second. The ladder of low power is pinned to its top: nothing is left out when it becomes slow. Arms in turn: the
 * same frames with no panel to show them (what the fixture, the header and the bookkeeping cost), and an empty page
 * as floor. Frames are counted by requestAnimationFrame; the main thread's busy time and the processor time of the page's
 * process are the browser's own counters. Busy time is a clock's time: where others have the processor, it is longer.
 *
 * Usage: npm run bench page -- [--seconds 12] [--rounds 3]
 */
import { parseArgs } from 'node:util';
import { launchBrowser, openPage } from '../support/browser.js';
import { buildWall } from '../support/builtWall.js';
import { inTurn, median, report, rounded } from './arms.js';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '3' },
  },
});
const SECONDS = Number(options.seconds);
const PANELS = 60;
const LATEST = '[data-asset][data-metric][data-at]';

const FRAMES = `(() => {
  window.__frames = 0;
  const count = () => { window.__frames += 1; requestAnimationFrame(count); };
  requestAnimationFrame(count);
})()`;

interface Measured {
  fps: number;
  /** share of the time that the main thread was in a task */
  busy: number;
  /** of a core, the page's whole process */
  cpu: number;
}

const wall = await buildWall();
const browser = await launchBrowser();

async function measure(path: string | null, panels: number): Promise<Measured> {
  const { page, problems } = await openPage(browser, 1920, 1080);
  await page.addInitScript(FRAMES);
  await page.goto(path === null ? 'about:blank' : `${wall.base}${path}`);
  // a scene without panels is never told to be ready
  if (path !== null) await page.waitForSelector(panels > 0 ? '[data-ready="true"]' : '[data-scene="mixed"]');
  const drawn = await page.locator('[data-panel]').count();
  if (drawn !== panels) throw new Error(`${drawn} panels in place of ${panels}`);
  // what the first pictures cost is behind it
  await page.waitForTimeout(3_000);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const look = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    const frames = (await page.evaluate('window.__frames')) as number;
    const shown = (await page.$$eval(LATEST, (all) => all.map((one) => (one as HTMLElement).dataset.at))) as string[];
    return { frames, shown, at: value('Timestamp'), busy: value('TaskDuration'), cpu: value('ProcessTime') };
  };
  const before = await look();
  await page.waitForTimeout(SECONDS * 1_000);
  const after = await look();
  await page.close();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const still = after.shown.filter((at, i) => at === before.shown[i]).length;
  if (panels > 0 && still > after.shown.length / 2)
    throw new Error(`${still} of ${after.shown.length} values stood still`);
  const passed = after.at - before.at;
  return {
    fps: (after.frames - before.frames) / passed,
    busy: (after.busy - before.busy) / passed,
    cpu: (after.cpu - before.cpu) / passed,
  };
}

try {
  const results = await inTurn(
    Number(options.rounds),
    {
      floor: () => measure(null, 0),
      'no panels': () => measure('/preview?scene=mixed&mood=live&power=0&panels=0', 0),
      wall: () => measure('/preview?scene=mixed&mood=live&power=0', PANELS),
    },
    ({ fps, busy, cpu }: Measured) =>
      `${rounded(fps, 1)} frames/s, main thread ${rounded(busy * 100, 1)} % busy, process ${rounded(cpu * 100, 0)} % of a core`,
  );
  report(
    'page',
    Object.entries(results).map(([arm, list]) => ({
      arm,
      'frames/s': rounded(median(list.map(({ fps }) => fps)), 1),
      'least frames/s': rounded(Math.min(...list.map(({ fps }) => fps)), 1),
      'main thread busy %': rounded(median(list.map(({ busy }) => busy)) * 100, 1),
      'process, % of a core': rounded(median(list.map(({ cpu }) => cpu)) * 100, 0),
    })),
    { options, panels: PANELS, results },
  );
} finally {
  await browser.close();
  await wall.close();
}
