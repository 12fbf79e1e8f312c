import { inMultiPolygon } from '@citywall/geo';
import { computed, type Ref } from 'vue';
import { type Box, type PlacedCallout, placeCallouts } from '../../map/callouts.js';
import { CELLS, COUNTY } from '../../map/county.js';
import { placeDiscs } from '../../map/discs.js';
import type { Projection } from '../../map/geometry.js';
import { clusterRadius } from '../../map/paint.js';
import type { PanelViews } from '../panel.types.js';
import { type AlarmPlace, alarmCallouts } from './alarms.js';
import { calledOut } from './callouts.js';
import { labelOffset, labelSize, type MapPoint } from './option.js';
import type { MapOptions } from './panel.js';
import type { PlacedCluster, useLayers } from './useLayers.js';

interface Place {
  size: Readonly<Ref<{ width: number; height: number }>>;
  factor: Readonly<Ref<number>>;
  project: Readonly<Ref<Projection>>;
  seats: Readonly<Ref<ReadonlyMap<string, [number, number]>>>;
  points: Readonly<Ref<MapPoint[]>>;
  alarms: Readonly<Ref<AlarmPlace[]>>;
  /** boxes of the legend and the notes, which callouts keep clear */
  taken: Readonly<Ref<Box[]>>;
}

type Round = Pick<MapPoint, 'x' | 'y' | 'radius'>;

/** px at 1080p that a name keeps from what pulses, from a symbol of a layer, from where an arc ends, and from a leader */
const CALLED_RADIUS = 13;
const ALARM_RADIUS = 8;
const ARC_END = 4;
const SYMBOL_RADIUS = 6;
const LEADER_RADIUS = 2;
/** of the map's width */
const LONGEST_LEADER = 0.4;
const LEADER_STEP = 12;

/**
 * Who makes room for whom on the map: names for symbols, pulses, arc ends and leaders; leaders for names; clusters for
 * names. Everything is placed anew only where something stands elsewhere, never because a figure changed.
 */
