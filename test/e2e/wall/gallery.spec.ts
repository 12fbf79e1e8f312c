import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { PANEL_TYPES } from '../../../apps/wall/src/panels/registry.js';
import { GALLERY_STATES } from '../../../apps/wall/src/transport/fixture/example.types.js';
import { audit } from '../../support/audit.js';
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser.js';
import { type BuiltWall, buildWall } from '../../support/builtWall.js';

/** Every panel type in every state, as the strict reader of `audit` sees it, under the product's content security policy. */
const STATES = Object.keys(GALLERY_STATES);
/** What a panel may say of itself in a state of the gallery; a panel whose views know no such trouble stays live. */
const SAID: Record<string, string[]> = {
  live: ['live'],
  stale: ['live', 'partial', 'silent'],
  partial: ['live', 'partial', 'silent'],
  silent: ['silent'],
  loading: ['loading'],
  waiting: ['waiting'],
  error: ['error'],
  lost: ['silent'],
  replay: ['live'],
  exercise: ['live'],
};
/** Their cells, systems or own conditions say it, not the panel: a group, a strip of others, no views at all. */
const SAYS_IT_INSIDE: Record<string, string[]> = {
  // what is silent makes alarms unknown, one by one; without any it is calm
  alarms: ['silent', 'waiting'],
  card: STATES,
  image: STATES,
  systems: ['silent', 'waiting'],
  notable: ['silent', 'waiting'],
  notices: ['silent', 'waiting'],
};

let wall: BuiltWall;
let browser: Browser;
let watched: WatchedPage;
const beyond: string[] = [];

beforeAll(async () => {
  wall = await buildWall();
  browser = await launchBrowser();
  watched = await openPage(browser, 1920, 1080);
  watched.page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${wall.base}/`) && !/^(data|blob):/.test(url)) beyond.push(url);
  });
});

afterAll(async () => {
  await browser?.close();
  await wall?.close();
});

/** The four ways to look at a page of the gallery, each one link of the page away from the one before. */
const LOOKS = [
  { theme: 'watch', lang: 'zh-CN', link: null },
  { theme: 'watch', lang: 'en', link: 'lang=en' },
  { theme: 'show', lang: 'en', link: 'theme=show' },
  { theme: 'show', lang: 'zh-CN', link: 'lang=zh-CN' },
] as const;

/** What every cell of the page says of itself, and its figures. */
function cellsOf(page: Page) {
  return page.$$eval('[data-cell]', (found) =>
    found.map((cell) => ({
      shown: (cell as HTMLElement).dataset.cell!.split('/').at(-1)!,
      said: cell.querySelector<HTMLElement>('[data-panel]')?.dataset.state ?? 'no panel',
      // readings, and figures that are none but counts
      values: [...cell.querySelectorAll<HTMLElement>('[data-metric] .num, .num[data-metric], .figure-value')].map(
        (value) => ({
          text: value.textContent?.trim() ?? '',
          quality: value.closest<HTMLElement>('[data-metric]')?.dataset.quality,
        }),
      ),
    })),
  );
}

describe('gallery', () => {
  it.each(PANEL_TYPES.map(({ type }) => type))(
    'of %s: every state, whole, readable, and nothing invented',
    async (type) => {
      const { page, problems } = watched;
      problems.length = 0;
      const found: Record<string, unknown> = {};
      for (const { theme, lang, link } of LOOKS) {
        if (link === null) await page.goto(`${wall.base}/preview?panel=${type}&theme=${theme}&lang=${lang}`);
        else await page.locator(`.choice a[href*="${link}"]:not(.chosen)`).last().click();
        await page.waitForSelector(`.gallery[data-ready="true"]:has([data-cell] [data-theme="${theme}"])`);
        await page.waitForSelector(`html[lang="${lang}"]`);

        const cells = await cellsOf(page);
        expect(cells.map(({ shown }) => shown)).toEqual(STATES);
        const wrong: unknown[] = [];
        for (const { shown, said, values } of cells) {
          if (!SAYS_IT_INSIDE[type]?.includes(shown) && !SAID[shown]!.includes(said)) wrong.push({ shown, said });
          const figures = values.filter(({ text }) => /\d/.test(text));
          // what never came has no figure; what is silent keeps its last ones and says that they are old
          if (shown === 'waiting' || shown === 'loading')
            wrong.push(...figures.map((figure) => ({ shown, ...figure })));
          if (shown === 'silent' || shown === 'lost') {
            const fresh = figures.filter(({ quality }) => quality !== undefined && quality !== 'stale');
            wrong.push(...fresh.map((figure) => ({ shown, ...figure })));
          }
        }
        const { panels, problems: seen } = await audit(page);
        found[`${theme} ${lang}`] = { panels, wrong, seen, problems: [...problems], beyond };
      }
      const nothing = { panels: STATES.length, wrong: [], seen: [], problems: [], beyond: [] };
      expect(found).toEqual(Object.fromEntries(LOOKS.map(({ theme, lang }) => [`${theme} ${lang}`, nothing])));
    },
  );
});
