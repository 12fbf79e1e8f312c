import { onBeforeUnmount, onMounted, watch } from 'vue';
import { useDisplayStore } from '../stores/display.js';
import { PlannedRefresh, refreshMinute } from './plannedRefresh.js';
import { reloadPage } from './reload.js';
import { thisScreen } from './screen.js';

const EVERY_MS = 20_000;

async function fetchText(path: string): Promise<string | null> {
  try {
    const answer = await fetch(path, { cache: path.startsWith('/assets/') ? 'default' : 'no-store' });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** Renews this page at its quiet minute and after an update of the server, never before the server can give the new one. */
export function usePlannedRefresh({ at, says }: { at: string | null; says: () => string }): void {
  const store = useDisplayStore();
  const { screen, page, loadedAt } = thisScreen();
  const refresh = new PlannedRefresh(
    {
      now: () => store.now,
      live: () => store.link.phase === 'live' && store.drawn !== null,
      fetch: fetchText,
      reload: (why) => reloadPage(why, says()),
    },
    { at: refreshMinute(at), spread: 20, screen, page, loadedAt },
  );
  watch(
    () => store.head?.epoch,
    (epoch, before) => {
      if (before !== undefined && epoch !== before) refresh.otherServer();
    },
  );
  let timer: ReturnType<typeof setInterval> | null = null;
  onMounted(() => {
    timer = setInterval(() => void refresh.tick(), EVERY_MS);
  });
  onBeforeUnmount(() => {
    if (timer) clearInterval(timer);
  });
}
