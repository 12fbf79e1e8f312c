import type { LatestValue, Occurrence, ReadingValue } from '@citywall/model';
import { Unpackr } from 'msgpackr';
import { NULL_FIELD } from './batch-encoder.js';
import { type Row, rowValue, type Window } from './state.types.js';
import { MINUTES, shown, TENS } from './windows.js';

const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });

export function unpack<Shape>(bytes: Buffer): Shape {
  return unpackr.unpack(bytes) as Shape;
}

/**
 * A field of `a:<type>/<key>`, little endian: f64 at · f64 receivedAt · u32 hash of the value · u8 spans under way (0 none,
 * 1 a minute, 2 a minute and ten seconds in it) · u8 number of marks · u8 block of `d:` that is written next · the spans
 * (40 bytes each) · marks (8 bytes each) · the row from its value on.
 */
const RECORD_HEAD = 23;
/** u32 spans since the epoch · u16 count · u16 ms of the last value in it · f64 sum, minimum, maximum, last */
const SPAN_BYTES = 40;
const MARK_BYTES = 8;
/** msgpack array of 7: value, at, receivedAt, quality, origin, flags, feed */
const TAIL = Buffer.from([0x97]);

const spansOf = (record: Buffer): number => record[20] ?? 0;

export function decodeRecord(record: Buffer): LatestValue {
  const rest = RECORD_HEAD + spansOf(record) * SPAN_BYTES + (record[21] ?? 0) * MARK_BYTES;
  const tail = unpack<[ReadingValue, number, number, number, number, Row[7], string]>(
    Buffer.concat([TAIL, record.subarray(rest)]),
  );
  return rowValue(['', '', ...tail]);
}

/** The minute under way in a record, or null. */
export function decodeMinute(record: Buffer): Window | null {
  return spansOf(record) > 0 ? decodeSpan(record, RECORD_HEAD, MINUTES.unit) : null;
}

/** The ten seconds under way in a record, or null: only minutes with a second reading have them. */
export function decodeTen(record: Buffer): Window | null {
  return spansOf(record) > 1 ? decodeSpan(record, RECORD_HEAD + SPAN_BYTES, TENS.unit) : null;
}

/** Unix ms of the last value of the minute under way in a record, or null. */
export function decodeMinuteLastAt(record: Buffer): number | null {
  if (spansOf(record) === 0) return null;
  return record.readUInt32LE(RECORD_HEAD) * MINUTES.unit + record.readUInt16LE(RECORD_HEAD + 6);
}

/** @param unit ms of the span */
function decodeSpan(record: Buffer, from: number, unit: number): Window {
  const count = record.readUInt16LE(from + 4);
  const [sum = 0, min = 0, max = 0, last = 0] = [8, 16, 24, 32].map((at) => record.readDoubleLE(from + at));
  const at = record.readUInt32LE(from) * unit;
  return { at, min, max, avg: shown(sum / count), sum: shown(sum), count, last };
}

/** An occurrence as Lua packed it: an empty table has lost its kind, explicit nulls come as a text. */
export function decodeOccurrence(packed: Occurrence): Occurrence {
  const fields: Occurrence['fields'] = {};
  if (!Array.isArray(packed.fields)) {
    for (const [name, value] of Object.entries(packed.fields)) fields[name] = value === NULL_FIELD ? null : value;
  }
  return { ...packed, fields };
}

/** A field of `occ`: u8 number of stages, 12 bytes each, then the occurrence. */
export function decodeOccurrenceEntry(entry: Buffer): Occurrence {
  return decodeOccurrence(unpack<Occurrence>(entry.subarray(1 + (entry[0] ?? 0) * 12)));
}
