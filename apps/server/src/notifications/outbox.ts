import type { DeadLetter, Delivery } from './notifications.types.js';

/** Most messages that wait for one target; what comes beyond is a dead letter at once. */
export const MAX_WAITING = 2_000;
/** Most dead letters that are kept; the oldest go. */
export const MAX_DEAD = 1_000;
/** After so many failures in a row a target is tried by one message at a time, at growing distances. */
const PATIENCE = 3;
const PROBE_MS = 2_000;
const LONGEST_PROBE_MS = 60_000;

/** What waits for one target, in the order it came. What concerns the same alarm never overtakes. */
export class Outbox {
  private waiting: Delivery[] = [];
  private failures = 0;
  private pausedUntil = 0;

  get size(): number {
    return this.waiting.length;
  }

  get isFailing(): boolean {
    return this.failures > 0;
  }

  add(delivery: Delivery): void {
    this.waiting = [...this.waiting.filter(({ key }) => key !== delivery.key), delivery].sort((a, b) => a.n - b.n);
  }

  remove(key: string): void {
    this.waiting = this.waiting.filter((delivery) => delivery.key !== key);
  }

  /** The next one to be sent now; else when to look again, Unix ms (null: nothing waits). */
  next(now: number): Delivery | { at: number | null } {
    let at: number | null = null;
    const seen = new Set<string>();
    for (const delivery of this.waiting) {
      const { subject } = delivery.told;
      if (seen.has(subject)) continue;
      seen.add(subject);
      const due = Math.max(delivery.dueAt, this.pausedUntil);
      if (due <= now) return delivery;
      if (at === null || due < at) at = due;
    }
    return { at };
  }

  /** Those that waited too long while the target fails. */
  expired(now: number, giveUpAfter: number): Delivery[] {
    if (!this.isFailing) return [];
    return this.waiting.filter(({ queuedAt }) => now - queuedAt > giveUpAfter);
  }

  succeeded(): void {
    this.failures = 0;
    this.pausedUntil = 0;
  }

  failed(now: number): void {
    this.failures++;
    if (this.failures < PATIENCE) return;
    this.pausedUntil = now + Math.min(LONGEST_PROBE_MS, PROBE_MS * 2 ** Math.min(this.failures - PATIENCE, 10));
  }
}

/** Keys of the dead letters that go when `added` more come. @param dead by key, when each died */
export function evicted(dead: ReadonlyMap<string, Pick<DeadLetter, 'diedAt'>>, added: number): string[] {
  const over = dead.size + added - MAX_DEAD;
  if (over <= 0) return [];
  return [...dead]
    .sort(([, a], [, b]) => a.diedAt - b.diedAt)
    .slice(0, over)
    .map(([key]) => key);
}
