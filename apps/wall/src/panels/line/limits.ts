import type { ValueRow } from '@citywall/protocol';
import type { LineOptions } from './panel.js';
import type { Point } from './points.js';

export interface Limit {
  name: string;
  value: number;
  style: 'solid' | 'dashed';
}

/** Limits with their figures; one whose attribute the asset doesn't have is left out, never guessed. */
export function limitsOf(options: LineOptions, latest: ValueRow | undefined, lang: 'zh' | 'en'): Limit[] {
  return (options.limits ?? []).flatMap((limit) => {
    const value = limit.attribute ? latest?.attributes?.[limit.attribute] : limit.value;
    return typeof value === 'number' ? [{ name: limit.name[lang], value, style: limit.style ?? 'dashed' }] : [];
  });
}

/** How far a value is over the highest limit it reached, else below the lowest one; null where there is no limit. */
export function marginOf(value: number, limits: readonly Limit[]): { limit: Limit; by: number; over: boolean } | null {
  const rising = limits.toSorted((a, b) => a.value - b.value);
  const reached = rising.findLast((limit) => value >= limit.value);
  const limit = reached ?? rising[0];
  return limit ? { limit, by: Math.abs(value - limit.value), over: reached !== undefined } : null;
}

export interface Crossing {
  at: number;
  limit: Limit;
}

/**
 * Where the line came from below a limit to it or above it, most recently. Between two points the time is read off the
 * straight line that is drawn; within a gap nobody knows when it was, so nothing is said.
 */
export function crossingOf(line: readonly Point[], limits: readonly Limit[]): Crossing | null {
  for (let i = line.length - 1; i > 0; i--) {
    const [from, low] = line[i - 1]!;
    const [to, high] = line[i]!;
    if (low === null || high === null) continue;
    // of several limits crossed at once the highest was crossed last
    const crossed = limits.filter(({ value }) => low < value && high >= value).sort((a, b) => b.value - a.value)[0];
    if (crossed) return { at: from + ((to - from) * (crossed.value - low)) / (high - low), limit: crossed };
  }
  return null;
}
