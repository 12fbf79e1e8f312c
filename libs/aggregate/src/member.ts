import type { Origin, Quality, ReadingValue } from '@citywall/model';

/** One asset of a type as the figures see it: its value of one metric, and whether anybody expects one. */
export interface Member {
  /** asset id */
  asset: string;
  name: string;
  /** null: never had a value of this metric */
  value: ReadingValue | null;
  /** measured, Unix ms; meaningless where value is null */
  at: number;
  quality: Quality;
  origin: Origin;
  /** ms; absent: never stale */
  staleAfter?: number;
  /** counts in coverage: declared and in service, or seen in 24 h where nothing of the type is declared */
  expected: boolean;
  attributes: Readonly<Record<string, string | number | boolean | null>>;
}

/** A number to calculate with, or null: texts and positions are not; true is 1, false 0. */
export function numeric(value: ReadingValue | null): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
