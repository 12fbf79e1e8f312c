import { shallowRef } from 'vue';
import { ask } from '../console/api.js';
import { usePoll } from '../console/usePoll.js';
import { type Happening, type RateFigures, ratesOf } from './rates.js';

const EVERY_MS = 10_000;
const MINUTE = 60_000;

interface HistoryItem {
  kind: string;
  at: string;
  alarm: { priority: number; raisedAt: string; suppressedBy: string | null };
}

/** Rate of alarms and time to acknowledge, from the journal; null: it is not there. */
export function useRates() {
  const rates = shallowRef<RateFigures | null>(null);
  usePoll(async () => {
    const now = Date.now();
    const from = (ms: number) => encodeURIComponent(new Date(now - ms).toISOString());
    try {
      const [raised, acked] = await Promise.all([
        ask<{ items: HistoryItem[] }>(`alarms/history?kind=raised&limit=1000&from=${from(10 * MINUTE)}`),
        ask<{ items: HistoryItem[] }>(
          `alarms/history?kind=acknowledged&priority=1&limit=1000&from=${from(1_440 * MINUTE)}`,
        ),
      ]);
      rates.value = ratesOf([...raised.items, ...acked.items].map(happeningOf), now);
    } catch {
      // a figure that is old would be a lie
      rates.value = null;
    }
  }, EVERY_MS);
  return rates;
}

function happeningOf({ kind, at, alarm }: HistoryItem): Happening {
  return {
    kind,
    at: Date.parse(at),
    priority: alarm.priority,
    raisedAt: Date.parse(alarm.raisedAt),
    suppressed: alarm.suppressedBy !== null,
  };
}
