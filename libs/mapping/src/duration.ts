import { SpecError } from './failure.js';
import type { Duration } from './feed-spec.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s` `5m` `2h` `1d` `250ms`, or a number of ms, as ms. Throws `SpecError`. */
export function parseDuration(duration: Duration): number {
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return duration;
  } else {
    const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
    if (parts) return Number(parts[1]) * (UNITS[parts[2] as string] as number);
  }
  throw new SpecError(`${JSON.stringify(duration)} is no duration; write 30s, 5m, 2h or 1d`);
}
