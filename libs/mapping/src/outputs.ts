import {
  type Flag,
  isAssetKey,
  isAssetType,
  isMetricName,
  isOccurrenceType,
  type ReadingValue,
  worseQuality,
} from '@citywall/model';
import { type AssetRef, type Cursor, EARLIEST } from './cursor.js';
import { parseDuration } from './duration.js';
import { nameTest, type Visit } from './each.js';
import { attempt, type Env, type Where } from './env.js';
import { Failure, SpecError, show } from './failure.js';
import type { OccurrenceSpec, ReadingSpec, RestSpec, TimeSpec, ValueObject, ValueSpec } from './feed-spec.js';
import type { FeedResult, MappedOccurrence } from './mapped.js';
import { compilePlace } from './place.js';
import { compileTemplate, type Template } from './template.js';
import { compileTime, type Time } from './time.js';
import { compileQuality, compileValue, type Value } from './value.js';
import { compileWhen } from './when.js';

/** Longest text a reading or a field may hold, characters. */
const MAX_TEXT_VALUE = 8192;
const DEFAULT_STALE_AFTER = 86_400_000;

/** The feed's asset and the template it is made from. */
export interface FeedAsset {
  text: string;
  of: AssetOf;
}

type AssetOf = (cursor: Cursor) => AssetRef | Failure | undefined;

function refOf(text: string, wholeTemplate: string): AssetRef | Failure {
  const slash = text.indexOf('/');
  const type = slash < 0 ? '' : text.slice(0, slash);
  const key = slash < 0 ? '' : text.slice(slash + 1);
  return isAssetType(type) && isAssetKey(key)
    ? { type, key }
    : new Failure('asset', `${wholeTemplate} gives ${show(text)}, which is no type/key`);
}

/** The same where the type stands in the template: only the key is made. `whole` says what is wrong with one that is none. */
function ofType(type: string, keyText: string, env: Env, whole: AssetOf): AssetOf {
  if (!isAssetType(type)) return whole;
  const { read } = compileTemplate(keyText, env);
  return (cursor) => {
    const key = read(cursor);
    return typeof key === 'string' && isAssetKey(key) ? { type, key } : whole(cursor);
  };
}

/** `type/key`; undefined where a part is missing. `remember`: what depends on captures alone is worked out once a message. */
export function compileAsset(text: string, env: Env, where: Where, remember = false): AssetOf {
  const template = attempt<Template | null>(env, where, () => compileTemplate(text, env), null);
  if (!template) return () => undefined;
  const slash = template.literal.indexOf('/');
  if (slash >= 0 && !isAssetType(template.literal.slice(0, slash))) {
    env.problem(where, `${show(template.literal.slice(0, slash))} is no asset type (small letters, digits, -)`);
  } else if (template.constant && slash < 0) env.problem(where, 'an asset is type/key');
  const whole: AssetOf = (cursor) => {
    const made = template.read(cursor);
    if (made === undefined) return undefined;
    return made instanceof Failure ? new Failure('asset', made.detail) : refOf(made, text);
  };
  const make = slash > 0 ? ofType(text.slice(0, slash), text.slice(slash + 1), env, whole) : whole;
  if (!template.fixed || !remember) return make;
  return (cursor) => {
    const { taken } = cursor;
    taken.asset ??= make(cursor);
    return taken.asset;
  };
}

function readingValue(value: unknown): ReadingValue | Failure {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : new Failure('value', 'the number is not finite');
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    return value.length <= MAX_TEXT_VALUE ? value : new Failure('value', `a text of ${value.length} characters`);
  }
  if (value instanceof Failure) return value;
  return new Failure('type', `${show(value)} is no value of a reading`);
}

/** A reading's value: a scalar, or a position. */
function compileReadingValue(spec: ValueObject, env: Env, where: Where, label: string): Value {
  if (!spec.place) return compileValue(spec, env, where, label);
  const place = compilePlace(spec.place, env, [...where, 'place']);
  return {
    read(cursor) {
      const at = place(cursor);
      return at === undefined || at instanceof Failure ? at : [at.lon, at.lat];
    },
    path: undefined,
    optional: spec.optional === true,
    when: spec.when ? compileWhen(spec.when, env, [...where, 'when']) : null,
  };
}

type NameOf = (cursor: Cursor) => string | Failure;

