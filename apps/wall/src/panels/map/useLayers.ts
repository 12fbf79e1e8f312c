import type { ValueRow, ViewState } from '@citywall/protocol';
import { computed, type Ref, ref, shallowRef, watch } from 'vue';
import { type Cluster, Clusters } from '../../map/cluster.js';
import { type Affine, type Projection } from '../../map/geometry.js';
import { type HeatGrid, heatFull, heatOf } from '../../map/heat.js';
import { Motion } from '../../map/motion.js';
import { type Movers, SpriteSheet } from '../../map/paint.js';
import type { Standing } from '../../map/trust.js';
import { useDisplayStore } from '../../stores/display.js';
import { useImportsStore } from '../../stores/imports.js';
import { RAMPS } from '../../themes/tokens.js';
import type { PanelViews } from '../panel.types.js';
import { type DrawnImport, drawImport } from './imported.js';
import {
  type Arc,
  arcsOf,
  assetsOf,
  colourOfLayer,
  heatPoints,
  type MapAsset,
  placedOf,
  reportsOf,
  SVG_LIMIT,
  symbolOf,
} from './layers.js';
import type { LegendLine } from './MapLegend.vue';
import { type MapSymbol, symbolsOf } from './option.js';
import type { MapLayer, MapOptions } from './panel.js';

/** px at 1080p within which assets become one symbol. */
const CLUSTER_RADIUS = 46;
/** km a degree of latitude */
const KM_A_DEGREE = 111.2;

/** A layer as it stands: its place among the layers with symbols gives its colour. */
interface LayerState {
  layer: MapLayer;
  index: number;
  on: boolean;
  state: ViewState | null;
}

export interface ClusterLayer {
  id: string;
  index: Clusters;
  found: readonly Cluster[];
  sheet: SpriteSheet;
  colour: string;
}

/** A cluster where it is drawn, and where it belongs (px). */
export interface PlacedCluster extends Cluster {
  x: number;
  y: number;
  from: [x: number, y: number];
}

interface Place {
  size: Readonly<Ref<{ width: number; height: number }>>;
  factor: Readonly<Ref<number>>;
  project: Readonly<Ref<Projection>>;
  affine: Readonly<Ref<Affine>>;
  seats: Readonly<Ref<ReadonlyMap<string, [number, number]>>>;
}

