import type { RenderedReport } from '@citywall/protocol';
import { onBeforeUnmount, onMounted, type Ref, watch } from 'vue';
import { useFrameMeter } from '../endurance/frameMeter.js';
import { thisScreen } from '../endurance/screen.js';
import { useDisplayStore } from '../stores/display.js';

const EVERY = 5_000;

/** Errors of this page since the last report. */
let errors = 0;
export function countError(): void {
  errors += 1;
}

export interface ReportOptions {
  /** scene the screen was told to show; it is reported even when nothing of it ever came */
  scene: Readonly<Ref<string>>;
  /** every panel has drawn */
  ready: Readonly<Ref<boolean>>;
  theme: Readonly<Ref<string>>;
  power: Readonly<Ref<number>>;
}

/** Panels that take up room: a scene whose panels have all collapsed is a black screen, whatever the store holds. */
function panelsOnScreen(): number {
  let count = 0;
  for (const panel of document.querySelectorAll<HTMLElement>('[data-panel]')) {
    if (panel.offsetWidth > 0 && panel.offsetHeight > 0) count += 1;
  }
  return count;
}

/** Every 5 s tells the server what is on the screen: what was drawn, how fast, how old it is, and who says so. */
export function useRenderedReport({ scene, ready, theme, power }: ReportOptions): void {
  const store = useDisplayStore();
  const me = thisScreen();
  let timer: ReturnType<typeof setInterval> | null = null;
  let sum = 0;
  let samples = 0;
  /** until a second has been measured, what a screen usually has: 0 would say that it is black */
  let fps = 60;
  useFrameMeter((measured) => {
    sum += measured;
    samples += 1;
  });

  const report = () => {
    if (samples > 0) fps = Math.round((sum * 10) / samples) / 10;
    sum = 0;
    samples = 0;
    const heap = (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize;
    const { drawn, latency } = store;
    const said: RenderedReport = {
      scene: drawn?.scene ?? scene.value,
      seq: drawn?.seq ?? 0,
      fps,
      errors,
      screen: me.screen,
      page: me.page,
      loaded: { at: Math.round(store.serverTimeOf(me.loadedAt)), why: me.why },
      ready: ready.value,
      panels: panelsOnScreen(),
      hidden: document.hidden,
      theme: theme.value,
      language: document.documentElement.lang,
      size: { width: window.innerWidth, height: window.innerHeight, ratio: window.devicePixelRatio },
      power: power.value,
      ...(heap !== undefined && { heap }),
      ...(drawn && { frameAt: drawn.at, heard: Math.max(0, Math.round(Date.now() - drawn.local)) }),
      ...(latency !== null && { latency: Math.round(latency) }),
    };
    store.report(said);
    errors = 0;
  };
  onMounted(() => {
    window.addEventListener('error', countError);
    window.addEventListener('unhandledrejection', countError);
    timer = setInterval(report, EVERY);
  });
  // a screen says who it is as soon as it has something to show, and again when all of it is there
  watch([() => store.drawn === null, ready], ([nothing]) => {
    if (!nothing) report();
  });
  onBeforeUnmount(() => {
    if (timer) clearInterval(timer);
    window.removeEventListener('error', countError);
    window.removeEventListener('unhandledrejection', countError);
  });
}