interface NameRule {
  what: string;
  allowed: string;
  holds: (name: string) => boolean;
}

const METRIC_NAME: NameRule = { what: 'metric name', allowed: 'letters, digits, . _ : -', holds: isMetricName };
const OCCURRENCE_TYPE: NameRule = { what: 'occurrence type', allowed: 'up to 100 characters', holds: isOccurrenceType };

function compileName(text: string, { what, allowed, holds }: NameRule, env: Env, where: Where): NameOf {
  const template = attempt<Template | null>(env, where, () => compileTemplate(text, env), null);
  if (!template) return () => text;
  if (template.constant) {
    const name = template.literal;
    if (!holds(name)) env.problem(where, `${show(name)} is no ${what} (${allowed})`);
    return () => name;
  }
  return (cursor) => {
    const name = template.read(cursor);
    if (name === undefined) return new Failure('metric', `a part of ${text} is missing`);
    if (name instanceof Failure) return new Failure('metric', name.detail);
    return holds(name) ? name : new Failure('metric', `${show(name)} is no ${what}`);
  };
}

/** The feed's asset, asked for once an element; its failure is said once. undefined: none, and that was said. */
function feedAsset(cursor: Cursor, asset: FeedAsset, out: FeedResult): AssetRef | undefined {
  if (cursor.asset !== undefined) return cursor.asset ?? undefined;
  const ref = asset.of(cursor) ?? new Failure('asset', `a part of ${asset.text} is missing`);
  if (ref instanceof Failure) {
    cursor.asset = null;
    cursor.reject(out, 'asset', ref.detail);
    return undefined;
  }
  cursor.asset = ref;
  if (cursor.steps) cursor.note(`asset ${ref.type}/${ref.key}`);
  return ref;
}

/** One reading of the current element. `asset` is the feed's, unless the spec has its own. */
export function compileReading(
  metric: string,
  spec: ReadingSpec | ValueObject,
  asset: FeedAsset | null,
  env: Env,
  where: Where,
): Visit {
  const value = compileReadingValue(spec, env, where, metric);
  const metricOf = compileName(metric, METRIC_NAME, env, 'metric' in spec ? [...where, 'metric'] : where);
  const own = 'asset' in spec && spec.asset !== undefined ? spec.asset : null;
  const ownAsset = own === null ? null : compileAsset(own, env, [...where, 'asset']);
  const time = spec.at ? compileTime(spec.at, env, [...where, 'at']) : null;
  const quality = spec.quality ? compileQuality(spec.quality, env, [...where, 'quality']) : null;
  if (!ownAsset && !asset) env.problem(where, 'the feed names no asset');
  const { maxAge } = env;
  const isPlace = spec.place !== undefined;
  const assetOf: (cursor: Cursor, out: FeedResult) => AssetRef | undefined = ownAsset
    ? (cursor, out) => {
        const ref = ownAsset(cursor) ?? new Failure('asset', `a part of ${own} is missing`);
        if (!(ref instanceof Failure)) return ref;
        cursor.reject(out, 'asset', ref.detail);
        return undefined;
      }
    : (cursor, out) => (asset ? feedAsset(cursor, asset, out) : undefined);

  return (cursor, out) => {
    if (value.when && !value.when(cursor)) return;
    const read = value.read(cursor);
    if (read === undefined) {
      if (!value.optional) cursor.reject(out, 'missing', `${metric} has no value`, value.path);
      return;
    }
    // a position is made here and nowhere else, so a list needs no further check
    const shaped = isPlace && Array.isArray(read) ? (read as [number, number]) : readingValue(read);
    if (shaped instanceof Failure) {
      cursor.reject(out, shaped.reason, `${metric}: ${shaped.detail}`, value.path);
      return;
    }
    const ref = assetOf(cursor, out);
    if (ref === undefined) return;
    const name = metricOf(cursor);
    if (name instanceof Failure) {
      cursor.reject(out, name.reason, name.detail, value.path);
      return;
    }
    let at = cursor.at;
    let flag = cursor.flag;
    const measured = time === null ? undefined : time(cursor);
    if (measured instanceof Failure) {
      cursor.reject(out, 'time', `${metric}: ${measured.detail}`, value.path);
      return;
    }
    if (measured !== undefined) {
      const elementAt = at;
      const elementFlag = flag;
      cursor.settle(measured, maxAge);
      at = cursor.at;
      flag = cursor.flag;
      cursor.at = elementAt;
      cursor.flag = elementFlag;
    } else if (cursor.timeFailure) {
      cursor.rejectTime(out);
      return;
    }
    const flags: Flag[] = [];
    if (flag) flags.push(flag);
    let grade = flag ? ('uncertain' as const) : ('good' as const);
    const said = quality === null ? null : quality(cursor);
    if (said && said !== 'good') {
      grade = worseQuality(grade, said) as typeof grade;
      flags.push('vendor');
    }
    if (cursor.retained) flags.push('retained');
    out.readings.push({ type: ref.type, key: ref.key, metric: name, value: shaped, at, quality: grade, flags });
    if (cursor.steps) {
      const marks = [grade, ...flags].join(' ');
      cursor.note(
        `reading ${ref.type}/${ref.key} ${name} = ${show(shaped)} at ${new Date(at).toISOString()} (${marks})`,
      );
    }
  };
}

