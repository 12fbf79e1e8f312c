import { onBeforeUnmount, type Ref, ref, shallowRef, watch } from 'vue';
import { type AssetMetric, useAssetsStore } from '../../stores/assets.js';

/** A card is read, not watched: twice as often as its ages change is enough. */
const EVERY_MS = 2_000;

/** What is known of one asset beyond the panel's views. */
export interface Known {
  asset: string;
  metrics: Readonly<Record<string, AssetMetric>>;
}

/**
 * All newest values of the asset that is selected, asked of the server while it is. What was told last stays and grows old
 * when the server doesn't answer any more: then `failed` says so.
 */
export function useReadings(asset: Readonly<Ref<string | null>>) {
  const store = useAssetsStore();
  const known = shallowRef<Known | null>(null);
  const failed = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  async function look(id: string): Promise<void> {
    const mine = ++turn;
    const found = document.hidden
      ? null
      : await store.metricsOf(id).then(
          (metrics) => ({ metrics }),
          () => 'failed' as const,
        );
    if (mine !== turn) return;
    if (found === 'failed') failed.value = true;
    else if (found) {
      failed.value = false;
      known.value = found.metrics && { asset: id, metrics: found.metrics };
    }
    timer = setTimeout(() => void look(id), EVERY_MS);
  }

  watch(
    asset,
    (id) => {
      clearTimeout(timer);
      turn++;
      known.value = null;
      failed.value = false;
      if (id !== null) void look(id);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => {
    clearTimeout(timer);
    turn++;
  });
  return { known, failed };
}
