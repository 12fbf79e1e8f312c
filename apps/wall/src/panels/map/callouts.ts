import type { AlarmPriority, Words } from '@citywall/model';
import type { OccurrenceRow, ViewState } from '@citywall/protocol';
import type { Projection } from '../../map/geometry.js';
import type { MapOptions } from './panel.js';

/** An occurrence or an alarm grave enough to be named beside the map. */
export interface Called {
  key: string;
  x: number;
  y: number;
  /** of the occurrence's own scale */
  level: string;
  word: Words;
  text: string | Words;
  /** town or asset it is about, where one is named */
  where: string;
  at: number;
  /** of an alarm */
  priority?: AlarmPriority;
  /** an unacknowledged P1 */
  urgent?: boolean;
  /** how many more alarms stand there */
  more?: number;
}

const DEFAULT_LIMIT = 4;

/**
 * Occurrences to call out, the gravest first, then the newest; `more` counts those there is no room for. One without a
 * place stands at the town its field names; one that names none concerns the whole county and stands in the strip of
 * warnings, not on the map.
 */
export function calledOut(
  state: ViewState | null | undefined,
  options: MapOptions['callouts'],
  project: Projection,
  seats: ReadonlyMap<string, [number, number]>,
): { called: Called[]; more: number } {
  if (!state || !options) return { called: [], more: 0 };
  const rank = new Map(options.levels.map(({ level }, i) => [level, i]));
  const found = state.order.flatMap((key): Called[] => {
    const row = state.rows[key] as OccurrenceRow;
    const level = row.level ?? '';
    const words = options.levels[rank.get(level) ?? -1];
    if (!words || options.over?.includes(row.status)) return [];
    const town = options.town === undefined ? undefined : townOf(row.fields[options.town], seats);
    const place = row.place ? project(...row.place) : town && seats.get(town);
    if (!place) return [];
    const text = options.text
      .map((field) => row.fields[field])
      .find((value) => typeof value === 'string' && value.trim());
    return [
      {
        key,
        x: place[0],
        y: place[1],
        level,
        word: { zh: words.zh, en: words.en },
        text: typeof text === 'string' ? text : '',
        where: town ?? row.name ?? '',
        at: row.at,
      },
    ];
  });
  found.sort((a, b) => rank.get(a.level)! - rank.get(b.level)! || b.at - a.at || (a.key < b.key ? -1 : 1));
  const called = found.slice(0, options.limit ?? DEFAULT_LIMIT);
  return { called, more: found.length - called.length };
}

/** A town whose name stands in a field: `桂溪街道明月大道`, or `桂溪`. */
function townOf(field: unknown, seats: ReadonlyMap<string, unknown>): string | undefined {
  if (typeof field !== 'string' || field === '') return undefined;
  for (const name of seats.keys()) if (field.includes(name) || field === shortTown(name)) return name;
  return undefined;
}

/** `桂溪街道` → `桂溪`, `高安镇` → `高安` */
export function shortTown(name: string): string {
  return name.replace(/(街道|镇|乡)$/, '');
}
