import { ackTimes, type Happening, median } from './rates.js';

const MINUTE = 60_000;
const TEN = 10 * MINUTE;

/** Figures of alarm management over a time (EEMUA 191, ISA-18.2). */
export interface Kpis {
  /** alarms raised by ten minutes, oldest first */
  tens: { at: number; n: number }[];
  raised: number;
  /** of them by priority, 1 to 4 */
  priorities: [number, number, number, number];
  /** mean of ten minutes at one seat */
  mean: number;
  peak: number;
  /** share of tens with more than ten, 0 to 1 */
  flooded: number;
  /** what is raised most often, and its share of all, 0 to 1 */
  top: { rule: string; n: number; share: number }[];
  topShare: number;
  departments: { system: string; n: number }[];
  /** time to acknowledge by priority, ms; null: none was */
  ack: { priority: 1 | 2 | 3 | 4; median: number | null; within: number | null; n: number }[];
}

export interface KpiHappening extends Happening {
  system: string;
  /** `system/rule` */
  rule: string;
}

const TARGETS = { 1: 60_000, 2: 180_000, 3: 900_000, 4: null } as const;
const TOP = 10;

/** @param happenings in any order @param seats at which the alarms are shared */
export function kpisOf(happenings: readonly KpiHappening[], from: number, to: number, seats = 1): Kpis {
  const raised = happenings.filter(({ kind, suppressed }) => kind === 'raised' && !suppressed);
  const first = Math.floor(from / TEN) * TEN;
  const count = Math.max(1, Math.ceil((to - first) / TEN));
  const tens = Array.from({ length: count }, (_, place) => ({ at: first + place * TEN, n: 0 }));
  const priorities: Kpis['priorities'] = [0, 0, 0, 0];
  for (const { at, priority } of raised) {
    const ten = tens[Math.floor((at - first) / TEN)];
    if (ten) ten.n += 1;
    if (priority >= 1 && priority <= 4) priorities[priority - 1]! += 1;
  }
  const rules = tally(raised, ({ rule }) => rule);
  const top = rules.slice(0, TOP).map(([rule, n]) => ({ rule, n, share: n / raised.length }));
  const times = ackTimes(happenings);
  return {
    tens,
    raised: raised.length,
    priorities,
    mean: raised.length / count / seats,
    peak: Math.max(...tens.map(({ n }) => n)) / seats,
    flooded: tens.filter(({ n }) => n / seats > 10).length / count,
    top,
    topShare: top.reduce((sum, { share }) => sum + share, 0),
    departments: tally(raised, ({ system }) => system)
      .slice(0, TOP)
      .map(([system, n]) => ({ system, n })),
    ack: ([1, 2, 3, 4] as const).map((priority) => {
      const took = times.filter((one) => one.priority === priority).map((one) => one.took);
      const target = TARGETS[priority];
      const kept = target === null ? null : took.filter((ms) => ms <= target).length;
      return {
        priority,
        median: median(took),
        within: kept === null || took.length === 0 ? null : kept / took.length,
        n: took.length,
      };
    }),
  };
}

function tally<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}
