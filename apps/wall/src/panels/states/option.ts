import type { AlarmRow, OccurrenceRow, ValueRow, ViewState } from '@citywall/protocol';
import { valueText } from '../../readings/format.js';
import { type ReadingAttributes, readingAttributes } from '../../readings/shown.js';
import { shortened } from '../parts/names.js';
import type { StatesOptions } from './panel.js';

export type Priority = 1 | 2 | 3 | 4;
export type Tone = 'on' | 'off' | 'attention' | 'unknown';

export interface StateCell {
  key: string;
  name: string;
  /** what it stands together with; empty where the options name no group */
  group: string;
  word: string;
  tone: Tone;
  /** an old value: the word stays, the cell is hatched */
  stale: boolean;
  at: number;
  /** of the gravest alarm in force on the asset; null: none, whatever the state is called */
  alarm: Priority | null;
  attributes: ReadingAttributes;
}

export interface StateCount {
  key: string;
  word: string;
  tone: Tone;
  count: number;
}

export interface StateBoard {
  cells: StateCell[];
  /** in the order of the options, those of no asset left out; unknown last */
  counts: StateCount[];
}

/** Cells and counts. A value that is old or absent counts as unknown: nobody knows that the pump still runs. */
export function statesOf(
  state: ViewState | null | undefined,
  alarms: ViewState | null | undefined,
  options: StatesOptions,
  now: number,
  lang: 'zh' | 'en',
  unknown: string,
): StateBoard {
  if (!state || state.meta.error !== undefined) return { cells: [], counts: [] };
  const priorities = priorityOf(alarms);
  const rows = state.order.map((key) => state.rows[key] as ValueRow);
  const metric = options.metric ?? rows[0]?.metric;
  const cells = rows
    .filter((row) => row.metric === metric)
    .map((row): StateCell => {
      const attributes = readingAttributes({ ...row, staleAfter: row.staleAfter ?? state.meta.staleAfter }, now);
      const stale = row.value !== null && attributes['data-quality'] === 'stale';
      const named = options.states.find(({ is }) => is === row.value);
      return {
        key: row.asset,
        name: shortened(row.name, options.without ?? []),
        group: options.group === undefined ? '' : valueText(row.attributes?.[options.group], { lang }),
        word: row.value === null ? unknown : (named?.[lang] ?? valueText(row.value, { lang })),
        tone: row.value === null || stale ? 'unknown' : (named?.tone ?? 'off'),
        stale,
        at: row.at,
        alarm: priorities.get(row.asset) ?? null,
        attributes,
      };
    });
  return { cells: sorted(cells, options), counts: countsOf(cells, options, lang, unknown) };
}

function priorityOf(alarms: ViewState | null | undefined): Map<string, Priority> {
  const gravest = new Map<string, Priority>();
  for (const row of Object.values(alarms?.rows ?? {}) as (OccurrenceRow & Partial<AlarmRow>)[]) {
    const priority = row.priority ?? (Number(/^P([1-4])$/.exec(row.level ?? '')?.[1]) as Priority);
    if (row.asset === undefined || !priority) continue;
    gravest.set(row.asset, Math.min(priority, gravest.get(row.asset) ?? 4) as Priority);
  }
  return gravest;
}

const TONES: Tone[] = ['attention', 'unknown', 'on', 'off'];

function sorted(cells: StateCell[], options: StatesOptions): StateCell[] {
  const byName = (a: StateCell, b: StateCell) => a.name.localeCompare(b.name, 'zh-CN', { numeric: true });
  if (options.sort !== 'state') return cells.toSorted(byName);
  return cells.toSorted(
    (a, b) => (a.alarm ?? 5) - (b.alarm ?? 5) || TONES.indexOf(a.tone) - TONES.indexOf(b.tone) || byName(a, b),
  );
}

