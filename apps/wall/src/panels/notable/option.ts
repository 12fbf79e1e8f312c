import type { AlarmPriority, Origin } from '@citywall/model';
import type { NotableRow, ViewState } from '@citywall/protocol';
import { dateText, hourMinute } from '../../readings/age.js';

export interface NotableLine {
  key: string;
  source: NotableRow['source'];
  /** of the newest change; with the day before where it was another one */
  time: string;
  at: number;
  system: string;
  text: string;
  /** where the text doesn't name it */
  place: string;
  priority: AlarmPriority | null;
  unknown: boolean;
  over: boolean;
  /** in words of its pack; of an alarm and a silence it is worded by the panel */
  status: string;
  /** `14:36 起` is said of what began well before it changed */
  since: string;
  origin: Origin;
}

/** What lasted less than this says its newest time alone. */
const WORTH_SAYING_MS = 5 * 60_000;

/** Lines in the order of the view. */
export function notableLines(state: ViewState | null | undefined, now: number, lang: 'zh' | 'en'): NotableLine[] {
  if (!state || state.meta.error !== undefined) return [];
  return state.order.map((key) => {
    const row = state.rows[key] as NotableRow;
    const text = `${row.text[lang]}${row.count === undefined ? '' : ` ×${row.count}`}`;
    return {
      key,
      source: row.source,
      time: timeText(row.at, now),
      at: row.at,
      system: row.short?.[lang] ?? row.system,
      text,
      place: row.place !== undefined && !text.includes(row.place) ? row.place : '',
      priority: row.priority ?? null,
      unknown: row.unknown ?? false,
      over: row.until !== null,
      status: row.status?.[lang] ?? '',
      since: row.at - row.since < WORTH_SAYING_MS ? '' : timeText(row.since, now),
      origin: row.origin,
    };
  });
}

/** `14:47` today, `07-11` before. */
function timeText(at: number, now: number): string {
  const day = dateText(at);
  return day === dateText(now) ? hourMinute(at) : day.slice(5);
}
