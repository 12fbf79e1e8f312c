import { ProtocolError } from './errors.js';
import type { RowPatch, ViewDelta, ViewMeta, ViewState } from './view.js';

type Members = Record<string, unknown>;

/** A state without rows: what a stream begins from. */
export function emptyState<Row = unknown>(meta: ViewMeta = {}): ViewState<Row> {
  return { meta, rows: Object.create(null) as Record<string, Row>, order: [] };
}

/** A state of rows in their order. A key that comes twice keeps its first place and its last row. */
export function stateOf<Row>(entries: Iterable<readonly [string, Row]>, meta: ViewMeta = {}): ViewState<Row> {
  const state = emptyState<Row>(meta);
  for (const [key, row] of entries) {
    if (!(key in state.rows)) state.order.push(key);
    state.rows[key] = row;
  }
  return state;
}

/**
 * Equal as far as a display could tell: plain values, arrays and objects by content, absent and undefined alike.
 * Not-a-number equals itself, or it would be sent for ever.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return typeof a === 'number' && typeof b === 'number' && Number.isNaN(a) && Number.isNaN(b);
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  const left = a as Members;
  const right = b as Members;
  for (const key of Object.keys(left)) {
    if (!sameValue(left[key], Object.hasOwn(right, key) ? right[key] : undefined)) return false;
  }
  for (const key of Object.keys(right)) {
    if (right[key] !== undefined && !Object.hasOwn(left, key)) return false;
  }
  return true;
}

/** Assigns an own member, whatever its name: `__proto__` must not reach a setter. */
export function put(target: Members, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/**
 * What changed from `before` to `after`, or null where nothing did. Neither is modified; rows that are the same
 * object on both sides cost one comparison, so an evaluator that keeps unchanged rows makes this cheap.
 */
export function diffView(before: ViewState, after: ViewState): ViewDelta | null {
  const delta: ViewDelta = {};
  diffMeta(before.meta, after.meta, delta);

  const gone: number[] = [];
  const patches = new Map<string, RowPatch>();
  const set: [string, unknown][] = [];
  const kept: string[] = [];
  before.order.forEach((key, position) => {
    if (!(key in after.rows)) {
      gone.push(position);
      return;
    }
    kept.push(key);
    const from = before.rows[key];
    const to = after.rows[key];
    if (from === to) return;
    const members = changedMembers(from, to);
    if (members === null) set.push([key, to]);
    else if (members.length > 0) addPatch(patches, position, members, to as Members);
  });
  for (const key of after.order) {
    if (!(key in before.rows)) {
      set.push([key, after.rows[key]]);
      kept.push(key);
    }
  }

  if (patches.size > 0) delta.patch = [...patches.values()];
  if (set.length > 0) delta.set = set;
  if (gone.length > 0) delta.gone = gone;
  if (kept.some((key, i) => key !== after.order[i])) {
    const position = new Map(kept.map((key, i) => [key, i]));
    delta.order = after.order.map((key) => position.get(key) as number);
  }
  return Object.keys(delta).length > 0 ? delta : null;
}

function diffMeta(before: ViewMeta, after: ViewMeta, delta: ViewDelta): void {
  const changed: Members = {};
  const gone: (keyof ViewMeta)[] = [];
  for (const name of Object.keys(after) as (keyof ViewMeta)[]) {
    if (after[name] !== undefined && !sameValue(before[name], after[name])) put(changed, name, after[name]);
  }
  for (const name of Object.keys(before) as (keyof ViewMeta)[]) {
    if (before[name] !== undefined && after[name] === undefined) gone.push(name);
  }
  if (Object.keys(changed).length > 0) delta.meta = changed as ViewMeta;
  if (gone.length > 0) delta.metaGone = gone;
}

/** Names of members whose value differs; null where the row can only be replaced as a whole (a member is gone). */
function changedMembers(before: unknown, after: unknown): string[] | null {
  if (!isPlain(before) || !isPlain(after)) return sameValue(before, after) ? [] : null;
  const names: string[] = [];
  for (const name of Object.keys(after)) {
    if (after[name] === undefined) continue;
    if (!Object.hasOwn(before, name) || !sameValue(before[name], after[name])) names.push(name);
  }
  for (const name of Object.keys(before)) {
    if (before[name] !== undefined && (!Object.hasOwn(after, name) || after[name] === undefined)) return null;
  }
  return names;
}

function isPlain(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function addPatch(patches: Map<string, RowPatch>, position: number, members: string[], row: Members): void {
  const shape = members.join('\n');
  let patch = patches.get(shape);
  if (patch === undefined) {
    patch = { rows: [], members, columns: members.map(() => []) };
    patches.set(shape, patch);
  }
  patch.rows.push(position);
  members.forEach((name, i) => {
    patch.columns[i]?.push(row[name]);
  });
}

/**
 * The state after a delta. `state` is not modified; unchanged rows are the same objects as before.
 * @throws ProtocolError `state` where the delta names rows the state does not have: the display resyncs.
 */
export function applyDelta<Row = unknown>(state: ViewState<Row>, delta: ViewDelta<Row>): ViewState<Row> {
  const meta: Members = { ...state.meta };
  for (const name of delta.metaGone ?? []) delete meta[name];
  if (delta.meta) for (const name of Object.keys(delta.meta)) put(meta, name, delta.meta[name as keyof ViewMeta]);
  if (!delta.patch && !delta.set && !delta.gone && !delta.order) return { ...state, meta };

  const rows = Object.assign(Object.create(null), state.rows) as Record<string, Row>;
  for (const patch of delta.patch ?? []) {
    patch.rows.forEach((position, i) => {
      const key = keyAt(state, position);
      const row: Members = { ...(rows[key] as Members) };
      patch.members.forEach((name, column) => {
        put(row, name, patch.columns[column]?.[i]);
      });
      rows[key] = row as Row;
    });
  }
  let order = state.order;
  if (delta.gone) {
    const gone = new Set(delta.gone);
    for (const position of gone) delete rows[keyAt(state, position)];
    order = order.filter((_, position) => !gone.has(position));
  }
  const added: string[] = [];
  for (const [key, row] of delta.set ?? []) {
    if (!(key in rows)) added.push(key);
    rows[key] = row;
  }
  if (added.length > 0) order = [...order, ...added];
  if (delta.order) order = reorder(order, delta.order);
  return { meta, rows, order };
}

function keyAt(state: ViewState, position: number): string {
  const key = state.order[position];
  if (key === undefined) throw new ProtocolError('state', `row ${position} of ${state.order.length}`);
  return key;
}

function reorder(keys: string[], positions: number[]): string[] {
  if (positions.length !== keys.length || new Set(positions).size !== keys.length) {
    throw new ProtocolError('state', `an order of ${positions.length} for ${keys.length} rows`);
  }
  return positions.map((position) => {
    const key = keys[position];
    if (key === undefined) throw new ProtocolError('state', `order names row ${position} of ${keys.length}`);
    return key;
  });
}
