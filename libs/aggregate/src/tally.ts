import { mergeOrigin, type Occurrence, type Origin } from '@citywall/model';
import { CITY_OFFSET_MS, startOfDay } from './day.js';

export interface TallySpec {
  type?: string;
  /** `status`, `level`, `type`, `field:name`; `time`: the start of the slot of `step` ms of its last stage, `began`: of its first */
  by: string;
  step?: number;
  /** `today` or ms back from now; absent: all that are kept */
  since?: 'today' | number;
  status?: readonly string[];
}

export interface Tally {
  /** `[value, count]`, most frequent first, equal ones by value; slots of time in their order */
  counts: [string, number][];
  /** sum of all counts, those beyond MAX_VALUES included */
  total: number;
  /** worst of the occurrences counted */
  origin: Origin;
}

/** Most values told apart. A field with free text must not make a view of a thousand rows. */
export const MAX_VALUES = 100;

/** Number of occurrences per value. An occurrence without a value counts under `''`. */
export function tally(occurrences: Iterable<Occurrence>, spec: TallySpec, now: number): Tally {
  const from = sinceOf(spec.since, now);
  const counts = new Map<string, number>();
  let total = 0;
  let origin: Origin = 'live';
  for (const occurrence of occurrences) {
    const at = spec.by === 'began' ? (occurrence.beganAt ?? occurrence.at) : occurrence.at;
    if (at < from || !isCounted(occurrence, spec, from)) continue;
    const value = isTimed(spec.by) ? slotOf(at, spec.step ?? HOUR_MS) : groupValue(occurrence, spec.by);
    counts.set(value, (counts.get(value) ?? 0) + 1);
    total++;
    origin = mergeOrigin(origin, occurrence.origin);
  }
  const sorted = [...counts.entries()].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : a > b ? 1 : 0));
  if (!isTimed(spec.by)) return { counts: sorted.slice(0, MAX_VALUES), total, origin };
  return { counts: sorted.sort(([a], [b]) => Number(a) - Number(b)).slice(-MAX_VALUES), total, origin };
}

const HOUR_MS = 3_600_000;
const isTimed = (by: string): boolean => by === 'time' || by === 'began';

/** Start of the slot of city time, in ms as text: a slot of a day begins at local midnight. */
function slotOf(at: number, step: number): string {
  return String(Math.floor((at + CITY_OFFSET_MS) / step) * step - CITY_OFFSET_MS);
}

/** Whether a tally or a flow counts it. @param from Unix ms */
export function isCounted(
  occurrence: Occurrence,
  spec: { type?: string; status?: readonly string[] },
  from: number,
): boolean {
  if (spec.type !== undefined && occurrence.type !== spec.type) return false;
  return occurrence.at >= from && (spec.status === undefined || spec.status.includes(occurrence.status));
}

/** Start of a `since`, Unix ms; minus infinity where there is none. */
export function sinceOf(since: 'today' | number | undefined, now: number): number {
  if (since === undefined) return Number.NEGATIVE_INFINITY;
  return since === 'today' ? startOfDay(now) : now - since;
}

/** Value of an occurrence by `by`; `''` where it has none. */
export function groupValue(occurrence: Occurrence, by: string): string {
  if (by === 'status') return occurrence.status;
  if (by === 'level') return occurrence.level ?? '';
  if (by === 'type') return occurrence.type;
  const field = by.startsWith('field:') ? by.slice('field:'.length) : by;
  const value = Object.hasOwn(occurrence.fields, field) ? occurrence.fields[field] : null;
  return value === null || value === undefined ? '' : String(value);
}
