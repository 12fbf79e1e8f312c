import { isStale, turnsStaleAt } from '@citywall/aggregate';
import { type Asset, type Metric, mergeOrigin, type Origin } from '@citywall/model';
import type { ValueRow, ViewMeta } from '@citywall/protocol';
import type { Column } from '../mirror/column.js';

/** The parts of a row that a metric's catalogue entry gives. */
function catalogue(metric: Metric | undefined): Pick<ValueRow, 'unit' | 'decimals' | 'staleAfter'> {
  return {
    ...(metric?.unit === undefined ? {} : { unit: metric.unit }),
    ...(metric?.decimals === undefined ? {} : { decimals: metric.decimals }),
    ...(metric?.staleAfter === undefined ? {} : { staleAfter: metric.staleAfter }),
  };
}

/** What a metric can physically be: no axis needs to go beyond it. */
export function rangeOf(metric: Metric | undefined): Pick<ViewMeta, 'rangeMin' | 'rangeMax'> {
  return {
    ...(metric?.range?.min === undefined ? {} : { rangeMin: metric.range.min }),
    ...(metric?.range?.max === undefined ? {} : { rangeMax: metric.range.max }),
  };
}

/**
 * The row of an asset's metric; value null and times 0 where it never had one.
 * @param index of the asset in its table, undefined where nobody knows it
 */
export function valueRow(asset: Asset, index: number | undefined, name: string, column: Column): ValueRow {
  const mark = index === undefined ? undefined : column.mark(index);
  return {
    asset: asset.id,
    name: asset.name,
    metric: name,
    value: index === undefined ? null : column.value(index),
    at: index === undefined ? 0 : column.at(index),
    receivedAt: index === undefined ? 0 : column.receivedAt(index),
    quality: mark?.quality ?? 'good',
    origin: mark?.origin ?? 'live',
    ...(mark && mark.flags.length > 0 ? { flags: [...mark.flags] } : {}),
    feed: mark?.feed ?? '',
    ...catalogue(column.metric),
    ...(Object.keys(asset.attributes).length > 0 ? { attributes: asset.attributes } : {}),
  };
}

/** Remembers rows by asset, so that an unchanged value gives the same object and costs one comparison. */
export class RowCache {
  private readonly kept: { version: number; row: ValueRow }[] = [];

  /** @param version of the value that the row is made of */
  row(index: number, version: number, make: () => ValueRow): ValueRow {
    const kept = this.kept[index];
    if (kept && kept.version === version) return kept.row;
    const row = make();
    this.kept[index] = { version, row };
    return row;
  }

  forget(index: number): void {
    delete this.kept[index];
  }
}

/** Coverage, age, origin and next change by time, summed up value by value. */
export class Summing {
  private fresh = 0;
  private total = 0;
  private oldestAt: number | null = null;
  private oldestStaleAt: number | null = null;
  private origin: Origin = 'live';
  until = Number.POSITIVE_INFINITY;

  /**
   * @param index of the asset, undefined where nobody knows it
   * @param expected counts in coverage
   */
  add(column: Column, index: number | undefined, expected: boolean, now: number): void {
    if (expected) this.total++;
    const mark = index === undefined ? undefined : column.mark(index);
    if (index === undefined || mark === undefined) return;
    this.origin = mergeOrigin(this.origin, mark.origin);
    if (mark.quality === 'bad') return;
    const at = column.at(index);
    const staleAfter = column.metric?.staleAfter;
    if (isStale(at, staleAfter, now)) {
      if (this.oldestStaleAt === null || at < this.oldestStaleAt) this.oldestStaleAt = at;
      return;
    }
    if (expected) this.fresh++;
    if (this.oldestAt === null || at < this.oldestAt) this.oldestAt = at;
    this.until = Math.min(this.until, turnsStaleAt(at, staleAfter, now));
  }

  meta(metric: Metric | undefined): ViewMeta {
    return {
      fresh: this.fresh,
      total: this.total,
      oldestAt: this.oldestAt ?? this.oldestStaleAt,
      origin: this.origin,
      ...catalogue(metric),
      ...rangeOf(metric),
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
