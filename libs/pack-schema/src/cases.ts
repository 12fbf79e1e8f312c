import type { CompiledFeeds, FeedResult, MappedOccurrence, MappedReading, Message } from '@citywall/mapping';
import type { Rejection } from '@citywall/model';
import type { CaseSpec } from './files/cases.js';

/** In every browser and in Node, but in no ECMAScript library file. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const atob: (text: string) => string;

type Expect = CaseSpec['expect'];
type OfFeed<T> = T & { feed: string };

/**
 * The message a golden case describes. Bytes are made from the payload's form: compact JSON, UTF-8 text, hex or base64.
 * @throws RangeError where `receivedAt` or the bytes cannot be read
 */
export function caseMessage(spec: CaseSpec): Message {
  return {
    topic: spec.topic,
    payload: payloadBytes(spec.payload),
    receivedAt: timeOf(spec.receivedAt),
    retained: spec.retained,
    origin: 'live',
  };
}

/** Runs a golden case: one line a difference, in the words of the case file; empty where all is as expected. */
export function runCase(feeds: Pick<CompiledFeeds, 'map'>, spec: CaseSpec): string[] {
  let messages: Message[];
  try {
    messages = [...(spec.before ?? []).map((earlier) => caseMessage({ ...spec, ...earlier })), caseMessage(spec)];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const results = messages.map((message) => feeds.map(message));
  return compareResults(results.at(-1) ?? [], spec.expect);
}

/** What the feeds made of a message against what a case expects; order does not count, number does. */
export function compareResults(results: readonly FeedResult[], expect: Expect): string[] {
  const all = <T>(pick: (result: FeedResult) => T[]): OfFeed<T>[] =>
    results.flatMap((result) => pick(result).map((item) => ({ ...item, feed: result.feed })));
  return [
    ...compare(
      all((result) => result.readings),
      expect.readings,
      sameReading,
      (reading) => `reading ${showReading(reading)}`,
      (wanted) => `reading ${flow(wanted)}`,
    ),
    ...compare(
      all((result) => result.occurrences),
      expect.occurrences,
      sameOccurrence,
      (occurrence) => `occurrence ${showOccurrence(occurrence)}`,
      (wanted) => `occurrence ${flow(wanted)}`,
    ),
    ...compare(
      all((result) => result.rejections),
      expect.rejections,
      sameRejection,
      (rejection) => `rejection ${showRejection(rejection)}`,
      (wanted) => `rejection ${flow(wanted)}`,
    ),
  ];
}

/** What came out of a message, one line a thing, in the words of a case file. */
export function showResults(results: readonly FeedResult[]): string[] {
  return results.flatMap((result) => {
    const of = <T>(item: T): OfFeed<T> => ({ ...item, feed: result.feed });
    return [
      ...result.readings.map((reading) => `reading ${showReading(of(reading))}`),
      ...result.occurrences.map((occurrence) => `occurrence ${showOccurrence(of(occurrence))}`),
      ...result.rejections.map((rejection) => `rejection ${showRejection(of(rejection))}`),
    ];
  });
}

function compare<Got, Want>(
  got: readonly Got[],
  wanted: readonly Want[],
  same: (got: Got, want: Want) => boolean,
  showGot: (got: Got) => string,
  showWant: (want: Want) => string,
): string[] {
  const left = [...got];
  const differences: string[] = [];
  for (const want of wanted) {
    const at = left.findIndex((candidate) => same(candidate, want));
    if (at < 0) differences.push(`missing:    ${showWant(want)}`);
    else left.splice(at, 1);
  }
  return [...differences, ...left.map((extra) => `unexpected: ${showGot(extra)}`)];
}

function sameReading(got: OfFeed<MappedReading>, want: Expect['readings'][number]): boolean {
  return (
    (want.feed === undefined || want.feed === got.feed) &&
    want.asset === `${got.type}/${got.key}` &&
    want.metric === got.metric &&
    sameValue(got.value, want.value) &&
    sameTime(got.at, want.at) &&
    (want.quality ?? 'good') === got.quality &&
    sameSet(got.flags, want.flags ?? [])
  );
}

function sameBeginning(got: number | undefined, want: Expect['occurrences'][number]['began']): boolean {
  return got === undefined || want === undefined ? got === want : sameTime(got, want);
}

function sameOccurrence(got: OfFeed<MappedOccurrence>, want: Expect['occurrences'][number]): boolean {
  return (
    (want.feed === undefined || want.feed === got.feed) &&
    want.id === got.id &&
    want.type === got.type &&
    want.status === got.status &&
    sameTime(got.at, want.at) &&
    sameBeginning(got.beganAt, want.began) &&
    want.level === got.level &&
    want.asset === (got.asset === undefined ? undefined : `${got.asset.type}/${got.asset.key}`) &&
    (want.place === undefined || (near(want.place.lon, got.place?.lon) && near(want.place.lat, got.place?.lat))) &&
    sameFields(got.fields, want.fields ?? {}) &&
    sameSet(got.flags, want.flags ?? [])
  );
}

function sameRejection(got: OfFeed<Rejection>, want: Expect['rejections'][number]): boolean {
  return (
    (want.feed === undefined || want.feed === got.feed) &&
    want.reason === got.reason &&
    (want.path === undefined || want.path === got.path)
  );
}

function sameFields(got: Record<string, unknown>, want: Record<string, unknown>): boolean {
  const keys = Object.keys(got);
  return (
    keys.length === Object.keys(want).length &&
    keys.every((key) => Object.hasOwn(want, key) && sameValue(got[key], want[key]))
  );
}

/** Numbers are equal to nine digits: a case is written in decimals. */
function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => near(item, b[index]));
  return a === b;
}

