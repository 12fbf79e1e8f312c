import type { Window } from './state.types.js';

/** Bytes of a used slot: u16 slot × 1024 + place of `last`, u16 count, f64 sum, f32 min, max, last less the mean. */
const SLOT = 24;

/** One level of windows as `apply/windows.lua` keeps it: `unit` ms a slot, `perChunk` slots a key. */
export interface WindowLevel {
  /** key family */
  family: 's' | 'w' | 'h';
  unit: number;
  perChunk: number;
}

/** Slots of ten seconds, of minutes with more than one reading. */
export const TENS: WindowLevel = { family: 's', unit: 10_000, perChunk: 60 };
export const MINUTES: WindowLevel = { family: 'w', unit: 60_000, perChunk: 60 };
export const HOURS: WindowLevel = { family: 'h', unit: 3_600_000, perChunk: 24 };

/** Chunks that hold any slot of [from, to). */
export function chunksOf(level: WindowLevel, from: number, to: number): number[] {
  const size = level.unit * level.perChunk;
  const chunks: number[] = [];
  for (let chunk = Math.floor(from / size); chunk * size < to; chunk++) chunks.push(chunk);
  return chunks;
}

/** The used slots of a chunk, in order. */
export function decodeChunk(level: WindowLevel, chunk: number, bytes: Buffer): Window[] {
  const windows: Window[] = [];
  for (let at = 0; at + SLOT <= bytes.length; at += SLOT) {
    const slot = bytes.readUInt16LE(at) >> 10;
    const count = bytes.readUInt16LE(at + 2);
    const sum = bytes.readDoubleLE(at + 4);
    const avg = sum / count;
    windows.push({
      at: (chunk * level.perChunk + slot) * level.unit,
      min: around(avg, bytes.readFloatLE(at + 12)),
      max: around(avg, bytes.readFloatLE(at + 16)),
      avg: shown(avg),
      sum: shown(sum),
      count,
      last: around(avg, bytes.readFloatLE(at + 20)),
    });
  }
  return windows;
}

/**
 * Ten-second windows of those minutes of a chunk that hold one reading: it has no slot of its own, its minute says when
 * it was (exact to 1/1024 of the minute, taken at its end: readings are rather on whole ten
 * seconds than just before them).
 */
export function decodeLone(chunk: number, bytes: Buffer): Window[] {
  return decodeChunk(MINUTES, chunk, bytes).flatMap((window, index) => {
    if (window.count !== 1) return [];
    const place = bytes.readUInt16LE(index * SLOT) % 1024;
    return [inTens(window, window.at + Math.ceil(((place + 1) * MINUTES.unit) / 1024) - 1)];
  });
}

/** Closed windows with the one under way after them, unless it has been closed meanwhile. */
export function withUnderWay(closed: Window[], underWay: Window | null): Window[] {
  if (!underWay || closed.some(({ at }) => at === underWay.at)) return closed;
  return [...closed, underWay];
}

/** A window of one reading as the ten seconds around it. */
export function inTens(window: Window, at: number): Window {
  return { ...window, at: Math.floor(at / TENS.unit) * TENS.unit };
}

/** Ten-second windows in order: slots, and lone readings of minutes that have no slots. */
export function withLone(slots: Window[], lone: Window[]): Window[] {
  const minuteOf = ({ at }: Window) => Math.floor(at / MINUTES.unit);
  const minutes = new Set(slots.map(minuteOf));
  return [...slots, ...lone.filter((window) => !minutes.has(minuteOf(window)))].sort((a, b) => a.at - b.at);
}

/** A value that is kept as a 32-bit offset from the mean, without the decimals that the offset can't tell. */
function around(mean: number, offset: number): number {
  const value = mean + offset;
  if (offset === 0 || !Number.isFinite(value)) return shown(value);
  // 24 bits of the offset, less what some merges have rubbed off.
  const decimals = Math.floor(-Math.log10(Math.abs(offset) * 5e-7));
  return decimals >= 0 && decimals <= 12 ? Number(value.toFixed(decimals)) : shown(value);
}

/** Takes the noise of sums off: 13 digits, so that 462.44 is 462.44. */
export function shown(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(13)) : value;
}

/** Merges windows to steps of `step` ms counted from the epoch; the input is in order, gaps stay gaps. */
export function mergeWindows(windows: Window[], step: number): Window[] {
  const merged: Window[] = [];
  for (const window of windows) {
    const at = Math.floor(window.at / step) * step;
    const last = merged.at(-1);
    if (!last || last.at !== at) {
      merged.push({ ...window, at });
      continue;
    }
    last.min = Math.min(last.min, window.min);
    last.max = Math.max(last.max, window.max);
    last.sum += window.sum;
    last.count += window.count;
    last.avg = last.sum / last.count;
    last.last = window.last;
  }
  return merged;
}
