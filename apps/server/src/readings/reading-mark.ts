import { contentHash } from './content-hash.js';

/** Bytes of a mark. */
export const MARK_BYTES = 8;
const NOTHING = new Uint8Array();

/** What tells a reading from all others of its message: series and time. Its value may change with the mapping. */
export function readingMark(typeKey: string, metric: string, at: number): Uint8Array {
  return contentHash(`${typeKey}|${metric}|${at}`, NOTHING);
}

/** Marks of readings, one after the other. */
export function readingMarks(readings: readonly { typeKey: string; metric: string; at: number }[]): Uint8Array {
  const marks = new Uint8Array(readings.length * MARK_BYTES);
  readings.forEach(({ typeKey, metric, at }, place) => {
    marks.set(readingMark(typeKey, metric, at), place * MARK_BYTES);
  });
  return marks;
}

/** Tests for the marks in a row of them. */
export function markedIn(marks: Uint8Array): (typeKey: string, metric: string, at: number) => boolean {
  const known = new Set<string>();
  for (let from = 0; from + MARK_BYTES <= marks.length; from += MARK_BYTES) {
    known.add(text(marks.subarray(from, from + MARK_BYTES)));
  }
  return (typeKey, metric, at) => known.size > 0 && known.has(text(readingMark(typeKey, metric, at)));
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