/** Degrees to about a centimetre: conversions of datums are not exact. */
function near(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-7;
}

function sameTime(got: number, want: string | number): boolean {
  return got === (typeof want === 'number' ? want : Date.parse(want));
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

function showReading(reading: OfFeed<MappedReading>): string {
  const { feed, type, key, metric, value, at, quality, flags } = reading;
  return flow({
    feed,
    asset: `${type}/${key}`,
    metric,
    value,
    at: new Date(at).toISOString(),
    quality: quality === 'good' ? undefined : quality,
    flags: flags.length === 0 ? undefined : flags,
  });
}

function showOccurrence(occurrence: OfFeed<MappedOccurrence>): string {
  const { feed, id, type, status, at, beganAt, level, asset, place, fields, flags } = occurrence;
  return flow({
    feed,
    id,
    type,
    status,
    at: new Date(at).toISOString(),
    began: beganAt === undefined ? undefined : new Date(beganAt).toISOString(),
    level,
    asset: asset === undefined ? undefined : `${asset.type}/${asset.key}`,
    place,
    fields: Object.keys(fields).length === 0 ? undefined : fields,
    flags: flags.length === 0 ? undefined : flags,
  });
}

function showRejection({ feed, reason, path, detail }: OfFeed<Rejection>): string {
  return `${flow({ feed, reason, path })} (${detail})`;
}

/** YAML in one line, ready to be pasted into a case. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{ ${members.map(([key, member]) => `${plain(key)}: ${flow(member)}`).join(', ')} }`;
  }
  return typeof value === 'string' ? plain(value) : JSON.stringify(value);
}

/** Text without quotes where YAML reads it back as the same text. */
function plain(text: string): string {
  const simple =
    /^[A-Za-z\u4e00-\u9fff/][\w\u4e00-\u9fff/.:-]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text);
  return (simple && !text.endsWith(':')) || /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? text : JSON.stringify(text);
}

function timeOf(time: string | number): number {
  const at = typeof time === 'number' ? time : Date.parse(time);
  if (!Number.isFinite(at)) throw new RangeError(`receivedAt "${time}" is no time; write 2026-07-09T14:35:02+08:00`);
  return at;
}

function payloadBytes({ json, text, hex, base64 }: CaseSpec['payload']): Uint8Array {
  if (text !== undefined) return new TextEncoder().encode(text);
  if (hex !== undefined) return hexBytes(hex);
  if (base64 === undefined) return new TextEncoder().encode(JSON.stringify(json) ?? 'null');
  const bytes = atob(base64.replace(/\s/g, '').replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
}

/** Bytes of pairs of hex digits, white space between them ignored. */
export function hexBytes(text: string): Uint8Array {
  const digits = text.replace(/\s/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits))
    throw new RangeError('hex must be pairs of digits 0-9 a-f');
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
