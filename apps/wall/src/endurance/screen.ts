import type { LoadReason } from '@citywall/protocol';

/** The little of a browser that a screen's identity needs; replaced in tests. */
export interface ScreenSurroundings {
  store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  query: URLSearchParams;
  random(): string;
  /** the browser was told to load the page again (its button, F5) */
  reloaded: boolean;
}

const ID = 'citywall-screen';
const WHY = 'citywall-load-reason';
const NAME = /^[\p{L}\p{N}._-]{1,40}$/u;

/**
 * Name of this screen: `?screen=hall-left` where the kiosk says one, else a random one that lives as long as its tab, so that
 * the console sees a page that was loaded again as the same screen.
 */
export function screenId({ store, query, random }: ScreenSurroundings): string {
  const named = query.get('screen');
  if (named !== null && NAME.test(named)) return named;
  const known = store.getItem(ID);
  if (known) return known;
  const id = random();
  store.setItem(ID, id);
  return id;
}

/** Left for the page that comes after this one. */
export function leaveReason(store: Pick<Storage, 'setItem'>, why: LoadReason): void {
  store.setItem(WHY, why);
}

/** Why this page was loaded; asked once. */
export function takeReason({ store, reloaded }: Pick<ScreenSurroundings, 'store' | 'reloaded'>): LoadReason {
  const left = store.getItem(WHY) as LoadReason | null;
  store.removeItem(WHY);
  return left ?? (reloaded ? 'manual' : 'opened');
}

/** `index-BX3f9a` of a page's own entry script, whose name changes with its content. */
export function entryOf(html: string): string | null {
  return /<script[^>]*\bsrc="[^"]*?([^"/]+)\.(?:js|ts)"/.exec(html)?.[1] ?? null;
}

export const browser = (): ScreenSurroundings => ({
  store: sessionStorage,
  query: new URLSearchParams(location.search),
  random: () => crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36).padStart(7, '0').slice(-6),
  reloaded:
    (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined)?.type === 'reload',
});

let own: { screen: string; why: LoadReason; page: string; loadedAt: number } | null = null;

/** Who this page is; the same for its whole life. */
export function thisScreen(): { screen: string; why: LoadReason; page: string; loadedAt: number } {
  own ??= {
    screen: screenId(browser()),
    why: takeReason(browser()),
    page: entryOf(document.documentElement.outerHTML.slice(0, 20_000)) ?? 'unknown',
    loadedAt: performance.timeOrigin,
  };
  return own;
}
