import { distance, inBbox } from '@citywall/geo';
import type { Flag, Metric, Quality, ReadingValue } from '@citywall/model';
import { worseQuality } from '@citywall/model';

/** Most series whose last values are remembered for the rate check; the ones longest unseen are forgotten first. */
export const REMEMBERED_SERIES = 200_000;

/** What the check of changes looks at. */
type Measured = number | readonly [lon: number, lat: number];

interface Remembered {
  /** newest value that passed */
  goodAt: number;
  good: Measured;
  /** newest value at all */
  lastAt: number;
  last: Measured;
}

/** s: receivers tremble, so within less a position may be as far away as after so long */
const LEAST_SECONDS = 10;

/**
 * Rate-of-change check. A value is implausible when it is too far from the last plausible one *and* from the last one at
 * all: so a spike is marked but the return from it is not, and a real step is marked once.
 */
export class RateCheck {
  private readonly memory = new Map<string, Remembered>();

  constructor(private readonly capacity: number = REMEMBERED_SERIES) {}

  /** Whether the value changed faster than `perMinute`. A change within less than a minute may be as large as of one. */
  tooFast(series: string, value: number, at: number, perMinute: number): boolean {
    return this.implausible(
      series,
      value,
      at,
      (from, since) =>
        typeof from === 'number' && Math.abs(value - from) <= perMinute * Math.max(1, (at - since) / 60_000),
    );
  }

  /** Whether a position is farther away than `speed` (m/s) reaches. Within ten seconds it may be as far as in ten. */
  leaps(series: string, place: readonly [lon: number, lat: number], at: number, speed: number): boolean {
    return this.implausible(
      series,
      place,
      at,
      (from, since) =>
        typeof from !== 'number' && distance(from, place) <= speed * Math.max(LEAST_SECONDS, (at - since) / 1_000),
    );
  }

  private implausible(
    series: string,
    value: Measured,
    at: number,
    within: (from: Measured, since: number) => boolean,
  ): boolean {
    const before = this.memory.get(series);
    if (!before) {
      this.remember(series, { goodAt: at, good: value, lastAt: at, last: value });
      return false;
    }
    // An older reading is compared with nothing: what came between is not known here.
    if (at <= before.lastAt) return false;
    const plausible = within(before.good, before.goodAt) || within(before.last, before.lastAt);
    this.memory.delete(series);
    this.remember(
      series,
      plausible ? { goodAt: at, good: value, lastAt: at, last: value } : { ...before, lastAt: at, last: value },
    );
    return !plausible;
  }

  get size(): number {
    return this.memory.size;
  }

  private remember(series: string, entry: Remembered): void {
    this.memory.set(series, entry);
    if (this.memory.size <= this.capacity) return;
    for (const oldest of this.memory.keys()) {
      this.memory.delete(oldest);
      return;
    }
  }
}

/** The same list where the flag stands in it, else another one with it. */
export function withFlag(flags: readonly Flag[], flag: Flag): readonly Flag[] {
  return flags.includes(flag) ? flags : [...flags, flag];
}

/** What the catalogue makes of a reading's quality. Readings are marked, never removed. */
export function check(
  metric: Metric | undefined,
  series: string,
  reading: { value: ReadingValue; at: number; quality: Quality; flags: readonly Flag[] },
  rates: RateCheck,
): { quality: Quality; flags: readonly Flag[] } {
  let { quality, flags } = reading;
  const { value } = reading;
  if (metric && Array.isArray(value)) return checkPlace(metric, series, { ...reading, value }, rates);
  if (!metric || typeof value !== 'number') return { quality, flags };
  const { range, maxRatePerMinute } = metric;
  if (range && ((range.min !== undefined && value < range.min) || (range.max !== undefined && value > range.max))) {
    quality = 'bad';
    flags = withFlag(flags, 'range');
  } else if (maxRatePerMinute !== undefined && rates.tooFast(series, value, reading.at, maxRatePerMinute)) {
    quality = worseQuality(quality, 'uncertain');
    flags = withFlag(flags, 'rate');
  }
  return { quality, flags };
}

/** A position outside its box or out of reach is wrong, not doubtful: nobody should be sent there. */
function checkPlace(
  { box, maxSpeed }: Metric,
  series: string,
  reading: { value: readonly [lon: number, lat: number]; at: number; quality: Quality; flags: readonly Flag[] },
  rates: RateCheck,
): { quality: Quality; flags: readonly Flag[] } {
  const { value, at, quality, flags } = reading;
  if (box && !inBbox(box, value[0], value[1])) return { quality: 'bad', flags: withFlag(flags, 'range') };
  if (maxSpeed !== undefined && rates.leaps(series, value, at, maxSpeed)) {
    return { quality: 'bad', flags: withFlag(flags, 'rate') };
  }
  return { quality, flags };
}
