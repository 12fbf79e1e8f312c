import type { CaseloadRow, ViewState } from '@citywall/protocol';
import { figure } from '../../readings/format.js';
import { type OccurrenceTypes, typeText } from '../../readings/occurrenceWords.js';
import type { CaseloadOptions } from './panel.js';

export interface CaseloadLine {
  key: string;
  name: string;
  state: CaseloadRow['state'];
  /** `≥ 12` where it is a lower bound, `—` where nothing is known */
  opened: string;
  open: string;
  closed: string;
  /** of the longest bar, 0–1 */
  share: number;
  heardAt: number | null;
}

export interface Caseload {
  lines: CaseloadLine[];
  /** of all that are told of */
  opened: string;
  closed: string;
}

/** A line a kind of case. What is silent keeps its last counts; what never told anything has none. */
export function caseloadOf(
  state: ViewState | null | undefined,
  options: CaseloadOptions,
  types: OccurrenceTypes,
  lang: 'zh' | 'en',
): Caseload {
  const known = state && state.meta.error === undefined ? state : null;
  const rows = known ? known.order.map((key) => ({ key, row: known.rows[key] as CaseloadRow })) : [];
  const longest = Math.max(1, ...rows.map(({ row }) => row.open));
  const told = rows.filter(({ row }) => row.state !== 'unconnected' && row.state !== 'waiting').map(({ row }) => row);
  const capped = told.some((row) => row.capped);
  const sum = (member: 'opened' | 'closed') =>
    told.length === 0
      ? figure(null)
      : atLeast(
          told.reduce((total, row) => total + row[member], 0),
          capped,
        );
  return {
    lines: rows.map(({ key, row }) => {
      const none = row.state === 'unconnected' || row.state === 'waiting';
      const count = (value: number) => (none ? figure(null) : atLeast(value, row.capped));
      return {
        key,
        name: options.words?.[key]?.[lang] ?? typeText(types, row, lang),
        state: row.state,
        opened: count(row.opened),
        open: count(row.open),
        closed: count(row.closed),
        share: none ? 0 : row.open / longest,
        heardAt: row.heardAt ?? null,
      };
    }),
    opened: sum('opened'),
    closed: sum('closed'),
  };
}

const atLeast = (value: number, capped: boolean | undefined): string => `${capped ? '≥ ' : ''}${figure(value)}`;
