import { onBeforeUnmount, onMounted } from 'vue';
import { useDisplayStore } from '../stores/display.js';

const EVERY = 5_000;

/** Errors of this page since the last report. */
let errors = 0;
export function countError(): void {
  errors += 1;
}

/** Every 5 s tells the server what is on the screen: scene, seq, frames a second, heap, errors. */
export function useRenderedReport(): void {
  const store = useDisplayStore();
  let frames = 0;
  let handle = 0;
  let timer: ReturnType<typeof setInterval> | null = null;
  let since = 0;

  const count = () => {
    frames += 1;
    handle = requestAnimationFrame(count);
  };
  onMounted(() => {
    since = performance.now();
    handle = requestAnimationFrame(count);
    window.addEventListener('error', countError);
    window.addEventListener('unhandledrejection', countError);
    timer = setInterval(() => {
      const now = performance.now();
      const fps = Math.round((frames * 10_000) / (now - since)) / 10;
      frames = 0;
      since = now;
      const head = store.head;
      if (!head) return;
      const heap = (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize;
      store.report({ scene: head.scene, seq: head.seq, fps, errors, ...(heap !== undefined && { heap }) });
      errors = 0;
    }, EVERY);
  });
  onBeforeUnmount(() => {
    cancelAnimationFrame(handle);
    if (timer) clearInterval(timer);
    window.removeEventListener('error', countError);
    window.removeEventListener('unhandledrejection', countError);
  });
}
