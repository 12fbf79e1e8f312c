import { isStale, turnsStaleAt } from '@citywall/aggregate';
import { type Metric, mergeOrigin, ORIGINS, type Origin, QUALITIES } from '@citywall/model';
import type { ValueRow, ViewMeta } from '@citywall/protocol';
import type { Row } from '../../state/index.js';
import type { Column, Entry } from '../mirror/asset-table.js';

/** The parts of a row that a metric's catalogue entry gives. */
function catalogue(metric: Metric | undefined): Pick<ValueRow, 'unit' | 'decimals' | 'staleAfter'> {
  return {
    ...(metric?.unit === undefined ? {} : { unit: metric.unit }),
    ...(metric?.decimals === undefined ? {} : { decimals: metric.decimals }),
    ...(metric?.staleAfter === undefined ? {} : { staleAfter: metric.staleAfter }),
  };
}

/** The row of an asset's metric; value null and times 0 where it never had one. */
export function valueRow(entry: Entry, name: string, column: Column, row: Row | undefined): ValueRow {
  const { asset } = entry;
  return {
    asset: asset.id,
    name: asset.name,
    metric: name,
    value: row?.[2] ?? null,
    at: row?.[3] ?? 0,
    receivedAt: row?.[4] ?? 0,
    quality: row === undefined ? 'good' : (QUALITIES[row[5]] ?? 'bad'),
    origin: row === undefined ? 'live' : (ORIGINS[row[6]] ?? 'live'),
    ...(row && row[7].length > 0 ? { flags: row[7] } : {}),
    feed: row?.[8] ?? '',
    ...catalogue(column.metric),
    ...(Object.keys(asset.attributes).length > 0 ? { attributes: asset.attributes } : {}),
  };
}

/** Remembers rows by asset, so that an unchanged value gives the same object and costs one comparison. */
export class RowCache {
  private readonly kept: { from: Row | undefined; row: ValueRow }[] = [];

  row(entry: Entry, from: Row | undefined, make: () => ValueRow): ValueRow {
    const kept = this.kept[entry.index];
    if (kept && kept.from === from) return kept.row;
    const row = make();
    this.kept[entry.index] = { from, row };
    return row;
  }

  forget(entry: Entry): void {
    delete this.kept[entry.index];
  }
}

/** Coverage, age, origin and next change by time, summed up row by row. */
export class Summing {
  private fresh = 0;
  private total = 0;
  private oldestAt: number | null = null;
  private oldestStaleAt: number | null = null;
  private origin: Origin = 'live';
  until = Number.POSITIVE_INFINITY;

  /** @param expected counts in coverage */
  add(row: ValueRow, expected: boolean, now: number): void {
    if (expected) this.total++;
    if (row.value === null) return;
    this.origin = mergeOrigin(this.origin, row.origin);
    if (row.quality === 'bad') return;
    if (isStale(row.at, row.staleAfter, now)) {
      if (this.oldestStaleAt === null || row.at < this.oldestStaleAt) this.oldestStaleAt = row.at;
      return;
    }
    if (expected) this.fresh++;
    if (this.oldestAt === null || row.at < this.oldestAt) this.oldestAt = row.at;
    this.until = Math.min(this.until, turnsStaleAt(row.at, row.staleAfter, now));
  }

  meta(metric: Metric | undefined): ViewMeta {
    return {
      fresh: this.fresh,
      total: this.total,
      oldestAt: this.oldestAt ?? this.oldestStaleAt,
      origin: this.origin,
      ...catalogue(metric),
    };
  }
}

/** When the first fresh value of these turns stale, Unix ms. */
export function nextStale(values: Iterable<{ value: unknown; at: number; staleAfter?: number }>, now: number): number {
  let until = Number.POSITIVE_INFINITY;
  for (const { value, at, staleAfter } of values) {
    if (value !== null) until = Math.min(until, turnsStaleAt(at, staleAfter, now));
  }
  return until;
}
