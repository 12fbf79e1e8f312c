import { AlarmLoad, FLOOD_BEGINS_ABOVE, type LoadHappening, median, mostOf } from '@citywall/alarms';
import { ALARM_PRIORITIES, type AlarmPriority } from '@citywall/model';
import { ACK_WITHIN } from './figures.js';

/** Figures of alarm management over a time (EEMUA 191, ISA-18.2). */
export interface Kpis {
  /** calls by ten minutes, oldest first */
  tens: { at: number; n: number }[];
  raised: number;
  /** of them by priority, 1 to 4 */
  priorities: readonly [number, number, number, number];
  /** mean of ten minutes at one seat */
  mean: number;
  peak: number;
  /** share of tens with more than ten, 0 to 1 */
  flooded: number;
  /** `system/rule` of what calls most often, and its share of all, 0 to 1 */
  top: { rule: string; n: number; share: number }[];
  topShare: number;
  departments: { system: string; n: number }[];
  /** time to acknowledge by priority, ms; null: none was */
  ack: { priority: AlarmPriority; median: number | null; within: number | null; n: number }[];
}

const TOP = 10;

/** @param happenings in any order @param seats at which the alarms are shared */
export function kpisOf(happenings: readonly LoadHappening[], from: number, to: number, seats = 1): Kpis {
  const load = new AlarmLoad();
  for (const happening of [...happenings].sort((a, b) => a.at - b.at)) load.add(happening);
  const tens = load.tens(from, to);
  const top = mostOf(load.rules, TOP).map(([rule, n]) => ({ rule, n, share: n / load.calls }));
  return {
    tens,
    raised: load.calls,
    priorities: load.priorities,
    mean: load.mean(from, to) / seats,
    peak: Math.max(...tens.map(({ n }) => n)) / seats,
    flooded: tens.filter(({ n }) => n / seats > FLOOD_BEGINS_ABOVE).length / tens.length,
    top,
    topShare: top.reduce((sum, { share }) => sum + share, 0),
    departments: mostOf(load.systems, TOP).map(([system, n]) => ({ system, n })),
    ack: ALARM_PRIORITIES.map((priority) => {
      const took = load.waits.flatMap((wait) => (wait.priority === priority ? wait.took : []));
      const target = ACK_WITHIN[priority];
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
