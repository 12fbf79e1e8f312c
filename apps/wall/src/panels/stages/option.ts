import type { Words } from '@citywall/model';
import type { TallyRow, ViewState } from '@citywall/protocol';
import type { StagesOptions } from './panel.js';

export interface Stage {
  status: string;
  name: string;
  count: number;
  overdue: number;
  /** heights as shares of the highest column, 0–1 */
  share: number;
  overdueShare: number;
}

/**
 * Columns in the order of the case's life; a stage without cases is a column of zero. `declared` are the words its pack has
 * for the statuses.
 */
export function stagesOf(
  stages: ViewState | null | undefined,
  overdue: ViewState | null | undefined,
  options: StagesOptions,
  declared: Record<string, Words> | undefined,
  lang: 'zh' | 'en',
): Stage[] {
  if (!stages) return [];
  const count = (state: ViewState | null | undefined, status: string) =>
    (state?.rows[status] as TallyRow | undefined)?.count ?? 0;
  const highest = Math.max(1, ...options.order.map((status) => count(stages, status)));
  return options.order.map((status) => {
    const all = count(stages, status);
    const late = Math.min(all, count(overdue, status));
    return {
      status,
      name: options.words?.[status]?.[lang] ?? declared?.[status]?.[lang] ?? status,
      count: all,
      overdue: late,
      share: (all - late) / highest,
      overdueShare: late / highest,
    };
  });
}

/** Width of a letter in ems of the text face: CJK is square, Latin a little more than half. */
const emsOf = (name: string) => [...name].reduce((sum, letter) => sum + (letter > '\u2e80' ? 1 : 0.58), 0);

/** Whether two neighbours' names would touch: then every second one stands a line lower. `slot` and `letter` in px. */
export function namesTouch(names: readonly string[], slot: number, letter: number): boolean {
  return names.some((name, i) => {
    const next = names[i + 1];
    return next !== undefined && ((emsOf(name) + emsOf(next)) / 2 + 0.4) * letter > slot;
  });
}
