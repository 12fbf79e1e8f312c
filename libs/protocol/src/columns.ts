import { ProtocolError } from './errors.js';
import { put } from './state.js';

/**
 * Rows on the wire are tables by shape: the names of the members once, then one column a member. Names of members that
 * occur often are numbers (position in MEMBERS), times are offsets in ms from the table's base second.
 */

/** Order is part of the protocol: append only, and raise PROTOCOL_VERSION when one is removed or moved. */
const MEMBERS = [
  'value',
  'at',
  'receivedAt',
  'quality',
  'origin',
  'flags',
  'feed',
  'asset',
  'name',
  'metric',
  'unit',
  'decimals',
  'staleAfter',
  'attributes',
  'place',
  'placement',
  'min',
  'max',
  'avg',
  'last',
  'count',
  'fresh',
  'total',
  'oldestAt',
  'newestAt',
  'matching',
  'id',
  'system',
  'type',
  'status',
  'level',
  'fields',
  'short',
  'order',
  'state',
  'feedsLive',
  'feedsTotal',
  'reason',
  'subject',
  'since',
  'text',
  'rule',
  'priority',
  'raisedAt',
  'changedAt',
  'clearedAt',
  'acknowledgedAt',
  'unknown',
  'town',
  'group',
  'event',
  'guidance',
] as const;

const CODE = new Map<string, number>(MEMBERS.map((name, code) => [name, code]));
const TIMES = new Set([
  'at',
  'receivedAt',
  'oldestAt',
  'newestAt',
  'since',
  'raisedAt',
  'changedAt',
  'clearedAt',
  'acknowledgedAt',
]);
/** Beyond this an offset costs as much as the time itself; it also keeps offsets exact integers. */
const LARGEST_OFFSET = 2 ** 31;

/** `[positions, member codes or names, column, column, …]` */
export type WireGroup = [number[], (number | string)[], ...unknown[][]];

/** Rows (or changed parts of rows) with their positions, as groups of one shape each. */
export function toGroups(items: readonly (readonly [number, Record<string, unknown>])[], base: number): WireGroup[] {
  const groups = new Map<string, { positions: number[]; names: string[]; columns: unknown[][] }>();
  for (const [position, row] of items) {
    const names = Object.keys(row).filter((name) => row[name] !== undefined);
    const shape = names.join('\n');
    let group = groups.get(shape);
    if (group === undefined) {
      group = { positions: [], names, columns: names.map(() => []) };
      groups.set(shape, group);
    }
    group.positions.push(position);
    for (let i = 0; i < names.length; i++) group.columns[i]?.push(row[names[i] as string]);
  }
  return [...groups.values()].map((group) => toGroup(group.positions, group.names, group.columns, base));
}

export function toGroup(positions: number[], names: string[], columns: unknown[][], base: number): WireGroup {
  return [
    positions,
    names.map((name) => CODE.get(name) ?? name),
    ...columns.map((column, i) => (TIMES.has(names[i] as string) ? column.map((at) => toOffset(at, base)) : column)),
  ];
}

/** Base second of the times in these columns: the first time met, 0 where there is none. */
export function baseOf(times: Iterable<unknown>): number {
  for (const at of times) {
    if (typeof at === 'number' && Number.isSafeInteger(at) && at > 0) return Math.floor(at / 1000);
  }
  return 0;
}

/** Times of a row or of a patch's columns, for `baseOf`. */
export function* timesOf(names: readonly string[], value: (name: string, i: number) => unknown): Iterable<unknown> {
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (TIMES.has(name)) yield value(name, i);
  }
}

/** An integer offset from base; what is not near enough stays as it is, inside an array that says so. */
function toOffset(at: unknown, base: number): unknown {
  if (typeof at !== 'number') return at;
  const offset = at - base * 1000;
  return Number.isInteger(offset) && Math.abs(offset) < LARGEST_OFFSET ? offset : [at];
}

function fromOffset(offset: unknown, base: number): unknown {
  if (typeof offset === 'number') return base * 1000 + offset;
  return Array.isArray(offset) ? offset[0] : offset;
}

export interface Group {
  positions: number[];
  names: string[];
  columns: unknown[][];
}

/** @throws ProtocolError `bytes` where the value is not a group. */
export function fromGroup(wire: unknown, base: number): Group {
  if (!Array.isArray(wire) || !isPositions(wire[0]) || !Array.isArray(wire[1])) {
    throw new ProtocolError('bytes', 'not a group of rows');
  }
  const positions = wire[0];
  const names = wire[1].map((code: unknown) => {
    const name = typeof code === 'number' ? MEMBERS[code] : code;
    if (typeof name !== 'string') throw new ProtocolError('bytes', `unknown member ${String(code)}`);
    return name;
  });
  const columns = wire.slice(2).map((column: unknown, i) => {
    if (!Array.isArray(column) || column.length !== positions.length) {
      throw new ProtocolError('bytes', `column ${names[i]} has not ${positions.length} entries`);
    }
    return TIMES.has(names[i] as string) ? column.map((offset) => fromOffset(offset, base)) : column;
  });
  if (columns.length !== names.length) throw new ProtocolError('bytes', 'columns and names differ in number');
  return { positions, names, columns };
}

export function isPositions(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((position) => Number.isInteger(position) && position >= 0);
}

/** Rows by position. @throws ProtocolError `bytes` */
export function fromGroups(wire: unknown, base: number): Map<number, Record<string, unknown>> {
  if (!Array.isArray(wire)) throw new ProtocolError('bytes', 'rows are not a list of groups');
  const rows = new Map<number, Record<string, unknown>>();
  for (const item of wire) {
    const { positions, names, columns } = fromGroup(item, base);
    positions.forEach((position, i) => {
      const row: Record<string, unknown> = {};
      for (let c = 0; c < names.length; c++) put(row, names[c] as string, columns[c]?.[i]);
      rows.set(position, row);
    });
  }
  return rows;
}
