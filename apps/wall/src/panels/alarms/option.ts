import type { AlarmPriority, Origin } from '@citywall/model';
import type { AlarmEventRow, AlarmRow, ViewMeta, ViewState } from '@citywall/protocol';
import { clockText, dateText, hourMinute } from '../../readings/age.js';

/** open: nobody has acknowledged it · seen: somebody has · over: it cleared before anybody had. */
export type AlarmForm = 'open' | 'seen' | 'over';

export interface AlarmLine {
  key: string;
  system: string;
  priority: AlarmPriority;
  text: string;
  /** asset it is about, where the text doesn't name it */
  place: string;
  raisedAt: number;
  /** `14:47`, the date where that was another day: the seconds of an open one are counted beside it */
  minute: string;
  form: AlarmForm;
  /** its input is silent, stale or bad */
  unknown: boolean;
  /** s since it was raised, while it is open */
  waited: number | null;
  /** s within which somebody answers it; null: by the end of the shift */
  target: number | null;
  origin: Origin;
}

/** s until an alarm should be acknowledged, by priority (IEC 62682: time to respond; the figures are this county's). */
const TARGETS: Record<AlarmPriority, number | null> = { 1: 60, 2: 180, 3: 900, 4: null };

export const PRIORITIES = [1, 2, 3, 4] as const satisfies readonly AlarmPriority[];
export type Counts = Record<AlarmPriority, number>;

/** Alarms in the order of the view. */
export function alarmLines(state: ViewState | null | undefined, now: number, lang: 'zh' | 'en'): AlarmLine[] {
  if (!state || state.meta.error !== undefined) return [];
  return state.order.map((key) => {
    const row = state.rows[key] as AlarmRow;
    const text = row.text[lang];
    const form = row.state === 'active-acknowledged' ? 'seen' : row.state === 'active-unacknowledged' ? 'open' : 'over';
    return {
      key,
      system: row.system,
      priority: row.priority,
      text,
      place: row.name !== undefined && !text.includes(row.name) ? row.name : '',
      raisedAt: row.raisedAt,
      minute: minuteText(row.raisedAt, now),
      form,
      unknown: row.unknown,
      waited: form === 'open' ? Math.max(0, Math.floor((now - row.raisedAt) / 1_000)) : null,
      target: TARGETS[row.priority],
      origin: row.origin,
    };
  });
}

/** Of priority 1, it holds, and nobody has acknowledged it: what a wall puts before everything else. */
export const isRed = ({ priority, form }: Pick<AlarmLine, 'priority' | 'form'>): boolean =>
  priority === 1 && form === 'open';

/** `14:47:05` today, `07-11 22:10` before. */
export function momentText(at: number, now: number): string {
  const day = dateText(at);
  return day === dateText(now) ? clockText(at) : `${day.slice(5)} ${clockText(at).slice(0, 5)}`;
}

function minuteText(at: number, now: number): string {
  const day = dateText(at);
  return day === dateText(now) ? hourMinute(at) : day.slice(5);
}

/** Standing ones by priority, also those beyond the view's limit; null where nobody knows. */
export function countsOf(meta: ViewMeta | undefined): Counts | null {
  if (meta === undefined || meta.error !== undefined || meta.p1 === undefined) return null;
  return { 1: meta.p1, 2: meta.p2 ?? 0, 3: meta.p3 ?? 0, 4: meta.p4 ?? 0 };
}

/**
 * What has a line where there is room for so many: all, or as many as leave one for what has none.
 * @param total how many stand
 * @param besides whether something is told beside them, in a last line, anyway
 */
export function fitting(lines: readonly AlarmLine[], room: number, total: number, besides: boolean): AlarmLine[] {
  const all = lines.length === total && lines.length + (besides ? 1 : 0) <= room;
  return lines.slice(0, all ? lines.length : Math.max(1, room - 1));
}

/** How many of each priority have no line. */
export function restOf(counts: Counts | null, shown: readonly AlarmLine[]): Counts | null {
  if (counts === null) return null;
  const rest = { ...counts };
  for (const { priority } of shown) rest[priority] = Math.max(0, rest[priority] - 1);
  return rest;
}

export const totalOf = (counts: Counts | null): number =>
  PRIORITIES.reduce((sum, one) => sum + (counts?.[one] ?? 0), 0);

const DAY_MS = 86_400_000;

/** Since when it is calm: the end of the newest alarm, the begin of the evaluation where that is later, or longer than a day. */
export type Calm = { since: 'ended' | 'watched'; at: number } | { since: 'day' };

/** Since when no alarm stood, as far as an alarm-events view tells; null where nobody knows. */
export function calmOf(ended: ViewState | null | undefined, now: number): Calm | null {
  const watched = ended?.meta.watchedSince;
  if (!ended || watched === undefined) return null;
  const at = Math.max(...ended.order.map((key) => (ended.rows[key] as AlarmEventRow).at));
  if (watched > at && watched > now - DAY_MS) return { since: 'watched', at: watched };
  return at > now - DAY_MS ? { since: 'ended', at } : { since: 'day' };
}

/** Systems whose rules nobody evaluates: while there are any, no alarms is no finding. */
export const unwatchedOf = (meta: ViewMeta | undefined): number => meta?.unwatched ?? 0;
