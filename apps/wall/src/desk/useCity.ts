import type { Place } from '@citywall/model';
import { computed, onMounted, shallowRef } from 'vue';
import { useWords } from '../composables/useWords.js';
import { askAll } from '../console/api.js';

interface AssetItem {
  id: string;
  type: string;
  name: string;
  place: Place | null;
}

/** Names of systems, and the cameras of the city: for whatever stands in the list. Without them ids stand there. */
export function useCity() {
  const { lang } = useWords();
  const items = shallowRef<{ id: string; name: { zh: string; en: string } }[]>([]);
  const cameras = shallowRef<readonly AssetItem[]>([]);
  onMounted(async () => {
    items.value = await askAll<{ id: string; name: { zh: string; en: string } }>('systems').catch(() => []);
    const assets = await askAll<AssetItem>('assets?system=video').catch(() => []);
    cameras.value = assets.filter(({ type }) => type === 'camera');
  });
  // every second system is 智慧 something: in a narrow column that says nothing
  const systems = computed(
    () => new Map(items.value.map(({ id, name }) => [id, name[lang()].replace(/^智慧(?=..)/, '')])),
  );
  return { systems, cameras };
}
