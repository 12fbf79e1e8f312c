import { type ComputedRef, onMounted, onUnmounted, ref, shallowRef, watch } from 'vue';
import { ask } from './api.js';
import { useConsole } from './session.js';
import { useFailure } from './useFailure.js';

/** Typing is over after so long without a key, ms. */
const QUIET_MS = 250;
/** The next page is asked for when so little is left below, px. */
const AHEAD_PX = 600;

/**
 * A list of the interface that grows as it is scrolled, page after page, and begins anew when what is searched for changes.
 * @param path of the list, below `/api/v1/`
 * @param query what is searched for
 * @param limit items of a page
 * @param shown whether it is looked at: while it is not, nothing is asked for
 */
export function useEndless<Item>(
  path: string,
  query: ComputedRef<URLSearchParams>,
  limit: number,
  shown: () => boolean = () => true,
) {
  const seat = useConsole();
  const told = useFailure();
  const items = shallowRef<Item[]>([]);
  const cursor = ref<string | null>(null);
  const loading = ref(false);
  const failure = ref('');
  /** an answer to an earlier search is dropped */
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(anew: boolean): Promise<void> {
    if (loading.value && !anew) return;
    const mine = anew ? ++turn : turn;
    loading.value = true;
    const wanted = new URLSearchParams(query.value);
    wanted.set('limit', String(limit));
    if (!anew && cursor.value !== null) wanted.set('cursor', cursor.value);
    try {
      const page = await seat.heard(ask<{ items: Item[]; next: string | null }>(`${path}?${wanted}`));
      if (mine !== turn) return;
      items.value = anew ? page.items : [...items.value, ...page.items];
      cursor.value = page.next;
      failure.value = '';
    } catch (error) {
      if (mine === turn) failure.value = told(error);
    } finally {
      if (mine === turn) loading.value = false;
    }
  }

  function onScroll(event: Event): void {
    const list = event.target as HTMLElement;
    if (list.scrollTop + list.clientHeight > list.scrollHeight - AHEAD_PX && cursor.value !== null) void load(false);
  }

  watch([query, shown], () => {
    clearTimeout(timer);
    if (shown()) timer = setTimeout(() => void load(true), QUIET_MS);
  });
  onMounted(() => load(true));
  onUnmounted(() => clearTimeout(timer));

  return { items, cursor, loading, failure, load, onScroll };
}
