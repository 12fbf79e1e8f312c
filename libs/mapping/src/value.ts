import type { Quality } from '@citywall/model';
import type { Cursor, Read } from './cursor.js';
import { attempt, compileMarkers, type Env, type Where } from './env.js';
import { Failure, SpecError, show } from './failure.js';
import type { QualitySpec, Readable, Scalar, UnitSpec, ValueObject, ValueSpec } from './feed-spec.js';
import { type CompiledOp, compileOp } from './ops/index.js';
import { conversion } from './ops/units.js';
import { compileCapture, compileIndex, compileKey, compileLet, compilePath, compileTemplate } from './template.js';
import { compileWhen, type Test } from './when.js';

/** A value of the message, worked: undefined missing, Failure failed, otherwise what came out. */
export interface Value {
  read: Read;
  /** what to call it in rejections: its path, or nothing */
  path: string | undefined;
  /** missing is no rejection */
  optional: boolean;
  when: Test | null;
}

const NOTHING: Read = () => undefined;

function levelsUp(path: string | undefined): number {
  if (path === undefined) return 0;
  if (!/^\^+$/.test(path)) throw new SpecError(`from key or index takes ^ or ^^ as its path, not ${show(path)}`);
  return path.length;
}

function describe(spec: Readable): string {
  if (spec.const !== undefined) return `const ${show(spec.const)}`;
  if (spec.first !== undefined) return 'first';
  if (spec.text !== undefined) return `text ${show(spec.text)}`;
  if (spec.from !== undefined) return spec.path === undefined ? spec.from : `${spec.from} ${spec.path}`;
  return `path ${spec.path ?? '?'}`;
}

function compileFirst(alternatives: readonly ValueSpec[], env: Env, where: Where): Read {
  if (alternatives.length === 0 || alternatives.length > 20)
    throw new SpecError('first has one to twenty alternatives');
  const values = alternatives.map((one, i) => compileValue(one, env, [...where, 'first', i], `alternative ${i + 1}`));
  return (cursor) => {
    let failure: Failure | undefined;
    for (const { read, when } of values) {
      if (when && !when(cursor)) continue;
      const value = read(cursor);
      if (value instanceof Failure) failure ??= value;
      else if (value !== undefined) return value;
    }
    return failure;
  };
}

function compileSource(spec: Readable, env: Env, where: Where): Read {
  if (spec.first !== undefined) return compileFirst(spec.first, env, where);
  if (spec.const !== undefined) {
    const constant = spec.const;
    return () => constant;
  }
  if (spec.text !== undefined) {
    const template = compileTemplate(spec.text, env);
    return (cursor) => template.read(cursor);
  }
  switch (spec.from) {
    case 'topic':
      return spec.path === undefined ? (cursor) => cursor.topic : compileCapture(env, spec.path);
    case 'key':
      return compileKey(levelsUp(spec.path));
    case 'index':
      return compileIndex(levelsUp(spec.path));
    case 'let':
      if (spec.path === undefined) throw new SpecError('from: let needs the name as its path');
      return compileLet(env, spec.path);
    case 'at':
      return (cursor) => cursor.at;
    case undefined:
      if (spec.path === undefined) throw new SpecError('a value needs path, const, text, first or from');
      return compilePath(spec.path);
    default:
      throw new SpecError(`from: ${show(spec.from)} is not known; there is topic, key, index, let, at`);
  }
}

function compileOps(spec: Pick<ValueObject, 'ops' | 'lookup'>, env: Env, where: Where): CompiledOp[] {
  const ops: CompiledOp[] = [];
  (spec.ops ?? []).forEach((op, i) => {
    const compiled = attempt(env, [...where, 'ops', i], () => compileOp(op, env), null);
    if (compiled) ops.push(compiled);
  });
  if (spec.lookup) {
    const { lookup } = spec;
    const compiled = attempt(env, [...where, 'lookup'], () => compileOp({ lookup }, env), null);
    if (compiled) ops.push(compiled);
  }
  return ops;
}

/** How a value becomes another, without explanations: the hot path. */
function chain(source: Read, has: ((value: unknown) => boolean) | null, ops: readonly CompiledOp[]): Read {
  const [first, second] = ops;
  if (!first) {
    return (cursor) => {
      const value = source(cursor);
      return value === null || has?.(value) ? undefined : value;
    };
  }
  const takesMissing = ops.some((op) => op.takesMissing);
  if (!second && !takesMissing) {
    const { work } = first;
    return (cursor) => {
      const value = source(cursor);
      if (value === undefined || value === null || has?.(value)) return undefined;
      return value instanceof Failure ? value : work(value);
    };
  }
  if (second && ops.length === 2 && !takesMissing) {
    const begin = first.work;
    const end = second.work;
    return (cursor) => {
      const value = source(cursor);
      if (value === undefined || value === null || has?.(value)) return undefined;
      if (typeof value === 'object' && value instanceof Failure) return value;
      const between = begin(value);
      if (between === undefined) return undefined;
      if (typeof between === 'object' && between instanceof Failure) return between;
      return end(between) ?? undefined;
    };
  }
  return (cursor) => {
    let value = source(cursor);
    if (value === null || has?.(value)) value = undefined;
    for (let i = 0; i < ops.length; i++) {
      const op = ops[i] as CompiledOp;
      if (value === undefined && !op.takesMissing) {
        if (takesMissing) continue;
        return undefined;
      }
      if (typeof value === 'object' && value instanceof Failure) return value;
      value = op.work(value);
    }
    return value ?? undefined;
  };
}