interface Part {
  name: string;
  value: Value;
}

/** Reads a part of an occurrence; rejects it alone where it fails or is missing though needed. */
function readPart(cursor: Cursor, part: Part, out: FeedResult): ReadingValue | undefined {
  if (part.value.when && !part.value.when(cursor)) return undefined;
  const read = part.value.read(cursor);
  if (read === undefined) {
    if (!part.value.optional) cursor.reject(out, 'missing', `${part.name} has no value`, part.value.path);
    return undefined;
  }
  const shaped = readingValue(read);
  if (!(shaped instanceof Failure)) return shaped;
  cursor.reject(out, shaped.reason, `${part.name}: ${shaped.detail}`, part.value.path);
  return undefined;
}

/** Most fields of an occurrence whose names the message gives. */
const MAX_REST = 50;

/** When a case began: the moment that is told, or the end of the span that is told by its beginning. */
function compileBeginning({ beganWithin }: OccurrenceSpec, spec: TimeSpec, env: Env, where: Where): Time {
  const time = compileTime(spec, env, [...where, 'began']);
  const span =
    beganWithin === undefined ? 1 : attempt(env, [...where, 'beganWithin'], () => parseDuration(beganWithin), 1);
  return (cursor) => {
    const told = time(cursor);
    if (typeof told !== 'number') return told;
    const latest = told + cursor.frame.shift + span - 1;
    return latest >= EARLIEST ? latest : new Failure('time', 'is no moment that an event may have');
  };
}

/** Takes over the plain entries of an object whose names nobody knows beforehand; what a field says stays. */
function compileRest(
  spec: RestSpec,
  env: Env,
  where: Where,
): (cursor: Cursor, fields: MappedOccurrence['fields']) => void {
  const { path, only, except } = typeof spec === 'string' ? { path: spec } : spec;
  const read = compileValue({ path, optional: true }, env, where, 'rest').read;
  const wanted = nameTest(only, true);
  const refused = nameTest(except, false);
  return (cursor, fields) => {
    const bag = read(cursor);
    if (typeof bag !== 'object' || bag === null || Array.isArray(bag) || bag instanceof Uint8Array) return;
    let taken = 0;
    for (const name of Object.keys(bag)) {
      if (taken >= MAX_REST) return;
      if (!isMetricName(name) || Object.hasOwn(fields, name) || !wanted(name) || refused(name)) continue;
      const value = (bag as Record<string, unknown>)[name];
      const kind = typeof value;
      if (value === '' || env.markers.has(value)) continue;
      if (kind !== 'string' && kind !== 'number' && kind !== 'boolean') continue;
      const shaped = readingValue(value);
      if (shaped instanceof Failure) continue;
      fields[name] = shaped;
      taken++;
    }
  };
}

