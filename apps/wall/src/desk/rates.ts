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
  priority: number;
  /** when the alarm was raised, Unix ms */
  raisedAt: number;
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

/** @param happenings of today, in any order */
export function ratesOf(happenings: readonly Happening[], now: number): RateFigures {
  const minutes = Array.from({ length: WINDOW }, () => 0);
  const acked: number[] = [];
  for (const { kind, at, priority, raisedAt, suppressed } of happenings) {
    if (kind === 'raised' && !suppressed) {
      const place = WINDOW - 1 - Math.floor((now - at) / MINUTE);
      if (place >= 0 && place < WINDOW) minutes[place]! += 1;
    }
    if (kind === 'acknowledged' && priority === 1) acked.push(at - raisedAt);
  }
  return { raised: minutes.reduce((sum, n) => sum + n, 0), minutes, ackMedian: median(acked) };
}
