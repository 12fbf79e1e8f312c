import { onBeforeUnmount, onMounted } from 'vue';

const EVERY_MS = 1_000;

/** Counts painted frames while the component lives; once a second says how many a second there were. */
export function useFrameMeter(heard: (fps: number) => void): void {
  let frames = 0;
  let since = 0;
  let handle = 0;
  let timer: ReturnType<typeof setInterval> | null = null;
  const count = () => {
    frames += 1;
    handle = requestAnimationFrame(count);
  };
  onMounted(() => {
    since = performance.now();
    handle = requestAnimationFrame(count);
    timer = setInterval(() => {
      const now = performance.now();
      heard((frames * 1_000) / (now - since));
      frames = 0;
      since = now;
    }, EVERY_MS);
  });
  onBeforeUnmount(() => {
    cancelAnimationFrame(handle);
    if (timer) clearInterval(timer);
  });
}
