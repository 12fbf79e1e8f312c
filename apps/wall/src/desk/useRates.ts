import { shallowRef } from 'vue';
import { ask } from '../console/api.js';
import { usePoll } from '../console/usePoll.js';
import { type Happening, type RateFigures, ratesOf } from './rates.js';

const EVERY_MS = 10_000;
const MINUTE = 60_000;

/** An entry of the journal of alarms, as `/api/v1/alarms/history` answers it. */
export interface HistoryItem {
  at: string;
  kind: string;
  by: string | null;
  note: string | null;
  id: string;
  system: string;
  rule: string;
  name: string | null;
  priority: 1 | 2 | 3 | 4;
  text: { zh: string; en: string };
  town: string | null;
  suppressedBy: string | null;
}

export function happeningOf({ kind, at, id, priority, suppressedBy }: HistoryItem): Happening {
  return { kind, at: Date.parse(at), id, priority, suppressed: suppressedBy !== null };
}

/** Rate of alarms and time to acknowledge, from the journal; null: it is not there. */
export function useRates() {
  const rates = shallowRef<RateFigures | null>(null);
  usePoll(async () => {
    const now = Date.now();
    const from = (minutes: number) => encodeURIComponent(new Date(now - minutes * MINUTE).toISOString());
    try {
      const [raised, reds] = await Promise.all([
        ask<{ items: HistoryItem[] }>(`alarms/history?kind=raised&limit=1000&from=${from(10)}`),
        ask<{ items: HistoryItem[] }>(`alarms/history?priority=1&limit=1000&from=${from(1_440)}`),
      ]);
      // a red one that was raised just now is in both lists, and counts once
      const both = (item: HistoryItem) => item.kind === 'raised' && now - Date.parse(item.at) <= 10 * MINUTE;
      rates.value = ratesOf([...raised.items, ...reds.items.filter((item) => !both(item))].map(happeningOf), now);
    } catch {
      // a figure that is old would be a lie
      rates.value = null;
    }
  }, EVERY_MS);
  return rates;
}
