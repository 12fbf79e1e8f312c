import { Packr, Unpackr } from 'msgpackr';
import { baseOf, fromGroup, fromGroups, isPositions, timesOf, toGroup, toGroups } from './columns.js';
import { ProtocolError } from './errors.js';
import {
  type DeltaFrame,
  type Frame,
  type FrameHead,
  type Mode,
  PROTOCOL_VERSION,
  type SnapshotFrame,
} from './frame.js';
import type { CompiledScene } from './scene.js';
import { emptyState } from './state.js';
import type { RowPatch, ViewDelta, ViewMeta, ViewState } from './view.js';

/**
 * Plain maps, no records: records are compiled with `new Function` on the reading side, which a strict
 * content security policy forbids. Float32 with "decimal fit" (4) stores a number of up to seven significant digits
 * in 5 bytes instead of 9 and gives the same number back.
 */
const OPTIONS = { useRecords: false, mapsAsObjects: true, useFloat32: 4 } as const;
const packr = new Packr({ ...OPTIONS });
const unpackr = new Unpackr({ ...OPTIONS });

const SNAPSHOT = 0;
const DELTA = 1;
const MODES: readonly Mode[] = ['live', 'exercise', 'tour', 'replay'];

/** MessagePack of a view's state: encoded once, placed in every snapshot that needs it. */
export function encodeState(state: ViewState): Uint8Array {
  const items = state.order.map((key, i) => [i, state.rows[key] as Record<string, unknown>] as const);
  const base = baseOf(rowTimes(items.map(([, row]) => row)));
  return pack([base, state.meta, state.order, toGroups(items, base)]);
}

/** MessagePack of a view's delta: encoded once, placed in every frame that needs it. */
export function encodeDelta(delta: ViewDelta): Uint8Array {
  const base = baseOf(deltaTimes(delta));
  const set = delta.set?.map(([, row], i) => [i, row as Record<string, unknown>] as const) ?? [];
  const wire: unknown[] = [
    base,
    delta.patch?.map((patch) => toGroup(patch.rows, patch.members, patch.columns, base)) ?? null,
    delta.set ? [delta.set.map(([key]) => key), toGroups(set, base)] : null,
    delta.gone ?? null,
    delta.order ?? null,
    delta.meta ?? null,
    delta.metaGone ?? null,
  ];
  while (wire[wire.length - 1] === null) wire.pop();
  return pack(wire);
}

/** A snapshot frame of pre-encoded states, one for every view of the layout, in its order. */
export function encodeSnapshot(
  head: FrameHead,
  body: { layout: CompiledScene; demo: boolean; demoExternal: boolean },
  views: readonly Uint8Array[],
): Uint8Array {
  return pack([...wireHead(SNAPSHOT, head), body.layout, views, body.demo, body.demoExternal]);
}

/** A delta frame of pre-encoded deltas with their view indexes. */
export function encodeDeltaFrame(head: FrameHead, views: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  return pack([...wireHead(DELTA, head), views]);
}

/**
 * A frame from its bytes (browser: the ArrayBuffer Socket.IO hands over).
 * @throws ProtocolError `bytes` or `version`; never anything else, whatever the bytes are.
 */
export function decodeFrame(bytes: Uint8Array | ArrayBuffer): Frame {
  const wire = unpack(bytes);
  if (!Array.isArray(wire)) throw new ProtocolError('bytes', 'not a frame');
  const [kind, v, scene, seq, epoch, at, mode, rate, ...body] = wire as unknown[];
  if (v !== PROTOCOL_VERSION) throw new ProtocolError('version', `frame of version ${String(v)}`);
  if (typeof scene !== 'string' || typeof epoch !== 'string' || !isNumbers(seq, at, rate)) {
    throw new ProtocolError('bytes', 'not the head of a frame');
  }
  const head = {
    v: PROTOCOL_VERSION,
    scene,
    seq: seq as number,
    epoch,
    at: at as number,
    mode: modeOf(mode),
    rate: rate as number,
  };
  if (kind === DELTA) return decodeDeltaFrame(head, body);
  if (kind === SNAPSHOT) return decodeSnapshot(head, body);
  throw new ProtocolError('bytes', `no frame of kind ${String(kind)}`);
}

function decodeDeltaFrame(head: FrameHead, [views]: unknown[]): DeltaFrame {
  if (!Array.isArray(views)) throw new ProtocolError('bytes', 'no views in a delta');
  return {
    kind: 'delta',
    ...head,
    views: views.map((entry: unknown) => {
      if (!Array.isArray(entry) || !Number.isInteger(entry[0]))
        throw new ProtocolError('bytes', 'not a view of a delta');
      return [entry[0] as number, decodeDelta(entry[1])];
    }),
  };
}

