import { SpecError } from './failure.js';

/** Offset from UTC in ms that applies to a local wall-clock time, given as if it were UTC. */
export type Zone = (localMs: number) => number;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** One clock since 1992, which is all that event times may ask for. */
const CHINA = new Set(['Asia/Shanghai', 'Asia/Chongqing', 'Asia/Harbin', 'PRC', 'Asia/Macau', 'Asia/Hong_Kong']);
const CACHED_OFFSETS = 512;

function fixedOffset(name: string): number | null {
  if (name === 'Z' || name === 'UTC' || name === 'GMT') return 0;
  const parts = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(name);
  if (!parts) return null;
  const offset = Number(parts[2]) * HOUR + Number(parts[3] ?? 0) * 60_000;
  return offset > 18 * HOUR ? null : parts[1] === '-' ? -offset : offset;
}

/** Offset of an IANA zone at an instant, from Intl; remembered by quarter of an hour, because Intl takes microseconds. */
function offsetsOf(name: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();
  return (utcMs) => {
    const quarter = Math.floor(utcMs / 900_000);
    const cached = known.get(quarter);
    if (cached !== undefined) return cached;
    const at = quarter * 900_000;
    const field: Record<string, number> = {};
    for (const part of format.formatToParts(at)) field[part.type] = Number(part.value);
    const local = Date.UTC(
      field.year as number,
      (field.month as number) - 1,
      field.day as number,
      field.hour as number,
      field.minute as number,
      field.second as number,
    );
    if (known.size >= CACHED_OFFSETS) known.clear();
    known.set(quarter, local - at);
    return local - at;
  };
}

/**
 * `Asia/Shanghai`, any IANA name, or `+08:00`. A local time that occurs twice is the first of the two; one that a
 * clock change skips counts on with the offset before it. Throws `SpecError` for an unknown zone.
 */
export function parseZone(name: string): Zone {
  const fixed = CHINA.has(name) ? 8 * HOUR : fixedOffset(name);
  if (fixed !== null) return () => fixed;
  let at: (utcMs: number) => number;
  try {
    at = offsetsOf(name);
  } catch {
    throw new SpecError(`${JSON.stringify(name)} is no time zone; write Asia/Shanghai or +08:00`);
  }
  return (localMs) => {
    if (!(Math.abs(localMs) < 8e15)) return 0;
    const before = at(localMs - DAY);
    const after = at(localMs + DAY);
    if (before === after || at(localMs - before) === before) return before;
    return at(localMs - after) === after ? after : before;
  };
}
