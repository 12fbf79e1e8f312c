import { onMounted, onUnmounted } from 'vue';

/**
 * Asks again and again while the component is mounted: the next time so long after the last answer, so that a slow server
 * is never asked twice at once; not while the page is hidden. `now()` asks at once.
 */
export function usePoll(work: () => Promise<void>, everyMs: number): { now(): Promise<void> } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;
  let turn = 0;
  const run = async (): Promise<void> => {
    const mine = ++turn;
    if (timer) clearTimeout(timer);
    if (!document.hidden) await work();
    if (!stopped && mine === turn) timer = setTimeout(() => void run(), everyMs);
  };
  const onVisible = () => {
    if (!document.hidden) void run();
  };
  onMounted(() => {
    document.addEventListener('visibilitychange', onVisible);
    void run();
  });
  onUnmounted(() => {
    stopped = true;
    if (timer) clearTimeout(timer);
    document.removeEventListener('visibilitychange', onVisible);
  });
  return { now: run };
}