export function usePlacement(
  props: { options: MapOptions; views: PanelViews },
  layers: ReturnType<typeof useLayers>,
  place: Place,
) {
  const { size, factor, project, seats, points, alarms, taken } = place;
  const px = (length: number) => length * factor.value;
  const county = computed(() =>
    COUNTY.flatMap(({ polygons }) => polygons).map((polygon) =>
      polygon.map((ring) => ring.map(([lon, lat]) => project.value(lon, lat))),
    ),
  );
  const inCounty = (x: number, y: number) => inMultiPolygon(county.value, x, y);

  const called = computed(() => {
    const found = calledOut(props.views.callouts?.state.value, props.options.callouts, project.value, seats.value);
    const urgent = alarmCallouts(alarms.value, props.options.alarms?.callouts ?? 0);
    return { called: [...urgent, ...found.called], more: found.more };
  });

  // towns where an arc ended once: names that hop back and forth with every new order of the flows can't be read
  const ends = new Set<string>();
  const arcEnds = computed(() => {
    for (const { to } of layers.arcs.value) ends.add(to);
    for (const { from } of layers.arcs.value) ends.add(from);
    return layers.arcs.value.length === 0 ? [] : [...seats.value].flatMap(([town, at]) => (ends.has(town) ? [at] : []));
  });
  const fixed = settled(() => [
    ...points.value.map(({ x, y, radius }) => ({ x, y, radius })),
    ...called.value.called
      .filter(({ priority }) => priority === undefined)
      .map(({ x, y }) => ({ x, y, radius: CALLED_RADIUS })),
    ...alarms.value.map(({ x, y }): Round => ({ x, y, radius: ALARM_RADIUS })),
    ...layers.symbols.value.map(({ x, y }): Round => ({ x, y, radius: SYMBOL_RADIUS })),
    ...arcEnds.value.map(([x, y]): Round => ({ x, y, radius: ARC_END })),
  ]);
  // where a zero has no figure nearly all labels are of one line
  const lines = computed(() => (props.options.cells?.quietZero ? 1 : 2));
  const shiftsAround = (places: Round[]) => {
    const names: [number, number][] = [];
    const wide = size.value.width;
    return new Map(
      CELLS.map((cell) => {
        const shift = labelOffset(cell.polygons, project.value, places, factor.value, names, lines.value, wide);
        const [x, y] = seats.value.get(cell.name)!;
        names.push([x + px(shift[0]), y + px(shift[1])]);
        return [cell.name, shift] as const;
      }),
    );
  };
  const boxesOf = (shifts: ReadonlyMap<string, [number, number]>) => {
    const half = labelSize(factor.value, lines.value);
    return CELLS.map(({ name }): Box => {
      const [x, y] = seats.value.get(name)!;
      const [dx, dy] = shifts.get(name)!;
      return {
        x: x + px(dx) - half.width,
        y: y + px(dy) - half.rise - half.height,
        width: half.width * 2,
        height: half.height * 2,
      };
    });
  };

  // an alarm has its shape and its line in the list anyway: rather no box than a line across half the county
  const near = ({ key, leader: [x1, y1, x2, y2] }: PlacedCallout) =>
    !key.startsWith('alarm:') || Math.hypot(x2 - x1, y2 - y1) < size.value.width * LONGEST_LEADER;
  const firstShifts = computed(() => shiftsAround(fixed.value));
  const placed = computed<PlacedCallout[]>(() =>
    placeCallouts(
      called.value.called.map(({ key, x, y }) => ({
        key,
        x,
        y,
        width: Math.max(px(196), 180),
        height: Math.max(px(72), 70),
      })),
      size.value,
      inCounty,
      boxesOf(firstShifts.value),
      taken.value,
    ).filter(near),
  );
  // a leader that could not go round a name: then the name makes room
  const leaders = settled(() => placed.value.flatMap(({ leader }) => along(leader, px(LEADER_STEP))));
  const shifts = computed(() =>
    leaders.value.length === 0 ? firstShifts.value : shiftsAround([...fixed.value, ...leaders.value]),
  );

  // where thousands move, assets come anew many times a second, and the clusters of those that stand are the same objects
  let made: { of: unknown[]; placed: ReadonlyMap<string, readonly PlacedCluster[]> } | undefined;
  const clusters = computed(() => {
    const of = [shifts.value, project.value, factor.value, ...layers.clusters.value];
    if (made?.of.length !== of.length || made.of.some((one, i) => one !== of[i]))
      made = { of, placed: placeClusters() };
    return made.placed;
  });

  function placeClusters(): ReadonlyMap<string, readonly PlacedCluster[]> {
    const own = layers.clusters.value.flatMap(({ id, found }) =>
      found.map((cluster) => ({ id, cluster, from: project.value(cluster.lon, cluster.lat) })),
    );
    const groups = own.filter(({ cluster }) => cluster.count > 1);
    const discs = groups.map(({ cluster: { count }, from: [x, y] }) => ({ x, y, radius: px(clusterRadius(count)) }));
    const places = placeDiscs(discs, boxesOf(shifts.value), inCounty, factor.value);
    const moved = new Map(groups.map((group, i) => [group, places[i]!]));
    return new Map(
      layers.clusters.value.map(({ id }) => [
        id,
        own
          .filter((one) => one.id === id)
          .map((one) => ({ ...one.cluster, x: one.from[0], y: one.from[1], ...moved.get(one), from: one.from })),
      ]),
    );
  }

  return { called, placed, shifts, clusters };
}

/** A list that is another one only where its content, rounded to px, is another. */
function settled(make: () => Round[]) {
  const key = computed(() => JSON.stringify(make().map(({ x, y, radius }) => [x, y, radius].map(Math.round))));
  return computed(() =>
    (JSON.parse(key.value) as [number, number, number][]).map(([x, y, radius]): Round => ({ x, y, radius })),
  );
}

function along([x1, y1, x2, y2]: PlacedCallout['leader'], step: number): Round[] {
  const count = Math.max(1, Math.round(Math.hypot(x2 - x1, y2 - y1) / step));
  return Array.from({ length: count }, (_, i) => ({
    x: x1 + ((x2 - x1) * i) / count,
    y: y1 + ((y2 - y1) * i) / count,
    radius: LEADER_RADIUS,
  }));
}
