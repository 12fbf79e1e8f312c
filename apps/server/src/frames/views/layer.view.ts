import { stateOf, type ValueRow } from '@citywall/protocol';
import type { Column } from '../mirror/column.js';
import { closeAll, EACH_TICK_MS, type EvaluatorOf, loadMeta, partsOf } from './evaluator.js';
import { RowCache, Summing, valueRow } from './rows.js';

/** Most assets drawn of one layer; the wall clusters far fewer. Coverage still counts all. */
export const MAX_PLACED = 5_000;

/**
 * Assets of a type on the map with one metric's value each. Row key: asset id. A moving asset stands where its newest
 * good position says, with the time that position was measured: a bad one (out of its box, out of reach) moves nothing. One
 * without any place is not drawn, but counts in coverage.
 * A row is made anew only where its value, position or heading is another, so that a delta holds what moved and no more.
 */
export const layerView: EvaluatorOf<'layer'> = (spec, context, dirty) => {
  const { system, type, metric } = partsOf(spec.of);
  const mirror = context.mirror(system);
  const table = mirror.table(type);
  const column = table.column(metric);
  const positions = positionColumn();
  const headings = spec.heading === undefined ? undefined : table.column(spec.heading);
  const cache = new RowCache();
  /** versions of the position and the heading that a row was made with */
  const places: number[] = [];
  /** where each was seen last by a position that was not bad */
  const seen: { place: [number, number]; at: number }[] = [];
  const bearings: number[] = [];

  /** The type's metric of kind position, where it has one. */
  function positionColumn(): Column | undefined {
    if (column.metric?.kind === 'position') return column;
    const found = mirror.pack?.metrics.find((candidate) => candidate.type === type && candidate.kind === 'position');
    return found && table.column(found.name);
  }

  /** Where it moved to; null: it never told, and stands where it is declared. */
  function moved(index: number): { place: [number, number]; at: number } | null | undefined {
    const value = positions?.value(index);
    if (!positions || !Array.isArray(value)) return null;
    if (positions.mark(index)?.quality !== 'bad') seen[index] = { place: value, at: positions.at(index) };
    return seen[index];
  }

  function hasPlace(index: number): boolean {
    const spot = moved(index);
    return spot === null ? Boolean(table.declaredAsset(index)?.place) : spot !== undefined;
  }

  /** Undefined: it has no place. */
  function placed(index: number): ValueRow | undefined {
    const spot = moved(index);
    const { place, placement } = table.declaredAsset(index) ?? {};
    if (spot === undefined || (spot === null && !place)) return undefined;
    const version = positions?.version(index) ?? 0;
    const turned = headings?.version(index) ?? 0;
    if ((places[index] ?? 0) !== version || (bearings[index] ?? 0) !== turned) {
      places[index] = version;
      bearings[index] = turned;
      cache.forget(index);
    }
    return cache.row(index, column.version(index), () => {
      const row = valueRow(table.asset(index), index, metric, column);
      if (spot === null) {
        return place ? { ...row, place: [place.lon, place.lat], placement: placement ?? 'surveyed' } : row;
      }
      const heading = headings?.value(index);
      return {
        ...row,
        place: spot.place,
        placement: 'surveyed',
        placeAt: spot.at,
        ...(typeof heading === 'number' ? { heading } : {}),
      };
    });
  }

  return {
    get interval() {
      return table.size > 500 ? 1_000 : EACH_TICK_MS;
    },
    evaluate(now) {
      const sum = new Summing();
      const rows: [string, ValueRow][] = [];
      let count = 0;
      for (let index = 0; index < table.size; index++) {
        if (!table.inService(index)) continue;
        sum.add(column, index, column.expects(index, now), now);
        if (rows.length >= MAX_PLACED) {
          if (hasPlace(index)) count++;
          continue;
        }
        const row = placed(index);
        if (row === undefined) continue;
        count++;
        rows.push([row.asset, row]);
      }
      const meta = {
        ...sum.meta(column.metric),
        ...(count > rows.length ? { count } : {}),
        ...loadMeta(mirror),
      };
      return { state: stateOf(rows, meta), until: sum.until };
    },
    close: closeAll([
      table.watch(dirty),
      column.watch(dirty),
      ...(positions && positions !== column ? [positions.watch(dirty)] : []),
      ...(headings && headings !== column ? [headings.watch(dirty)] : []),
    ]),
  };
};
