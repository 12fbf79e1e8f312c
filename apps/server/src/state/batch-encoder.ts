import { ORIGINS, QUALITIES } from '@citywall/model';
import { Packr } from 'msgpackr';
import { ByteWriter } from './byte-writer.js';
import type { BatchFeed, BatchOccurrence, BatchReading, BatchRejection, Delivery } from './state.types.js';

/** Most readings of one call: Lua keeps Redis to itself as long as it runs. */
export const READINGS_OF_CALL = 1_000;
/** Bytes of a payload that are kept with a rejection. */
export const KEPT_PAYLOAD = 65_536;
/** Rejections of one message that are told one by one; all are counted. */
export const TOLD_REJECTIONS = 100;
/** Beyond this a number is shown, but has no window and no rank: 32-bit offsets could not hold it. */
const WINDOW_LIMIT = 1e30;

const HISTORY_CODE = { none: 0, hour: 1, day: 2, quarter: 3 } as const;
const QUALITY_CODE = new Map<string, number>(QUALITIES.map((quality, index) => [quality, index]));
const ORIGIN_CODE = new Map<string, number>(ORIGINS.map((origin, index) => [origin, index]));
const GOOD = QUALITIES.indexOf('good');
const LIVE = ORIGINS.indexOf('live');

const EMPTY = Buffer.alloc(0);
const packr = new Packr({ useRecords: false, variableMapSize: true });
const writer = new ByteWriter(1 << 18);

/** Lua drops null members of a table: explicit nulls of an occurrence's fields travel as this text. */
export const NULL_FIELD = '\u0000';

/** Bits of a reading in the call. */
const JOURNAL = 1;
const COUNTS = 2;

/** Fixed-width fields around one reading: a head of its asset, one of its series, itself, and its flags. */
const FIELDS_OF_READING = 40;

/**
 * Readings as `apply/readings.lua` reads them, little endian, grouped by asset and series:
 * ```
 * asset:   u32 bytes that follow · u16+utf8 type with its slash · u16+utf8 key · u8 declared · u32 maxAssets
 *          · u16 place of the feed · u16 series
 * series:  u8+utf8 metric · u8 history · u32 readings · u32 bytes that follow
 * reading: f64 at · f64 receivedAt · f64 number · mark (u32 at mod 2³² · u32 hash of the value) · u32 that hash · u8 bits
 *          · u16 place of the feed · u16 index from 1 · u32+tail of the row
 * ```
 * A row is the msgpack array `[typeKey, metric, value, at, receivedAt, quality, origin, flags, feed]`; its tail begins with
 * the value: what comes before is the same for all readings of a series, and made of its names by Lua.
 */
export function encodeReadings(readings: readonly BatchReading[], placeOf: (feed: string) => number): Buffer {
  const { first, next } = byAsset(readings);
  writer.position = 0;
  for (const from of first) {
    const reading = readings[from] as BatchReading;
    writer.reserve(FIELDS_OF_READING);
    const start = open();
    const slash = reading.typeKey.indexOf('/') + 1;
    sized16(reading.typeKey.slice(0, slash));
    sized16(reading.typeKey.slice(slash));
    writer.reserve(FIELDS_OF_READING);
    writer.u8(reading.declared ? 1 : 0);
    writer.u32(Math.min(reading.maxAssets, 0xffffffff));
    writer.u16(placeOf(reading.feed));
    const seriesAt = writer.position;
    writer.u16(1);
    if (next[from] === NONE) writeSeries(readings, [from], placeOf);
    else {
      const series = bySeries(readings, from, next);
      writer.patchU16(series.size, seriesAt);
      for (const places of series.values()) writeSeries(readings, places, placeOf);
    }
    close(start);
  }
  return writer.take();
}

const NONE = -1;

/** Chains of the readings of one asset: where each begins, and what comes after each reading. */
function byAsset(readings: readonly BatchReading[]): { first: number[]; next: Int32Array } {
  const first: number[] = [];
  const next = new Int32Array(readings.length).fill(NONE);
  const newest = new Map<string, number>();
  for (let i = 0; i < readings.length; i++) {
    const { typeKey } = readings[i] as BatchReading;
    const before = newest.get(typeKey);
    if (before === undefined) first.push(i);
    else next[before] = i;
    newest.set(typeKey, i);
  }
  return { first, next };
}

function bySeries(readings: readonly BatchReading[], from: number, next: Int32Array): Map<string, number[]> {
  const series = new Map<string, number[]>();
  for (let i = from; i !== NONE; i = next[i] as number) {
    const { metric } = readings[i] as BatchReading;
    const places = series.get(metric);
    if (places) places.push(i);
    else series.set(metric, [i]);
  }
  return series;
}

function writeSeries(readings: readonly BatchReading[], places: number[], placeOf: (feed: string) => number): void {
  const { metric, history } = readings[places[0] as number] as BatchReading;
  writer.reserve(FIELDS_OF_READING);
  writer.u8(0);
  const at = writer.position;
  const length = writer.utf8(metric);
  writer.patchU8(length, at - 1);
  writer.reserve(FIELDS_OF_READING);
  writer.u8(HISTORY_CODE[history]);
  writer.u32(places.length);
  const body = open();
  for (const place of places) {
    const reading = readings[place] as BatchReading;
    writeReading(reading, placeOf(reading.feed), place + 1);
  }
  close(body);
}

