import type { NoticeRow, ViewState } from '@citywall/protocol';
import { hourMinute } from '../../readings/age.js';
import type { NoticesOptions } from './panel.js';

export interface NoticeLine {
  id: string;
  reason: string;
  text: string;
  since: string;
  at: number;
  count: number;
}

/** Conditions, the newest first, at most `maxRows`, and how many more there are. */
export function noticeLines(
  state: ViewState | null | undefined,
  options: NoticesOptions,
  lang: 'zh' | 'en',
): { lines: NoticeLine[]; more: number } {
  const rows = (state ? Object.values(state.rows) : []) as NoticeRow[];
  const sorted = rows.toSorted((a, b) => b.since - a.since || a.id.localeCompare(b.id));
  const shown = sorted.slice(0, options.maxRows ?? sorted.length);
  return {
    lines: shown.map((row) => ({
      id: row.id,
      reason: row.reason,
      text: row.text[lang],
      since: hourMinute(row.since),
      at: row.since,
      count: row.count,
    })),
    more: sorted.length - shown.length,
  };
}
