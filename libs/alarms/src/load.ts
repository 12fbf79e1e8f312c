import type { AlarmEventKind, AlarmPriority, AlarmState } from '@citywall/model';
import { CALLING, type Happened, heldBack, isCall } from './calls.js';

const TEN_MINUTES = 600_000;

/** Kinds of happenings that tell of the load: no others need be read. */
export const LOAD_KINDS = [...CALLING, 'acknowledged'] as const satisfies readonly AlarmEventKind[];

/** What the load has to know of a happening. */
export interface LoadHappening extends Happened {
  /** Unix ms */
  at: number;
  /** of the alarm */
  id: string;
  system: string;
  rule: string;
  priority: AlarmPriority;
  state: AlarmState;
  suppressedBy: string | null;
  /** when the alarm was raised, Unix ms, where that is told */
  raisedAt?: number;
}

/**
 * What alarms asked of whoever sits there over a time (EEMUA 191, ISA-18.2): the one count for the desk's figures and the
 * handover. A flood does not make it less: it counts calls that would be told without one [AL43]. Feed it in order of time
 * within each alarm; times are Unix ms.
 */
export class AlarmLoad {
  /** calls that nothing held back */
  calls = 0;
  /** by `system/rule` */
  readonly rules = new Map<string, number>();
  readonly systems = new Map<string, number>();
  /** of priority 1 to 4 */
  readonly priorities: [number, number, number, number] = [0, 0, 0, 0];
  /** how long acknowledgements took since the alarm last called, ms */
  readonly waits: { at: number; priority: AlarmPriority; took: number }[] = [];
  private readonly byTen = new Map<number, number>();
  private readonly since = new Map<string, number>();

  /** @param from @param to what is before, or not before that, does not count */
  constructor(
    private readonly from = Number.NEGATIVE_INFINITY,
    private readonly to = Number.POSITIVE_INFINITY,
  ) {}

  /** @returns whether it counts as a call */
  add(happening: LoadHappening): boolean {
    const { kind, at, id, system, rule, priority } = happening;
    if (at < this.from || at >= this.to) return false;
    if (kind === 'acknowledged') {
      const since = this.since.get(id) ?? happening.raisedAt;
      this.since.delete(id);
      if (since !== undefined) this.waits.push({ at, priority, took: Math.max(0, at - since) });
      return false;
    }
    if (!isCall(happening) || heldBack(happening) !== null) return false;
    this.calls += 1;
    this.since.set(id, at);
    this.priorities[priority - 1]! += 1;
    add(this.byTen, at - (at % TEN_MINUTES));
    add(this.rules, `${system}/${rule}`);
    add(this.systems, system);
    return true;
  }

  /** Calls by ten minutes of the clock, the oldest first, also those without one. */
  tens(from: number, to: number): { at: number; n: number }[] {
    const first = from - (from % TEN_MINUTES);
    const count = Math.max(1, Math.ceil((to - first) / TEN_MINUTES));
    return Array.from({ length: count }, (_, place) => {
      const at = first + place * TEN_MINUTES;
      return { at, n: this.byTen.get(at) ?? 0 };
    });
  }

  /** Mean calls of ten minutes; a time shorter than that counts as one. */
  mean(from: number, to: number): number {
    return this.calls / Math.max(1, (to - from) / TEN_MINUTES);
  }

  /** The ten minutes of the clock with the most calls, the first of several; null: there was no call. */
  peak(): { at: number; n: number } | null {
    let peak: { at: number; n: number } | null = null;
    for (const [at, n] of this.byTen)
      if (peak === null || n > peak.n || (n === peak.n && at < peak.at)) peak = { at, n };
    return peak;
  }

  /** Median time to acknowledge, ms; null: nothing was. @param priority absent: of all */
  medianWait(priority?: AlarmPriority): number | null {
    return median(
      this.waits.flatMap((wait) => (priority === undefined || wait.priority === priority ? wait.took : [])),
    );
  }
}

/** @param tally counts by name @returns the most frequent first */
export function mostOf(tally: ReadonlyMap<string, number>, limit: number): [name: string, n: number][] {
  return [...tally].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, limit);
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function add(counts: Map<string, number>, name: string): void;
function add(counts: Map<number, number>, name: number): void;
function add(counts: Map<string | number, number>, name: string | number): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
