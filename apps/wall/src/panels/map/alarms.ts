import type { AlarmPriority, Words } from '@citywall/model';
import type { AlarmRow, ViewState } from '@citywall/protocol';
import type { Projection } from '../../map/geometry.js';
import type { Called } from './callouts.js';

/** Alarms that stand at one place of the map: one shape, the most urgent's. */
export interface AlarmPlace {
  key: string;
  x: number;
  y: number;
  priority: AlarmPriority;
  /** an unacknowledged P1 is among them */
  urgent: boolean;
  /** nobody knows whether any of them still holds */
  unknown: boolean;
  count: number;
  /** the most urgent */
  first: AlarmRow;
  title: Words;
}

/** px at 1080p within which alarms of assets share a shape, and how far above a town's middle its shape stands. */
const NEAR = 11;
const ABOVE = 25;

/**
 * Alarms by place, the most urgent last, so that it is drawn on top. `town`: one shape a town, above its name, since what the
 * map tells is which town; `asset`: where the asset stands, neighbours together. An alarm without a place is in the header's
 * count all the same.
 */
export function alarmPlaces(
  state: ViewState | null | undefined,
  at: 'town' | 'asset',
  project: Projection,
  seats: ReadonlyMap<string, [number, number]>,
  factor: number,
): AlarmPlace[] {
  if (!state || state.meta.error !== undefined) return [];
  const groups: { x: number; y: number; key: string; rows: AlarmRow[] }[] = [];
  // the view's order: the most urgent first
  for (const id of state.order) {
    const row = state.rows[id] as AlarmRow;
    const place = placeOf(row, at, project, seats, factor);
    if (place === undefined) continue;
    const { x, y, key } = place;
    const near = groups.find((group) =>
      at === 'town' ? group.key === key : Math.hypot(group.x - x, group.y - y) < NEAR * factor,
    );
    if (near) near.rows.push(row);
    else groups.push({ x, y, key, rows: [row] });
  }
  return groups
    .map(({ x, y, key, rows }): AlarmPlace => {
      const first = rows.reduce((most, row) => (row.priority < most.priority ? row : most));
      const more = rows.length > 1 ? ` +${rows.length - 1}` : '';
      return {
        key,
        x,
        y,
        priority: first.priority,
        urgent: rows.some((row) => row.priority === 1 && row.state === 'active-unacknowledged'),
        unknown: rows.every((row) => row.unknown),
        count: rows.length,
        first,
        title: { zh: `P${first.priority} ${first.text.zh}${more}`, en: `P${first.priority} ${first.text.en}${more}` },
      };
    })
    .sort((a, b) => b.priority - a.priority || Number(a.urgent) - Number(b.urgent));
}

function placeOf(
  row: AlarmRow,
  at: 'town' | 'asset',
  project: Projection,
  seats: ReadonlyMap<string, [number, number]>,
  factor: number,
): { x: number; y: number; key: string } | undefined {
  if (at === 'asset') {
    if (!row.place) return undefined;
    const [x, y] = project(...row.place);
    return { x, y, key: row.asset ?? row.id };
  }
  const seat = row.town === undefined ? undefined : seats.get(row.town);
  return seat && row.town !== undefined ? { x: seat[0], y: seat[1] - ABOVE * factor, key: row.town } : undefined;
}

const WORDS: Partial<Record<AlarmPriority, Words>> = { 1: { zh: 'P1', en: 'P1' }, 2: { zh: 'P2', en: 'P2' } };

/** What is named beside the map: places with a P1 or P2, the most urgent first. */
export function alarmCallouts(places: readonly AlarmPlace[], limit: number): Called[] {
  return places
    .filter(({ priority }) => priority <= 2)
    .sort(
      (a, b) => a.priority - b.priority || Number(b.urgent) - Number(a.urgent) || b.first.raisedAt - a.first.raisedAt,
    )
    .slice(0, limit)
    .map(({ key, x, y, first, priority, count, urgent }) => ({
      key: `alarm:${key}`,
      x,
      y,
      level: `p${priority}`,
      priority,
      urgent,
      word: WORDS[priority] ?? { zh: '', en: '' },
      text: first.text,
      where: first.town ?? first.name ?? '',
      at: first.raisedAt,
      more: count - 1,
    }));
}
