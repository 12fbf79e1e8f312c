import { stateOf, type ValueRow } from '@citywall/protocol';
import type { Row } from '../../state/index.js';
import type { Column, Entry } from '../mirror/asset-table.js';
import { closeAll, type EvaluatorOf, loadMeta, partsOf } from './evaluator.js';
import { RowCache, Summing, valueRow } from './rows.js';

/** Most assets drawn of one layer; the wall clusters far fewer. Coverage still counts all. */
export const MAX_PLACED = 5_000;

/**
 * Assets of a type on the map with one metric's value each. Row key: asset id. A moving asset stands where its newest
 * position says, with the time that position was measured; one without any place is not drawn, but counts in coverage.
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
  const places: (Row | undefined)[] = [];
  const bearings: (Row | undefined)[] = [];

  /** The type's metric of kind position, where it has one. */
  function positionColumn(): Column | undefined {
    if (column.metric?.kind === 'position') return column;
    const found = mirror.pack?.metrics.find((candidate) => candidate.type === type && candidate.kind === 'position');
    return found && table.column(found.name);
  }

  function placed(entry: Entry, row: ValueRow, position: Row | undefined, heading: Row | undefined): ValueRow {
    const { place, placement } = entry.asset;
    if (Array.isArray(position?.[2])) {
      return {
        ...row,
        place: position[2],
        placement: 'surveyed',
        placeAt: position[3],
        ...(typeof heading?.[2] === 'number' ? { heading: heading[2] } : {}),
      };
    }
    return place ? { ...row, place: [place.lon, place.lat], placement: placement ?? 'surveyed' } : row;
  }

  return {
    get interval() {
      return table.entries.length > 500 ? 1_000 : 100;
    },
    evaluate(now) {
      const sum = new Summing();
      const rows: [string, ValueRow][] = [];
      let count = 0;
      for (const entry of table.entries) {
        if (!entry.asset.inService) continue;
        const from = column.rows[entry.index];
        const position = positions?.rows[entry.index];
        const heading = headings?.rows[entry.index];
        if (places[entry.index] !== position || bearings[entry.index] !== heading) {
          places[entry.index] = position;
          bearings[entry.index] = heading;
          cache.forget(entry);
        }
        const row = cache.row(entry, from, () =>
          placed(entry, valueRow(entry, metric, column, from), position, heading),
        );
        sum.add(row, column.expects(entry, now), now);
        if (!row.place) continue;
        count++;
        if (rows.length < MAX_PLACED) rows.push([entry.asset.id, row]);
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
