import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Geometry, ImportedLayer } from '../panels/map/imported.js';

/** Where imported layers come from: the server, or a fixture. */
export interface ImportSource {
  list(): Promise<ImportedLayer[]>;
  geometries(id: string): Promise<Geometry[]>;
}

/** The server's, over its HTTP interface. @throws where it doesn't answer or refuses */
export const httpImports: ImportSource = {
  async list() {
    return (await get<{ items: ImportedLayer[] }>('/api/v1/map-layers?limit=1000')).items;
  },
  async geometries(id) {
    const path = `/api/v1/map-layers/${encodeURIComponent(id)}`;
    const collection = await get<{ features: { geometry: Geometry }[] }>(path);
    return collection.features.map(({ geometry }) => geometry);
  },
};

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** What the operator imported, once for all maps of a display. Without an answer nothing is imported: nothing is drawn. */
export const useImportsStore = defineStore('imports', () => {
  const layers = shallowRef<readonly ImportedLayer[]>([]);
  const geometries = shallowRef<ReadonlyMap<string, readonly Geometry[]>>(new Map());
  const versions = new Map<string, string>();
  const wanted = new Set<string>();
  let source: ImportSource = httpImports;
  let asked = 0;

  /** Asks for the list, and for the content of what any map has wanted and is new. */
  async function load(ids: readonly string[]): Promise<void> {
    for (const id of ids) wanted.add(id);
    if (ids.length === 0) return;
    const mine = ++asked;
    try {
      const found = await source.list();
      const kept = new Map(geometries.value);
      for (const layer of found) {
        if (!wanted.has(layer.id)) continue;
        if (!layer.imported) {
          kept.delete(layer.id);
          versions.delete(layer.id);
        } else if (versions.get(layer.id) !== layer.version) {
          kept.set(layer.id, await source.geometries(layer.id));
          versions.set(layer.id, layer.version ?? '');
        }
      }
      if (mine !== asked) return;
      layers.value = found.filter(({ id }) => wanted.has(id));
      geometries.value = kept;
    } catch {
      // the map stands without it, and its legend says so; the next layout asks again
    }
  }

  /** what is drawn names who surveyed it, and on what terms it is shown */
  const credits = computed(() => layers.value.filter(({ id, imported }) => imported && geometries.value.has(id)));

  return {
    layers,
    credits,
    geometries,
    load,
    from(other: ImportSource) {
      source = other;
    },
  };
});