export function compileOccurrence(spec: OccurrenceSpec, env: Env, where: Where): Visit {
  const part = (name: string, value: ValueSpec, at: Where): Part => ({
    name,
    value: compileValue(value, env, at, name),
  });
  const id = part('id', spec.id, [...where, 'id']);
  const status = part('status', spec.status, [...where, 'status']);
  const level = spec.level === undefined ? null : part('level', spec.level, [...where, 'level']);
  const fields = Object.entries(spec.fields ?? {}).map(([name, value]) =>
    part(name, value, [...where, 'fields', name]),
  );
  for (const { name } of fields) {
    if (!isMetricName(name)) env.problem([...where, 'fields', name], `${show(name)} is no field name`);
  }
  const rest = spec.rest === undefined ? null : compileRest(spec.rest, env, [...where, 'rest']);
  const typeOf = compileName(spec.type, OCCURRENCE_TYPE, env, [...where, 'type']);
  const when = spec.when ? compileWhen(spec.when, env, [...where, 'when']) : null;
  const assetOf = spec.asset === undefined ? null : compileAsset(spec.asset, env, [...where, 'asset']);
  const time = spec.at ? compileTime(spec.at, env, [...where, 'at']) : null;
  const began = spec.began ? compileBeginning(spec, spec.began, env, where) : null;
  const place = spec.place ? compilePlace(spec.place, env, [...where, 'place']) : null;
  const placeOptional = spec.place?.optional === true;
  const staleAfter = attempt(
    env,
    [...where, 'staleAfter'],
    () => parseDuration(spec.staleAfter ?? DEFAULT_STALE_AFTER),
    DEFAULT_STALE_AFTER,
  );
  if (staleAfter <= 0) env.problem([...where, 'staleAfter'], new SpecError('must be above zero').message);
  const { maxAge } = env;

  const build: Visit = (cursor, out) => {
    if (cursor.timeFailure) {
      cursor.rejectTime(out);
      return;
    }
    const { at, flag } = cursor;
    // a stored message tells what is, not what just happened: only what is surely recent becomes an occurrence
    if (cursor.retained && (flag !== null || at < cursor.receivedAt - staleAfter)) {
      if (cursor.steps) cursor.note('retained and not surely recent: no occurrence');
      return;
    }
    const key = readPart(cursor, id, out);
    const stage = readPart(cursor, status, out);
    if (key === undefined || stage === undefined) return;
    const idText = String(key);
    if (!isAssetKey(idText)) {
      cursor.reject(out, 'value', `id ${show(idText)} is empty, too long or holds control characters`, id.value.path);
      return;
    }
    const type = typeOf(cursor);
    if (type instanceof Failure) {
      cursor.reject(out, 'value', `type: ${type.detail}`);
      return;
    }
    const flags: Flag[] = [];
    if (flag) flags.push(flag);
    if (cursor.retained) flags.push('retained');
    const made: MappedOccurrence = { id: idText, type, at, status: String(stage), fields: {}, flags, staleAfter };
    const beginning = began?.(cursor);
    if (beginning instanceof Failure) cursor.reject(out, 'time', `began: ${beginning.detail}`);
    else if (beginning !== undefined && beginning < at) made.beganAt = beginning;
    const ref = assetOf?.(cursor);
    if (ref instanceof Failure) cursor.reject(out, 'asset', ref.detail);
    else if (ref) made.asset = { type: ref.type, key: ref.key };
    const grade = level ? readPart(cursor, level, out) : undefined;
    if (grade !== undefined) made.level = String(grade);
    const spot = place?.(cursor);
    if (spot instanceof Failure) cursor.reject(out, spot.reason, `place: ${spot.detail}`);
    else if (spot) made.place = spot;
    else if (place && !placeOptional) cursor.reject(out, 'missing', 'place has no value');
    for (const field of fields) {
      const value = readPart(cursor, field, out);
      if (value !== undefined) made.fields[field.name] = value;
    }
    rest?.(cursor, made.fields);
    out.occurrences.push(made);
    if (cursor.steps) cursor.note(`occurrence ${type} ${show(idText)} ${made.status} at ${new Date(at).toISOString()}`);
  };

  return (cursor, out) => {
    if (when && !when(cursor)) return;
    if (!time) {
      build(cursor, out);
      return;
    }
    const { at, flag, timeFailure } = cursor;
    const measured = time(cursor);
    if (measured instanceof Failure) {
      cursor.reject(out, 'time', measured.detail);
      return;
    }
    if (measured !== undefined) {
      cursor.timeFailure = null;
      cursor.settle(measured, maxAge);
    }
    build(cursor, out);
    cursor.at = at;
    cursor.flag = flag;
    cursor.timeFailure = timeFailure;
  };
}
