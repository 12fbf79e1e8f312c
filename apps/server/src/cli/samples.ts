import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FeedResult } from '@citywall/mapping';

/*
 * Real recorded messages, one folder a family: `messages.ndjson` and `expected.json`, the readings and events a correct
 * mapping gives. The rules of comparison are those of the README beside them.
 */

/** A message to publish. */
export interface SampleMessage {
  /** counts from 1 */
  line: number;
  topic: string;
  payload: Uint8Array;
  retained: boolean;
}

type SampleValue = string | number | boolean | null | string[];

export interface ExpectedReading {
  asset: string;
  metric: string;
  value: SampleValue;
  unit: string | null;
  /** ISO; null: no usable time in the message */
  time: string | null;
}

export interface ExpectedEvent {
  type: string;
  asset: string;
  time: string | null;
  level?: string;
  [key: string]: SampleValue | undefined;
}

export interface ExpectedLine {
  line: number;
  readings: ExpectedReading[];
  events: ExpectedEvent[];
}

/** What was made of one message, by whatever way: the mapping itself, or the HTTP interface. */
export interface MadeReading {
  /** key of the asset, without system and type */
  asset: string;
  metric: string;
  value: unknown;
  /** null: nobody says */
  unit: string | null;
  /** Unix ms; null: it is the time of receipt because the message had none */
  at: number | null;
  quality: string;
}

export interface MadeOccurrence {
  id: string;
  type: string;
  status: string;
  asset: string | null;
  at: number | null;
  level: string | null;
  place: { lon: number; lat: number } | null;
  fields: Readonly<Record<string, unknown>>;
}

export interface Made {
  readings: MadeReading[];
  occurrences: MadeOccurrence[];
}

/** Metrics that may come beyond what is expected, of all families: what the recipes add on purpose. */
const ADDED = ['position', 'online'];

/** The same, of one family. */
const ADDED_BY: Readonly<Record<string, readonly RegExp[]>> = {
  'chirpstack-v3': [/^(rssi|snr)$/],
  dsmr: [/^1-0:[246]2\.7\.0$/, /^0-0:96\.7\.(9|21)$/, /^1-0:[357]2\.3[26]\.0$/],
};

/** What is wrong in the published messages themselves and rightly becomes a rejection beside what is expected. */
const PUBLISHED_FAULTS: Readonly<Record<string, { reason: string; detail: RegExp }>> = {
  // one of its elements spells the key of the name wrong
  luftdaten: { reason: 'metric', detail: /a part of \{name\} is missing/ },
  // its examples number DDATA 0 though three messages come before it
  'sparkplug-b': { reason: 'value', detail: /seq 0 comes after 2/ },
};

export function isPublishedFault(family: string, rejection: { reason: string; detail: string }): boolean {
  const fault = PUBLISHED_FAULTS[family];
  return fault !== undefined && fault.reason === rejection.reason && fault.detail.test(rejection.detail);
}

function bytesOf(payload: unknown, encoding: string): Uint8Array {
  if (encoding === 'json') return Buffer.from(JSON.stringify(payload));
  return Buffer.from(String(payload), encoding === 'hex' || encoding === 'base64' ? encoding : 'utf8');
}

/** The messages of one family in the folder of samples, with what is expected of each. */
export function readSamples(
  folderOfAll: string,
  family: string,
): { messages: SampleMessage[]; expected: ExpectedLine[] } {
  const folder = join(folderOfAll, family);
  const messages = readFileSync(join(folder, 'messages.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => {
      const { topic, payload, encoding, retain } = JSON.parse(line) as {
        topic: string;
        payload: unknown;
        encoding: string;
        retain?: boolean;
      };
      return { line: i + 1, topic, payload: bytesOf(payload, encoding), retained: retain === true };
    });
  return { messages, expected: JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as ExpectedLine[] };
}

/** What the mapping made of one message; `units` by `type/metric`. */
export function madeOf(results: readonly FeedResult[], units: ReadonlyMap<string, string | undefined>): Made {
  const timeOf = (at: number, flags: readonly string[]): number | null =>
    flags.includes('no-time') || flags.includes('clock') ? null : at;
  return {
    readings: results.flatMap(({ readings }) =>
      readings.map(({ type, key, metric, value, at, quality, flags }) => ({
        asset: key,
        metric,
        value,
        unit: units.get(`${type}/${metric}`) ?? null,
        at: timeOf(at, flags),
        quality,
      })),
    ),
    occurrences: results.flatMap(({ occurrences }) =>
      occurrences.map(({ id, type, status, asset, at, level, place, fields, flags }) => ({
        id,
        type,
        status,
        asset: asset?.key ?? null,
        at: timeOf(at, flags),
        level: level ?? null,
        place: place ?? null,
        fields,
      })),
    ),
  };
}

/** Fractions of a second are cut or rounded to ms. */
function sameTime(wanted: string | null, got: number | null): boolean {
  return wanted === null ? got === null : got !== null && Math.abs(Date.parse(wanted) - got) <= 1;
}

