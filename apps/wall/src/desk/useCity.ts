import type { Place } from '@citywall/model';
import { computed, onMounted, shallowRef } from 'vue';
import { useWords } from '../composables/useWords.js';
import { askAll } from '../console/api.js';
import { templateOf } from '../panels/video/option.js';

interface AssetItem {
  id: string;
  type: string;
  name: string;
  place: Place | null;
  attributes: Readonly<Record<string, unknown>>;
}

/** A camera with the template of its stream; null: none is told. */
export interface Camera {
  id: string;
  name: string;
  place: Place | null;
  stream: string | null;
}

/** Names of systems, and the cameras of the city: for whatever stands in the list. Without them ids stand there. */
export function useCity() {
  const { lang } = useWords();
  const items = shallowRef<{ id: string; name: { zh: string; en: string } }[]>([]);
  const cameras = shallowRef<readonly Camera[]>([]);
  onMounted(async () => {
    items.value = await askAll<{ id: string; name: { zh: string; en: string } }>('systems').catch(() => []);
    const assets = await askAll<AssetItem>('assets?system=video').catch(() => []);
    cameras.value = assets
      .filter(({ type }) => type === 'camera')
      .map(({ id, name, place, attributes }) => ({ id, name, place, stream: templateOf(attributes.stream, id) }));
  });
  // every second system is 智慧 something: in a narrow column that says nothing
  const systems = computed(
    () => new Map(items.value.map(({ id, name }) => [id, name[lang()].replace(/^智慧(?=..)/, '')])),
  );
  return { systems, cameras };
}