function writeReading(reading: BatchReading, place: number, index: number): void {
  const { value, at, receivedAt, quality, origin, flags } = reading;
  const counts = typeof value === 'number' && quality !== 'bad' && Math.abs(value) < WINDOW_LIMIT;
  writer.reserve(FIELDS_OF_READING);
  writer.f64(at);
  writer.f64(receivedAt);
  writer.f64(counts ? value : 0);
  writer.u32(at >>> 0);
  const hashAt = writer.position;
  writer.u32(0);
  writer.u32(0);
  writer.u8((reading.journal ? JOURNAL : 0) | (counts ? COUNTS : 0));
  writer.u16(place);
  writer.u16(index);
  const tail = open();
  writeValue(value);
  const hash = writer.hashFrom(tail);
  writer.patchU32(hash, hashAt);
  writer.patchU32(hash, hashAt + 4);
  writer.reserve(FIELDS_OF_READING);
  writer.number(at);
  writer.number(receivedAt);
  writer.u8(quality === 'good' ? GOOD : (QUALITY_CODE.get(quality) ?? 2));
  writer.u8(origin === 'live' ? LIVE : (ORIGIN_CODE.get(origin) ?? 0));
  writer.u8(0x90 | flags.length);
  for (const flag of flags) writer.text(flag);
  writer.text(reading.feed);
  close(tail);
}

function writeValue(value: BatchReading['value']): void {
  if (typeof value === 'number') writer.number(value);
  else if (typeof value === 'string') writer.text(value);
  else if (typeof value === 'boolean') writer.u8(value ? 0xc3 : 0xc2);
  else {
    writer.u8(0x92);
    writer.number(value[0]);
    writer.number(value[1]);
  }
}

/** Begins a part with its length, which `close` fills in. */
function open(): number {
  writer.u32(0);
  return writer.position;
}

function close(start: number): void {
  writer.patchU32(writer.position - start, start - 4);
}

function sized16(text: string): void {
  writer.reserve(1);
  writer.u16(0);
  const at = writer.position;
  writer.patchU16(writer.utf8(text), at - 2);
}

export function encodeFeeds(feeds: BatchFeed[], rejected: Map<string, number>): Buffer {
  return packr.pack(feeds.map(({ feed, messages, lastAt }) => [feed, messages, lastAt, rejected.get(feed) ?? 0]));
}

export function encodeOccurrences(occurrences: BatchOccurrence[], placeOf: (feed: string) => number): Buffer {
  return packr.pack(
    occurrences.map(({ occurrence, feed, create }) => {
      const fields = Object.fromEntries(
        Object.entries(occurrence.fields).map(([name, value]) => [name, value ?? NULL_FIELD]),
      );
      const whole = { ...occurrence, fields };
      // The same stage told twice is one: the time of receipt is no part of it.
      const hash = hashOf(packr.pack({ ...whole, receivedAt: 0 }));
      return [placeOf(feed), occurrence.id, occurrence.at, hash, create ? 1 : 0, whole];
    }),
  );
}

/** The rejections without bytes, their payloads, and what their messages brought: Lua's msgpack has no type for bytes. */
export function encodeRejections(rejections: BatchRejection[]): Buffer[] {
  const packed = packr.pack(
    rejections.map(
      ({ feed, topic, receivedAt, payload, rejections: list, unlisted = 0, origin, retained, counted }) => {
        const counts: Record<string, number> = {};
        for (const { reason } of counted ? [] : list) counts[reason] = (counts[reason] ?? 0) + 1;
        const last = list.at(-1)?.reason;
        if (last !== undefined && unlisted > 0 && !counted) counts[last] = (counts[last] ?? 0) + unlisted;
        const told = list
          .slice(0, TOLD_REJECTIONS)
          .map(({ reason, detail, path }) => [reason, detail.slice(0, 500), path?.slice(0, 200) ?? '']);
        const marks = [ORIGIN_CODE.get(origin ?? 'live') ?? 0, retained ? 1 : 0];
        return [feed, topic, receivedAt, payload.length > KEPT_PAYLOAD ? 1 : 0, told, counts, ...marks];
      },
    ),
  );
  const payloads = rejections.map(({ payload }) =>
    Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, KEPT_PAYLOAD)),
  );
  return [
    packed,
    ...payloads,
    ...rejections.map(({ had }) => (had ? Buffer.from(had.buffer, had.byteOffset, had.length) : EMPTY)),
  ];
}

/** One record as `deliveries` and `seen.lua` hold it: u16 packet id, 8 bytes of hash. */
export function encodeDelivery({ packetId, hash }: Delivery): Buffer {
  const bytes = Buffer.allocUnsafe(10);
  bytes.writeUInt16LE(packetId, 0);
  bytes.set(hash.subarray(0, 8), 2);
  return bytes;
}

function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}
