import type { LatestValue, Occurrence, ReadingValue } from '@citywall/model';
import { Unpackr } from 'msgpackr';
import { NULL_FIELD } from './batch-encoder.js';
import { type Row, rowValue } from './state.types.js';

const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });

export function unpack<Shape>(bytes: Buffer): Shape {
  return unpackr.unpack(bytes) as Shape;
}

/** Bytes of `at`, `receivedAt` and the hash before the rest of the row in a latest record. */
const RECORD_HEAD = 20;
/** msgpack array of 7: value, at, receivedAt, quality, origin, flags, feed */
const TAIL = Buffer.from([0x97]);

/** A field of `a:<type>/<key>`. */
export function decodeRecord(record: Buffer): LatestValue {
  const tail = unpack<[ReadingValue, number, number, number, number, Row[7], string]>(
    Buffer.concat([TAIL, record.subarray(RECORD_HEAD)]),
  );
  return rowValue(['', '', ...tail]);
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
