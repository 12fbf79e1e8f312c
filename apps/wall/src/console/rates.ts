/** Looks back over which a rate is taken, ms. */
const OVER_MS = 15_000;

/** Messages a second from counters that only grow. Time is an argument. */
export class Rates {
  private readonly seen = new Map<string, { at: number; count: number }[]>();

  hear(key: string, count: number, at: number): void {
    const known = this.seen.get(key) ?? [];
    // A counter that fell belongs to a new state.
    const kept = (known.at(-1)?.count ?? 0) > count ? [] : known.filter((one) => at - one.at <= OVER_MS);
    this.seen.set(key, [...kept, { at, count }]);
  }

  /** null until it was heard twice */
  of(key: string): number | null {
    const known = this.seen.get(key) ?? [];
    const [first, last] = [known[0], known.at(-1)];
    if (!first || !last || last.at <= first.at) return null;
    return ((last.count - first.count) * 1000) / (last.at - first.at);
  }
}

/** `0` `0.4` `12` `1,240` */
export function rateText(rate: number | null): string {
  if (rate === null) return '–';
  if (rate === 0) return '0';
  return rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}
