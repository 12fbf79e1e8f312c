import { onMounted, onUnmounted, ref, watch } from 'vue';
import { ask } from './api.js';
import { IdleWatch } from './idle.js';
import { useConsole } from './session.js';

/** What a person does; movement of the page by itself (scroll, focus) is none. */
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'] as const;

/**
 * Tells the server that somebody is at the desk, and says when it ends for want of anybody.
 * @param now server's clock, Unix ms
 * @param ended is called once when the time is over
 */
export function useIdle({ now, ended }: { now: () => number; ended: () => void }) {
  const seat = useConsole();
  const idle = new IdleWatch();
  /** ms that are left; null: nothing is to be said */
  const left = ref<number | null>(null);
  let telling = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  watch(
    () => seat.idleAt,
    (at) => {
      idle.heard(at);
      look();
    },
    { immediate: true },
  );

  function look(): void {
    const before = left.value;
    left.value = idle.left(now());
    if (left.value === 0 && before !== 0) ended();
  }

  async function sign(): Promise<void> {
    if (telling || !idle.input(now())) return;
    telling = true;
    try {
      const { idleAt } = await seat.heard(
        ask<{ idleAt: string | null }>('sessions/current/activity', { method: 'POST' }),
      );
      seat.idleAt = idleAt === null ? null : Date.parse(idleAt);
    } catch {
      // a session that is over, or a lost link, is said where it is found; the next key tries again
      idle.missed();
    } finally {
      telling = false;
    }
  }

  onMounted(() => {
    for (const one of SIGNS) window.addEventListener(one, sign, { passive: true, capture: true });
    timer = setInterval(look, 1_000);
  });
  onUnmounted(() => {
    for (const one of SIGNS) window.removeEventListener(one, sign, { capture: true });
    clearInterval(timer);
  });
  return { left };
}