function decodeSnapshot(head: FrameHead, [layout, views, demo, demoExternal]: unknown[]): SnapshotFrame {
  if (typeof layout !== 'object' || layout === null || !Array.isArray(views)) {
    throw new ProtocolError('bytes', 'not the body of a snapshot');
  }
  return {
    kind: 'snapshot',
    ...head,
    layout: layout as CompiledScene,
    views: views.map(decodeState),
    demo: demo === true,
    demoExternal: demoExternal === true,
  };
}

/** State of one view from the bytes of `encodeState`. @throws ProtocolError `bytes` */
export function decodeState(bytes: unknown): ViewState {
  const wire = unpack(bytes);
  if (!Array.isArray(wire)) throw new ProtocolError('bytes', 'not a state');
  const [base, meta, order, groups] = wire as unknown[];
  if (!isNumbers(base) || !isTexts(order)) throw new ProtocolError('bytes', 'not a state');
  const rows = fromGroups(groups, base as number);
  const state = emptyState(metaOf(meta));
  order.forEach((key, i) => {
    const row = rows.get(i);
    if (row === undefined || key in state.rows) throw new ProtocolError('bytes', `no single row ${i} in a state`);
    state.rows[key] = row;
    state.order.push(key);
  });
  return state;
}

/** Delta of one view from the bytes of `encodeDelta`. @throws ProtocolError `bytes` */
export function decodeDelta(bytes: unknown): ViewDelta {
  const wire = unpack(bytes);
  if (!Array.isArray(wire) || !isNumbers(wire[0])) throw new ProtocolError('bytes', 'not a delta');
  const [base, patch, set, gone, order, meta, metaGone] = wire as [number, ...unknown[]];
  const delta: ViewDelta = {};
  if (patch != null) delta.patch = decodePatches(patch, base);
  if (set != null) delta.set = decodeSet(set, base);
  if (gone != null) delta.gone = positionsOf(gone);
  if (order != null) delta.order = positionsOf(order);
  if (meta != null) delta.meta = metaOf(meta);
  if (metaGone != null) {
    if (!isTexts(metaGone)) throw new ProtocolError('bytes', 'not names of meta');
    delta.metaGone = metaGone as (keyof ViewMeta)[];
  }
  return delta;
}

function decodePatches(wire: unknown, base: number): RowPatch[] {
  if (!Array.isArray(wire)) throw new ProtocolError('bytes', 'not patches');
  return wire.map((item) => {
    const group = fromGroup(item, base);
    return { rows: group.positions, members: group.names, columns: group.columns };
  });
}

function decodeSet(wire: unknown, base: number): [string, unknown][] {
  if (!Array.isArray(wire) || !isTexts(wire[0])) throw new ProtocolError('bytes', 'not rows');
  const rows = fromGroups(wire[1], base);
  return wire[0].map((key, i) => {
    const row = rows.get(i);
    if (row === undefined) throw new ProtocolError('bytes', `no row ${i}`);
    return [key, row];
  });
}

function positionsOf(value: unknown): number[] {
  if (!isPositions(value)) throw new ProtocolError('bytes', 'not positions of rows');
  return value;
}

function metaOf(value: unknown): ViewMeta {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ProtocolError('bytes', 'not meta');
  return value as ViewMeta;
}

function modeOf(code: unknown): Mode {
  const mode = typeof code === 'number' ? MODES[code] : undefined;
  if (mode === undefined) throw new ProtocolError('bytes', `no mode ${String(code)}`);
  return mode;
}

function isNumbers(...values: unknown[]): boolean {
  return values.every((value) => typeof value === 'number' && Number.isFinite(value));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function wireHead(kind: number, head: FrameHead): unknown[] {
  return [kind, head.v, head.scene, head.seq, head.epoch, head.at, MODES.indexOf(head.mode), head.rate];
}

function* rowTimes(rows: readonly Record<string, unknown>[]): Iterable<unknown> {
  for (const row of rows) yield* timesOf(Object.keys(row), (name) => row[name]);
}

function* deltaTimes(delta: ViewDelta): Iterable<unknown> {
  for (const patch of delta.patch ?? []) yield* timesOf(patch.members, (_, i) => patch.columns[i]?.[0]);
  for (const [, row] of delta.set ?? []) yield* rowTimes([row as Record<string, unknown>]);
}

function pack(value: unknown): Uint8Array {
  return packr.pack(value) as Uint8Array;
}

function unpack(bytes: unknown): unknown {
  const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
  if (!ArrayBuffer.isView(view)) throw new ProtocolError('bytes', 'no bytes');
  try {
    return unpackr.unpack(view as Uint8Array);
  } catch (error) {
    throw new ProtocolError('bytes', error instanceof Error ? error.message : 'not MessagePack');
  }
}