function countsOf(cells: StateCell[], options: StatesOptions, lang: 'zh' | 'en', unknown: string): StateCount[] {
  const known = new Map<string, StateCount>(
    options.states.map((each) => [
      each[lang],
      { key: String(each.is), word: each[lang], tone: each.tone ?? 'off', count: 0 },
    ]),
  );
  let lost = 0;
  for (const cell of cells) {
    if (cell.tone === 'unknown') {
      lost++;
      continue;
    }
    const count = known.get(cell.word) ?? { key: cell.word, word: cell.word, tone: cell.tone, count: 0 };
    count.count++;
    known.set(cell.word, count);
  }
  const counts = [...known.values()].filter(({ count }) => count > 0);
  return lost > 0 ? [...counts, { key: '', word: unknown, tone: 'unknown', count: lost }] : counts;
}

/** named: name and word · grouped: squares by group · small: a square each · counts: bars only */
export type BoardKind = 'named' | 'grouped' | 'small' | 'counts';

export interface BoardLayout {
  kind: BoardKind;
  columns: number;
  /** side of a square or width of a cell, px of the screen */
  cell: number;
}

/** Smallest cells that are still read at the distance the wall is looked at, px at 1080p. */
const NAMED = { width: 50, widest: 118, height: 43, gap: 6 };
const SMALL = { least: 11, most: 26, gap: 3 };
/** px at 1080p of the counts above small cells and of the line below that names those that need somebody */
export const SMALL_LINES = 58;

/**
 * Cells shrink while they can be told apart, then become counts.
 * @param size px of the screen · @param factor px of the screen per px at 1080p
 */
export function layoutOf(
  count: number,
  size: { width: number; height: number },
  factor: number,
  longest: number,
): BoardLayout {
  const width = size.width / factor;
  const height = size.height / factor;
  // letters of 14 px and the padding; longer names are cut, never shrunk
  const wide = Math.min(NAMED.widest, Math.max(NAMED.width, longest * 14 + 8));
  const columns = Math.max(1, Math.floor((width + NAMED.gap) / (wide + NAMED.gap)));
  const rows = Math.floor((height + NAMED.gap) / (NAMED.height + NAMED.gap));
  if (count <= columns * rows) {
    // one line as wide as the panel reads as one line of pumps; two lines share the columns evenly
    const lines = Math.max(1, Math.ceil(count / columns));
    return { kind: 'named', columns: Math.max(1, Math.ceil(count / lines)), cell: wide * factor };
  }
  const free = height - SMALL_LINES;
  for (let side = SMALL.most; side >= SMALL.least; side--) {
    const across = Math.floor((width + SMALL.gap) / (side + SMALL.gap));
    if (across * Math.floor((free + SMALL.gap) / (side + SMALL.gap)) >= count)
      return { kind: 'small', columns: across, cell: side * factor };
  }
  return { kind: 'counts', columns: 1, cell: 0 };
}

export interface StateGroup {
  name: string;
  cells: StateCell[];
}

/** Cells by group, groups in the order of their names; the cells of each keep the order of the board. */
export function groupsOf(cells: readonly StateCell[]): StateGroup[] {
  const groups = new Map<string, StateCell[]>();
  for (const cell of cells) groups.set(cell.group, [...(groups.get(cell.group) ?? []), cell]);
  return [...groups]
    .map(([name, members]) => ({ name, cells: members }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'zh-CN', { numeric: true }));
}

const GROUP = { name: 22, gap: 12, between: 20, most: 40, narrowest: 80 };

/**
 * Squares in one line below the name of their group, as large as the room allows; where they would be too small, no groups.
 * @param sizes cells of each group
 */
export function groupLayoutOf(
  sizes: readonly number[],
  size: { width: number; height: number },
  factor: number,
): BoardLayout | null {
  const width = size.width / factor;
  const height = size.height / factor - SMALL_LINES;
  const longest = Math.max(1, ...sizes);
  let best: BoardLayout | null = null;
  for (let columns = 1; columns <= sizes.length; columns++) {
    const wide = (width + GROUP.between) / columns - GROUP.between;
    if (wide < GROUP.narrowest) break;
    const high = (height + GROUP.gap) / Math.ceil(sizes.length / columns) - GROUP.gap - GROUP.name;
    const side = Math.floor(Math.min(GROUP.most, high, (wide + SMALL.gap) / longest - SMALL.gap));
    if (side >= SMALL.least && side * factor > (best?.cell ?? 0))
      best = { kind: 'grouped', columns, cell: side * factor };
  }
  return best;
}
