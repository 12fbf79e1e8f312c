import { computed, type Ref, ref, watch } from 'vue';
import { useWords } from '../../composables/useWords.js';
import type { Affine } from '../../map/geometry.js';
import { clusterRadius } from '../../map/paint.js';
import { type Direction, nearestTarget, nextTarget, pick, type Target } from '../../map/pick.js';
import { useDisplayStore } from '../../stores/display.js';
import type { PanelViews } from '../panel.types.js';
import { assetCard, type CardContent, clusterCard, townCard, withKnown } from './card.js';
import { type Cell, groupOf, type MapPoint } from './option.js';
import type { MapOptions } from './panel.js';
import type { PlacedCluster, useLayers } from './useLayers.js';
import { useReadings } from './useReadings.js';

/** What is selected: `asset|layer|key`, `cluster|layer|key`, `point|asset` or `town|name`. */
const of = (kind: 'asset' | 'cluster' | 'point' | 'town', ...parts: string[]) => [kind, ...parts].join('|');

interface Place {
  size: Readonly<Ref<{ width: number; height: number }>>;
  factor: Readonly<Ref<number>>;
  affine: Readonly<Ref<Affine>>;
  cells: Readonly<Ref<Cell[]>>;
  points: Readonly<Ref<MapPoint[]>>;
  /** clusters where they are drawn, by layer */
  clusters: Readonly<Ref<ReadonlyMap<string, readonly PlacedCluster[]>>>;
}