/** The panel's layers, from views to what is drawn. Every list is bounded: by its view, `SVG_LIMIT` or its own limit. */
export function useLayers(props: { options: MapOptions; views: PanelViews }, place: Place) {
  const store = useDisplayStore();
  const imports = useImportsStore();
  const { size, factor, project, affine, seats } = place;

  const colourOf = (index: number) => colourOfLayer(index, props.options.cells?.ramp);
  const switched = ref<Record<string, boolean>>({});
  const toggle = (id: string) => {
    const layer = props.options.layers?.find((candidate) => candidate.id === id);
    if (layer) switched.value = { ...switched.value, [id]: !(switched.value[id] ?? layer.on ?? true) };
  };
  const layers = computed<LayerState[]>(() =>
    (props.options.layers ?? []).map((layer, i, all) => ({
      layer,
      // only symbols have a colour of their own
      index: all.slice(0, i).filter(({ kind }) => kind === 'symbols' || kind === 'moving').length,
      on: switched.value[layer.id] ?? layer.on ?? true,
      state: layer.kind === 'imported' ? null : (props.views[layer.view]?.state.value ?? null),
    })),
  );
  const metricOf = (layer: MapLayer): string => {
    const spec = layer.kind === 'imported' ? undefined : props.views[layer.view]?.spec;
    return spec && 'of' in spec ? (spec.of.split('/').at(-1) ?? '') : '';
  };

  // ---- assets, standing and moving
  const assets = computed<ReadonlyMap<string, MapAsset[]>>(
    () =>
      new Map(
        layers.value.flatMap(({ layer, on, state }) =>
          on && (layer.kind === 'symbols' || layer.kind === 'moving')
            ? [[layer.id, assetsOf(layer, state, store.now)] as const]
            : [],
        ),
      ),
  );
  const still = computed(() => layers.value.filter(({ layer, on }) => on && layer.kind === 'symbols'));
  const crowded = computed(
    () => still.value.reduce((sum, { layer }) => sum + (assets.value.get(layer.id)?.length ?? 0), 0) > SVG_LIMIT,
  );
  const symbols = computed<MapSymbol[]>(() =>
    crowded.value
      ? []
      : still.value.flatMap(({ layer, index }) =>
          symbolsOf(layer, colourOf(index), assets.value.get(layer.id) ?? [], project.value, store.now),
        ),
  );

  const sheets = new Map<string, SpriteSheet>();
  /** @param ratio pixels of the screen a px */
  function sheetOf(layer: MapLayer, index: number, ratio = 1): SpriteSheet {
    const key = `${layer.id} ${factor.value * ratio}`;
    const known = sheets.get(key) ?? new SpriteSheet(symbolOf(layer), colourOf(index), factor.value * ratio);
    sheets.set(key, known);
    return known;
  }
  watch(factor, () => sheets.clear());

  // ages change the picture of clusters once a second at most, and only where somebody's standing changed
  const printOf = (list: readonly MapAsset[]) => {
    let print = list.length;
    for (const { lon, lat, standing } of list) {
      print = (Math.imul(print, 31) + ((lon * 1e5) | 0) + ((lat * 1e5) | 0) * 7 + standing.length * 131) | 0;
    }
    return print;
  };
  const clustersKept = new Map<string, { print: string; layer: ClusterLayer }>();
  const clusters = computed<ClusterLayer[]>(() => {
    if (!crowded.value) return [];
    return still.value.map(({ layer, index }) => {
      const list = assets.value.get(layer.id) ?? [];
      const print = `${printOf(list)} ${affine.value.kx} ${factor.value}`;
      const kept = clustersKept.get(layer.id);
      if (kept?.print === print) return kept.layer;
      const found = new Clusters(placedOf(list), affine.value.kx, CLUSTER_RADIUS * factor.value);
      const made = {
        id: layer.id,
        index: found,
        found: found.all(),
        sheet: sheetOf(layer, index),
        colour: colourOf(index),
      };
      clustersKept.set(layer.id, { print, layer: made });
      return made;
    });
  });

  const motions = new Map<string, Motion>();
  const movers = shallowRef<Movers[]>([]);
  watch(
    [assets, factor],
    () => {
      const clock = performance.now();
      movers.value = layers.value.flatMap(({ layer, index, on }): Movers[] => {
        if (layer.kind !== 'moving' || !on) return [];
        const list = assets.value.get(layer.id) ?? [];
        const motion = motions.get(layer.id) ?? new Motion();
        motions.set(layer.id, motion);
        motion.take(reportsOf(list), clock);
        return [
          {
            id: layer.id,
            motion,
            sheet: sheetOf(layer, index, window.devicePixelRatio || 1),
            colour: colourOf(index),
            tracks: layer.tracks ?? true,
            standings: new Map(list.map(({ key, standing }): [string, Standing] => [key, standing])),
          },
        ];
      });
    },
    { immediate: true },
  );

  // ---- heat
  const heats = computed<{ id: string; grid: HeatGrid; ramp: readonly string[]; full: number }[]>(() => {
    const { kx, ky } = affine.value;
    const down = KM_A_DEGREE / Math.abs(ky);
    // cos 30.2° as everywhere on this map
    const across = (KM_A_DEGREE * 0.864) / Math.abs(kx);
    return layers.value.flatMap(({ layer, on, state }) => {
      if (layer.kind !== 'heat' || !on || size.value.width === 0) return [];
      const points = heatPoints(layer, state, project.value, store.now);
      const grid = heatOf(
        points,
        size.value,
        (layer.radius ?? 2) / across,
        [across, down],
        Math.max(4, 4 * factor.value),
      );
      return [{ id: layer.id, grid, ramp: RAMPS[layer.ramp ?? 'rain'], full: heatFull(grid) }];
    });
  });

  // ---- arcs
  const arcs = computed<Arc[]>(() =>
    layers.value.flatMap(({ layer, on, state }) =>
      layer.kind === 'arcs' && on ? arcsOf(layer, metricOf(layer), state, seats.value, store.now) : [],
    ),
  );

  // ---- what the operator imported
  watch(
    () => store.layout,
    () =>
      imports.load((props.options.layers ?? []).flatMap((layer) => (layer.kind === 'imported' ? [layer.layer] : []))),
    { immediate: true },
  );
  const importOf = (layer: MapLayer) =>
    layer.kind === 'imported' ? imports.layers.find(({ id }) => id === layer.layer) : undefined;
  const imported = computed<DrawnImport[]>(() =>
    layers.value.flatMap(({ layer, on }) => {
      const found = importOf(layer);
      const geometries = found && imports.geometries.get(found.id);
      return on && found && geometries ? [drawImport(found.id, found.style, geometries, project.value)] : [];
    }),
  );

  const legend = computed<LegendLine[]>(() =>
    layers.value.map(({ layer, index, on, state }) => {
      const heat = heats.value.find(({ id }) => id === layer.id);
      const found = importOf(layer);
      return {
        id: layer.id,
        kind: layer.kind,
        name: layer.name ?? found?.name ?? { zh: layer.id, en: layer.id },
        unit: layer.unit,
        metric: 'metric' in layer ? layer.metric : undefined,
        group: layer.group,
        on,
        symbol: symbolOf(layer),
        colour: colourOf(index),
        count:
          layer.kind === 'symbols' || layer.kind === 'moving'
            ? state
              ? (state.meta.count ?? state.order.length)
              : null
            : null,
        missing: layer.kind === 'imported' && (!found?.imported || !imports.geometries.has(found.id)),
        ramp: layer.kind === 'heat' ? RAMPS[layer.ramp ?? 'rain'] : null,
        full: heat?.full ?? 0,
      };
    }),
  );
  const layerOf = (id: string): MapLayer | undefined => layers.value.find(({ layer }) => layer.id === id)?.layer;
  /** Values other views of the panel hold, for the card. */
  const otherRows = (): ValueRow[] =>
    Object.values(props.views).flatMap((view) =>
      view?.spec.kind === 'latest' || view?.spec.kind === 'layer'
        ? (Object.values(view.state.value?.rows ?? {}) as ValueRow[])
        : [],
    );

  return { assets, symbols, clusters, movers, heats, arcs, imported, legend, toggle, layerOf, otherRows, crowded };
}
