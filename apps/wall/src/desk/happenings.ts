import type { LoadHappening } from '@citywall/alarms';

/** An entry of the journal of alarms, as `/api/v1/alarms/history` answers it. */
export interface HistoryItem extends Omit<LoadHappening, 'at' | 'by' | 'raisedAt'> {
  at: string;
  by: string | null;
  note: string | null;
  name: string | null;
  text: { zh: string; en: string };
  town: string | null;
}

/** What of an entry tells of the load. */
export function happeningOf(item: HistoryItem): LoadHappening {
  const { kind, by, id, system, rule, priority, state, suppressedBy } = item;
  return { kind, at: Date.parse(item.at), by, id, system, rule, priority, state, suppressedBy };
}
