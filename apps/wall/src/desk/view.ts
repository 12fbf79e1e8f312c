import type { DeskAlarm } from '@citywall/protocol';

/** Filters of the desk, in the order of their tabs. */
export const FILTERS = ['all', 'unacknowledged', 'unknown', 'mine', 'shelved', 'suppressed'] as const;
export type Filter = (typeof FILTERS)[number];

export interface View {
  filter: Filter;
  /** words that all have to be in it; '' for all */
  query: string;
  /** whose desk this is; '' without a log-in */
  me: string;
}

/** It waits for somebody to acknowledge it. What a cause explains or somebody set aside does not. */
export function isOpen(alarm: DeskAlarm): boolean {
  return (
    (alarm.state === 'active-unacknowledged' || alarm.state === 'cleared-unacknowledged') &&
    alarm.suppressedBy === null &&
    alarm.shelved === null &&
    alarm.outOfService === null
  );
}

const TESTS: Readonly<Record<Filter, (alarm: DeskAlarm, me: string) => boolean>> = {
  all: () => true,
  unacknowledged: isOpen,
  unknown: ({ unknown }) => unknown,
  mine: ({ acknowledged, shelved }, me) => me !== '' && (acknowledged?.by === me || shelved?.by === me),
  shelved: ({ shelved, outOfService }) => shelved !== null || outOfService !== null,
  suppressed: ({ suppressedBy }) => suppressedBy !== null,
};

const texts = new WeakMap<DeskAlarm, string>();

/** Everything of an alarm that is searched, in small letters. */
function textOf(alarm: DeskAlarm): string {
  let text = texts.get(alarm);
  if (text === undefined) {
    const { name, id, town, group } = alarm;
    text = [alarm.text.zh, alarm.text.en, name, id, town, ...Object.values(group)].join(' ').toLowerCase();
    texts.set(alarm, text);
  }
  return text;
}

/** Whether an alarm is what the view asks for. */
export function matches(alarm: DeskAlarm, { filter, query, me }: View): boolean {
  if (!TESTS[filter](alarm, me)) return false;
  if (query === '') return true;
  const text = textOf(alarm);
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** How many alarms each filter has. `all`: those that no cause explains; raw = all + suppressed. */
export function countsOf(alarms: Iterable<DeskAlarm>, me: string): Record<Filter, number> {
  const counts: Record<Filter, number> = { all: 0, unacknowledged: 0, unknown: 0, mine: 0, shelved: 0, suppressed: 0 };
  for (const alarm of alarms) {
    for (const filter of FILTERS) if (TESTS[filter](alarm, me)) counts[filter] += 1;
    if (alarm.suppressedBy !== null) counts.all -= 1;
  }
  return counts;
}
