import { isRed } from './flood.js';
import type { DeadLetter, Delivery } from './notifications.types.js';

/** Most messages that wait for one target; what comes beyond is a dead letter at once. */
export const MAX_WAITING = 2_000;
/** Beyond them there is room for so many new red alarms: two thousand small ones must not keep them out. */
export const RED_RESERVE = 500;
/** Most dead letters that are kept; the oldest go. */
export const MAX_DEAD = 1_000;
/** After so many failures in a row a target is tried by one message at a time, at growing distances. */
const PATIENCE = 3;
const PROBE_MS = 2_000;
const LONGEST_PROBE_MS = 60_000;
const MINUTE = 60_000;

export interface NextOptions {
  /** subjects of which a message is under way: theirs wait @default none */
  busy?: ReadonlySet<string>;
  /** new red alarms alone @default false */
  redOnly?: boolean;
  /** attempts a minute that the target takes; red ones are not held to it @default any number */
  limit?: number | undefined;
}

/**
 * What waits for one target, in the order it came, new red alarms before all else. What concerns the same alarm never overtakes.
 * While the target fails, what was tried least and is the newest goes first: messages that it never takes hold up no others.
 */
export class Outbox {
  private waiting: Delivery[] = [];
  private failures = 0;
  private pausedUntil = 0;
  /** times of the attempts of the last minute, Unix ms, oldest first */
  private tries: number[] = [];

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
  next(now: number, { busy, redOnly = false, limit }: NextOptions = {}): Delivery | { at: number | null } {
    let at: number | null = null;
    let best: Delivery | undefined;
    const seen = new Set(busy);
    const room = this.roomAt(limit);
    for (const delivery of this.waiting) {
      const { subject } = delivery.told;
      if (seen.has(subject)) continue;
      seen.add(subject);
      const red = isRed(delivery.told);
      if (redOnly && !red) continue;
      const due = Math.max(delivery.dueAt, this.pausedUntil, red ? 0 : room);
      if (due > now) at = at === null ? due : Math.min(at, due);
      else if (best === undefined || this.goesBefore(delivery, best)) best = delivery;
    }
    return best ?? { at };
  }

  /** @param later one that came before it */
  private goesBefore(one: Delivery, later: Delivery): boolean {
    if (this.isFailing) return one.attempts <= later.attempts;
    return isRed(one.told) && !isRed(later.told);
  }

  /** When one more attempt is within the limit, Unix ms. */
  private roomAt(limit: number | undefined): number {
    const oldest = limit === undefined ? undefined : this.tries.at(-limit);
    return oldest === undefined ? 0 : oldest + MINUTE;
  }

  /** An attempt begins. */
  tried(now: number): void {
    this.tries = [...this.tries.filter((at) => now - at < MINUTE), now];
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

  /** @param pause ms that the target asked for */
  failed(now: number, pause = 0): void {
    this.failures++;
    this.pausedUntil = Math.max(this.pausedUntil, now + pause);
    if (this.failures < PATIENCE) return;
    const probe = Math.min(LONGEST_PROBE_MS, PROBE_MS * 2 ** Math.min(this.failures - PATIENCE, 10));
    this.pausedUntil = Math.max(this.pausedUntil, now + probe);
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