/** The same steps, each said. */
function explained(
  spec: Readable,
  label: string,
  source: Read,
  has: ((value: unknown) => boolean) | null,
  ops: readonly CompiledOp[],
): Read {
  return (cursor) => {
    let value = source(cursor);
    const said = [`${describe(spec)} = ${show(value)}`];
    if (value === null || has?.(value)) {
      said.push('missing');
      value = undefined;
    }
    for (const op of ops) {
      if ((value === undefined && !op.takesMissing) || value instanceof Failure) continue;
      value = op.work(value) ?? undefined;
      said.push(`${op.name} ${show(value)}`);
    }
    cursor.note(`${label}: ${said.join(' → ')}`, value instanceof Failure);
    return value ?? undefined;
  };
}

/** The decoded form of what is read; missing stays missing. */
function decoded(spec: NonNullable<Readable['decode']>, source: Read, env: Env, where: Where): Read {
  const decode = attempt(env, [...where, 'decode'], () => env.decoders(spec), null);
  if (!decode) return source;
  return (cursor) => {
    const value = source(cursor);
    return value === undefined || value === null || value instanceof Failure ? value : decode(value, cursor);
  };
}

/** Reads and works; `Condition`s, times, qualities and units use it too. */
export function compileRead(
  spec: Readable & Pick<ValueObject, 'lookup' | 'missing'>,
  env: Env,
  where: Where,
  label: string,
): Read {
  const plain = attempt(env, where, () => compileSource(spec, env, where), NOTHING);
  const source = spec.decode === undefined ? plain : decoded(spec.decode, plain, env, where);
  const markers = spec.missing ? compileMarkers(spec.missing) : env.markers;
  const has = markers.any ? (value: unknown) => markers.has(value) : null;
  const ops = compileOps(spec, env, where);
  return env.tracing ? explained(spec, label, source, has, ops) : chain(source, has, ops);
}

export function asObject(spec: ValueSpec): ValueObject {
  return typeof spec === 'string' ? { path: spec } : spec;
}

/** Most spellings of a unit remembered; beyond them every message looks its unit up. */
const REMEMBERED_UNITS = 100;

function compileUnit(spec: UnitSpec, read: Read, env: Env, where: Where): Read {
  const said = compileRead(spec, env, where, 'unit');
  const { to, default: usual } = spec;
  const problem = conversion(usual ?? to, to);
  if (typeof problem === 'string') env.problem(where, `unit: ${problem}`);
  const known = new Map<string, ReturnType<typeof conversion>>();
  return (cursor) => {
    const value = read(cursor);
    if (value === undefined || value instanceof Failure) return value;
    if (typeof value !== 'number') return new Failure('type', `unit needs a number, not ${show(value)}`);
    const unit = said(cursor) ?? usual;
    if (unit instanceof Failure) return unit;
    if (typeof unit !== 'string') return new Failure('missing', `the message names no unit, so it cannot become ${to}`);
    const name = unit.trim();
    let convert = known.get(name);
    if (convert === undefined) {
      convert = conversion(name, to);
      if (known.size < REMEMBERED_UNITS && name.length <= 40) known.set(name, convert);
    }
    if (typeof convert === 'string') return new Failure('value', convert);
    const converted = convert(value);
    return Number.isFinite(converted) ? converted : new Failure('value', `${value} ${name} is too large in ${to}`);
  };
}

export function compileValue(given: ValueSpec, env: Env, where: Where, label: string): Value {
  const spec = asObject(given);
  const plain = compileRead(spec, env, where, label);
  const read = spec.unit ? compileUnit(spec.unit, plain, env, [...where, 'unit']) : plain;
  const fallback: Scalar | undefined = spec.default;
  const path = spec.from === undefined ? spec.path : undefined;
  return {
    read: fallback === undefined || fallback === null ? read : (cursor) => read(cursor) ?? fallback,
    path,
    optional: spec.optional === true || fallback === null,
    when: spec.when ? compileWhen(spec.when, env, [...where, 'when']) : null,
  };
}

/** What the vendor says of a value; null: it says nothing. */
export function compileQuality(spec: QualitySpec, env: Env, where: Where): (cursor: Cursor) => Quality | null {
  const read = compileRead(spec, env, where, 'quality');
  const good = new Set<unknown>(spec.good);
  const uncertain = new Set<unknown>(spec.uncertain);
  const bad = new Set<unknown>(spec.bad);
  const other = spec.otherwise ?? (spec.good && !spec.bad && !spec.uncertain ? 'uncertain' : 'good');
  return (cursor) => {
    const said = read(cursor);
    if (said === undefined) return null;
    if (said instanceof Failure) return 'uncertain';
    if (bad.has(said)) return 'bad';
    if (uncertain.has(said)) return 'uncertain';
    return good.has(said) ? 'good' : other;
  };
}
