const SLOTS = 10;

/** Messages a second by system, over the last ten whole seconds. */
export class Rates {
  private readonly slots = new Map<number, Map<string, number>>();
  private readonly since: number;

  constructor(private readonly now: () => number) {
    this.since = Math.floor(now() / 1000);
  }

  count(system: string): void {
    const second = Math.floor(this.now() / 1000);
    let slot = this.slots.get(second);
    if (slot === undefined) {
      slot = new Map();
      this.slots.set(second, slot);
      for (const old of this.slots.keys()) if (old < second - SLOTS) this.slots.delete(old);
    }
    slot.set(system, (slot.get(system) ?? 0) + 1);
  }

  perSecond(): Record<string, number> {
    const second = Math.floor(this.now() / 1000);
    const sums: Record<string, number> = {};
    for (const [at, slot] of this.slots) {
      if (at >= second || at < second - SLOTS) continue;
      for (const [system, n] of slot) sums[system] = (sums[system] ?? 0) + n;
    }
    const seconds = Math.min(Math.max(second - this.since, 1), SLOTS);
    return Object.fromEntries(Object.entries(sums).map(([system, n]) => [system, Math.round((n / seconds) * 10) / 10]));
  }
}
