import { AlarmLoad } from '@citywall/alarms';
import { shallowRef } from 'vue';
import { ask } from '../console/api.js';
import { usePoll } from '../console/usePoll.js';
import { type HistoryItem, happeningOf } from './happenings.js';

const EVERY_MS = 10_000;
const DAY = 86_400_000;

/** Median time to acknowledge a P1 in the last day, ms; null: none was. `undefined` where nobody can tell. */
export function useAckMedian() {
  const median = shallowRef<number | null | undefined>(undefined);
  usePoll(async () => {
    const from = encodeURIComponent(new Date(Date.now() - DAY).toISOString());
    try {
      const { items } = await ask<{ items: HistoryItem[] }>(`alarms/history?priority=1&limit=1000&from=${from}`);
      const load = new AlarmLoad();
      for (const item of items.reverse()) load.add(happeningOf(item));
      median.value = load.medianWait(1);
    } catch {
      // a figure that is old would be a lie
      median.value = undefined;
    }
  }, EVERY_MS);
  return median;
}