/** Selection by click and by keyboard, and what the card says of it. */
export function useSelection(
  props: { options: MapOptions; views: PanelViews },
  layers: ReturnType<typeof useLayers>,
  place: Place,
) {
  const store = useDisplayStore();
  const { t } = useWords();
  const { size, factor, affine, cells, points, clusters } = place;
  const selected = ref<string | null>(null);

  function spot(lon: number, lat: number): { x: number; y: number } {
    const { x0, kx, y0, ky } = affine.value;
    return { x: x0 + lon * kx, y: y0 + lat * ky };
  }

  /** Everything that can be selected, where it stands now; what is drawn last comes last. */
  function targets(): Target[] {
    const reach = 11 * factor.value;
    const clock = performance.now();
    const all: Target[] = cells.value.map(({ name, x, y }) => ({ key: of('town', name), x, y, reach: 0 }));
    for (const [id, found] of clusters.value) {
      for (const { key, x, y, count } of found) {
        const radius = clusterRadius(count) * factor.value;
        const kind = count === 1 ? 'asset' : 'cluster';
        all.push({ key: of(kind, id, key), x, y, reach: Math.max(reach, radius) });
      }
    }
    for (const { x, y, key } of layers.symbols.value) {
      const colon = key.indexOf(':');
      all.push({ key: of('asset', key.slice(0, colon), key.slice(colon + 1)), x, y, reach });
    }
    for (const { x, y, key, radius } of points.value) {
      all.push({
        key: of('point', key.slice(0, key.lastIndexOf('|'))),
        x,
        y,
        reach: Math.max(reach, radius * factor.value),
      });
    }
    for (const { id, motion } of layers.movers.value) {
      motion.each(clock, (key, lon, lat) => all.push({ key: of('asset', id, key), ...spot(lon, lat), reach }));
    }
    return all;
  }

  function click(x: number, y: number): boolean {
    const hit = pick(targets(), x, y);
    selected.value = hit?.key ?? null;
    return hit !== null;
  }

  const standsAt = (): { x: number; y: number } | null =>
    selected.value === null ? null : (targets().find(({ key }) => key === selected.value) ?? null);

  /** @returns whether the key meant something here */
  function press(key: string): boolean {
    switch (key) {
      case 'Escape':
        if (selected.value === null) return false;
        selected.value = null;
        return true;
      case 'Home':
      case 'Enter': {
        if (key === 'Enter' && selected.value !== null) return false;
        const middle = { x: size.value.width / 2, y: size.value.height / 2 };
        selected.value = nearestTarget(targets(), middle)?.key ?? null;
        return true;
      }
      case 'ArrowUp':
      case 'ArrowDown':
      case 'ArrowLeft':
      case 'ArrowRight': {
        const from = standsAt();
        if (!from) return press('Home');
        const next = nextTarget(targets(), from, key as Direction);
        if (next) selected.value = next.key;
        return true;
      }
      default:
        return false;
    }
  }

  const viewed = computed<CardContent | null>(() => {
    if (selected.value === null) return null;
    const [kind = '', ...rest] = selected.value.split('|');
    if (kind === 'town') return cardOfTown(rest.join('|'));
    if (kind === 'point') return cardOfPoint(rest.join('|'));
    const [id = '', ...keyParts] = rest;
    const key = keyParts.join('|');
    const list = layers.assets.value.get(id) ?? [];
    if (kind === 'cluster') {
      const cluster = layers.clusters.value.find((one) => one.id === id);
      const count = cluster?.found.find((one) => one.key === key)?.count;
      if (!cluster || count === undefined) return null;
      const byKey = new Map(list.map((asset) => [asset.key, asset]));
      const members = cluster.index.members(key).flatMap((member) => byKey.get(member) ?? []);
      return clusterCard(selected.value, layers.layerOf(id), count, members);
    }
    const asset = list.find((one) => one.key === key);
    if (!asset) return null;
    return assetCard(selected.value, asset, layers.layerOf(id), layers.otherRows(), []);
  });

  function cardOfTown(town: string): CardContent {
    const view = props.views.cells;
    const group = groupOf(view && { spec: view.spec, state: view.state.value }, town);
    const metric = view?.spec.kind === 'aggregate' ? (view.spec.of.split('/').at(-1) ?? '') : '';
    // a map without figures in its cells has no stations to miss
    if (!props.options.cells) return townCard(of('town', town), town, metric, undefined, props.options, []);
    // counts have neither stations nor an age of their own: they are as true as the link is
    if (view?.spec.kind === 'tally') {
      const dated = group && { ...group, oldestAt: group.oldestAt ?? store.heard };
      return townCard(of('town', town), town, metric, dated, props.options, []);
    }
    const notes = group
      ? [
          t('map.stations', { fresh: group.fresh, total: group.total }),
          ...(group.name ? [t('map.held', { name: group.name })] : []),
        ]
      : [t('map.noStations')];
    return townCard(of('town', town), town, metric, group, props.options, notes);
  }

  function cardOfPoint(asset: string): CardContent | null {
    const row = layers.otherRows().find((one) => one.asset === asset && one.place);
    if (!row?.place) return null;
    const content = assetCard(
      of('point', asset),
      { key: asset, layer: 'points', row, lon: row.place[0], lat: row.place[1], standing: 'good' },
      undefined,
      layers.otherRows(),
      [],
    );
    return { ...content, type: props.options.points?.name };
  }

  const asked = computed(() => viewed.value?.asset ?? null);
  const { known, failed } = useReadings(asked);
  const card = computed<CardContent | null>(() => {
    const content = viewed.value;
    if (!content) return null;
    const told = known.value;
    const whole = told && told.asset === content.asset ? withKnown(content, told.metrics) : content;
    return failed.value ? { ...whole, notes: [...whole.notes, t('map.unanswered')] } : whole;
  });

  // what is gone can't stay selected
  watch(card, (content) => {
    if (content === null && selected.value !== null) selected.value = null;
  });

  /** Where the mark is drawn: at a moving asset it moves along. */
  const mark = computed(() => {
    const key = selected.value;
    if (key === null || key.startsWith('town|')) return null;
    const [kind, id = '', ...rest] = key.split('|');
    if (kind === 'asset' && layers.movers.value.some((one) => one.id === id)) return { mover: id, key: rest.join('|') };
    const at = standsAt();
    if (!at) return null;
    const cluster = kind === 'cluster' && layers.clusters.value.find((one) => one.id === id);
    const count = cluster ? (cluster.found.find((one) => one.key === rest.join('|'))?.count ?? 1) : 1;
    return { x: at.x, y: at.y, radius: (clusterRadius(count) + 5) * factor.value };
  });

  function choose(member: string): void {
    const [, id = ''] = selected.value?.split('|') ?? [];
    selected.value = of('asset', id, member);
  }

  return { selected, card, mark, click, press, choose, standsAt, town: (name: string) => of('town', name) };
}
