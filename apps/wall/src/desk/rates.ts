/** What the journal of alarms tells of the last minutes and of today. */
export interface RateFigures {
  /** alarms raised in the last 10 minutes */
  raised: number;
  /** by minute, the newest last */
  minutes: number[];
  /** median time to acknowledge a P1 today, ms; null: none was */
  ackMedian: number | null;
}

export interface Happening {
  kind: string;
  /** Unix ms */
  at: number;
  /** of the alarm */
  id: string;
  priority: number;
  /** a cause explains it: nobody was told */
  suppressed: boolean;
}

const MINUTE = 60_000;
const WINDOW = 10;

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How long each acknowledgement took since its alarm was raised, ms, as far as that is among the happenings. */
export function ackTimes(happenings: readonly Happening[]): { at: number; priority: number; took: number }[] {
  const raisedAt = new Map<string, number>();
  const times: { at: number; priority: number; took: number }[] = [];
  for (const { kind, id, at, priority } of [...happenings].sort((a, b) => a.at - b.at)) {
    if (kind === 'raised') raisedAt.set(id, at);
    const since = raisedAt.get(id);
    if (kind !== 'acknowledged' || since === undefined) continue;
    times.push({ at, priority, took: at - since });
    raisedAt.delete(id);
  }
  return times;
}

/** @param happenings of the last day, in any order */
export function ratesOf(happenings: readonly Happening[], now: number): RateFigures {
  const minutes = Array.from({ length: WINDOW }, () => 0);
  for (const { kind, at, suppressed } of happenings) {
    if (kind !== 'raised' || suppressed) continue;
    const place = WINDOW - 1 - Math.floor((now - at) / MINUTE);
    if (place >= 0 && place < WINDOW) minutes[place]! += 1;
  }
  const reds = ackTimes(happenings).filter(({ priority }) => priority === 1);
  return {
    raised: minutes.reduce((sum, n) => sum + n, 0),
    minutes,
    ackMedian: median(reds.map(({ took }) => took)),
  };
}
