/** What both arms of the latency benchmark share: numbered series that a page shows, and how they are published to. */
import type { Page } from 'playwright-core';
import { pause, until } from '../arms.js';

/** A series that is in the document. */
export interface Shown {
  asset: string;
  metric: string;
  value: unknown;
}

/** `[index of the series, measured (Unix ms), seen (Unix ms)]` */
export type Seen = [number, number, number];

/** One arm: a page that shows the first series; those after them are published, but not on the screen. */
export interface Arm {
  name: 'wall' | 'floor';
  page: Page;
  /** address that further displays connect to */
  url: string;
  /** processes whose processor time is this arm's */
  pids: number[];
  topic(index: number): string;
  /** two payloads that differ in value; both hold `TIME` where the measured time goes */
  payloads(index: number): [string, string];
  close(): Promise<void>;
}

/** Stands where the measured time goes, Unix ms. */
export const TIME = '1783566900000';

/**
 * Notes at every frame of the browser which series have a newer measured time in the document than before. A series that
 * two elements show counts by the newer of them.
 */
const PROBE = `(() => {
  const seen = (window.__seen = []);
  const newest = new Map();
  const index = new Map(window.__series.map((id, i) => [id, i]));
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    for (const element of document.querySelectorAll('[data-asset][data-metric]')) {
      const i = index.get(element.dataset.asset + '|' + element.dataset.metric);
      if (i === undefined) continue;
      const at = Date.parse(element.dataset.at);
      if (at > (newest.get(i) ?? 0)) {
        newest.set(i, at);
        seen.push([i, at, now]);
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

export const idOf = ({ asset, metric }: Pick<Shown, 'asset' | 'metric'>): string => `${asset}|${metric}`;

export async function watch(page: Page, shown: readonly Shown[]): Promise<void> {
  await page.evaluate(`window.__series = ${JSON.stringify(shown.map(idOf))};${PROBE}`);
}

/** What was seen since it was forgotten last. */
export const seenBy = (page: Page): Promise<Seen[]> => page.evaluate('window.__seen') as Promise<Seen[]>;
export const forget = (page: Page): Promise<unknown> => page.evaluate('window.__seen.length = 0');

/** `asset|metric` of every reading in the document that has a time, each once, with that time. */
export async function inDocument(page: Page): Promise<Map<string, string>> {
  const found = (await page.evaluate(`
    [...document.querySelectorAll('[data-asset][data-metric][data-at]')].map(({ dataset }) =>
      [dataset.asset + '|' + dataset.metric, dataset.at])`)) as [string, string][];
  return new Map(found);
}

/** Resolves when no reading in the document has changed for so long; throws when that takes more than a minute. */
export async function settled(page: Page, forMs: number): Promise<void> {
  let before = new Map<string, string>();
  let since = Date.now();
  const giveUp = since + 60_000;
  await until(async () => {
    const now = await inDocument(page);
    const changed = [...now].filter(([id, at]) => before.get(id) !== at).map(([id]) => id);
    if (changed.length > 0 || now.size !== before.size) since = Date.now();
    if (Date.now() > giveUp) throw new Error(`the picture does not stand still: ${changed.join(', ')}`);
    before = now;
    return Date.now() - since >= forMs;
  }, 250);
}

/**
 * Waits until the newest of every series is seen, or `atMost` ms have passed. The page's own policy forbids to evaluate
 * text in it again and again (`waitForFunction`), so it is asked from outside.
 */
export async function allSeen(page: Page, newest: ReadonlyMap<number, number>, atMost: number): Promise<void> {
  const end = Date.now() + atMost;
  const question = `(() => { const want = new Map(${JSON.stringify([...newest])});
    for (const [i, at] of window.__seen) if (want.get(i) <= at) want.delete(i);
    return want.size === 0; })()`;
  while (!(await page.evaluate(question)) && Date.now() < end) await pause(50);
}