function sameValue(wanted: unknown, got: unknown): boolean {
  // a field holds no list, but its items one after the other
  if (Array.isArray(wanted)) return got === wanted.join(',');
  if (typeof wanted !== 'number' || typeof got !== 'number') return wanted === got;
  return Math.abs(wanted - got) <= 1e-6 * Math.max(Math.abs(wanted), Math.abs(got));
}

function seriesOf<T extends { asset: string; metric: string }>(readings: readonly T[]): Map<string, T[]> {
  const series = new Map<string, T[]>();
  for (const reading of readings) {
    const id = `${reading.asset} ${reading.metric}`;
    series.set(id, [...(series.get(id) ?? []), reading]);
  }
  return series;
}

/** Is every expected point of a series among the ones made, each once? */
function covers(wanted: readonly ExpectedReading[], got: readonly MadeReading[]): boolean {
  const left = [...got];
  return wanted.every((point) => {
    const at = left.findIndex(
      (made) =>
        sameValue(point.value, made.value) &&
        sameTime(point.time, made.at) &&
        (point.unit === null || point.unit === made.unit),
    );
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/**
 * Assets by their exact key; metrics by name, or another name that is used for nothing else. Where the expected value is
 * null nothing, and where the vendor marks a value as bad either nothing or a reading of bad quality may come.
 */
function compareReadings(wanted: readonly ExpectedReading[], got: readonly MadeReading[], more: Allowed): string[] {
  const problems: string[] = [];
  const left = seriesOf(got);
  const renamed: ExpectedReading[][] = [];
  for (const [id, all] of seriesOf(wanted)) {
    const points = all.filter(({ value }) => value !== null);
    if (covers(points, left.get(id) ?? [])) left.delete(id);
    else renamed.push(points);
  }
  for (const points of renamed) {
    const found = [...left].find(([, made]) => made[0]?.asset === points[0]?.asset && covers(points, made));
    if (found) left.delete(found[0]);
    else {
      const fresh = points.filter((point) => !more.said.has(JSON.stringify(point)));
      if (fresh.length > 0) problems.push(`missing: ${JSON.stringify(points)}`);
    }
  }
  for (const made of left.values()) {
    if (made.every(({ quality }) => quality === 'bad')) continue;
    if (!more.added(made[0]?.metric ?? '')) problems.push(`unexpected: ${JSON.stringify(made)}`);
  }
  return problems;
}

interface Allowed {
  added: (metric: string) => boolean;
  /** what was expected before, as JSON */
  said: ReadonlySet<string>;
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** A field of an event: null is absent or null, an instant is one however it is written. */
function sameField(wanted: unknown, got: unknown): boolean {
  if (wanted === null) return got === undefined || got === null;
  if (typeof wanted === 'string' && INSTANT.test(wanted) && typeof got === 'string') {
    return sameTime(wanted, Date.parse(got));
  }
  return sameValue(wanted, got);
}

function sameEvent(wanted: ExpectedEvent, got: MadeOccurrence): boolean {
  const { type, asset, time, level, note: _note, ...keys } = wanted;
  const said: Record<string, unknown> = { id: got.id, state: got.status, ...got.place, ...got.fields };
  return (
    type === got.type &&
    asset === got.asset &&
    sameTime(time, got.at) &&
    (level === undefined || level === got.level) &&
    Object.entries(keys).every(([key, value]) => sameField(value, said[key]))
  );
}

/** Was all of it said before? The same event again is no other. */
function includes(said: ExpectedEvent, event: ExpectedEvent): boolean {
  return Object.entries(event).every(([key, value]) => JSON.stringify(said[key]) === JSON.stringify(value));
}

/**
 * One line a difference; empty where the message was read as it should be.
 * @param before lines published before this one: state does not take the same point of a series twice
 */
export function compareLine(
  wanted: ExpectedLine,
  got: Made,
  family: string,
  before: readonly ExpectedLine[] = [],
): string[] {
  const some = wanted.readings.length > 0 || wanted.events.length > 0;
  const said = new Set(before.flatMap(({ readings }) => readings).map((one) => JSON.stringify(one)));
  const problems = compareReadings(wanted.readings, got.readings, {
    added: (metric) =>
      some && (ADDED.includes(metric) || ADDED_BY[family]?.some((pattern) => pattern.test(metric)) === true),
    said,
  });
  const left = [...got.occurrences];
  for (const event of wanted.events) {
    const at = left.findIndex((made) => sameEvent(event, made));
    if (at >= 0) left.splice(at, 1);
    else if (!before.some(({ events }) => events.some((one) => includes(one, event))))
      problems.push(`missing event: ${JSON.stringify(event)}`);
  }
  return [...problems, ...left.map((made) => `unexpected event: ${JSON.stringify(made)}`)].map(
    (problem) => `line ${wanted.line}: ${problem}`,
  );
}
