import type { Quality } from '@citywall/model';
import type { Cursor, Read } from './cursor.js';
import { attempt, compileMarkers, type Env, type Where } from './env.js';
import { Failure, SpecError, show } from './failure.js';
import type { QualitySpec, Readable, Scalar, ValueObject, ValueSpec } from './feed-spec.js';
import { type CompiledOp, compileOp } from './ops/index.js';
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
  if (spec.text !== undefined) return `text ${show(spec.text)}`;
  if (spec.from !== undefined) return spec.path === undefined ? spec.from : `${spec.from} ${spec.path}`;
  return `path ${spec.path ?? '?'}`;
}

function compileSource(spec: Readable, env: Env): Read {
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
      if (spec.path === undefined) throw new SpecError('a value needs path, const, text or from');
      return compilePath(spec.path);
    default:
      throw new SpecError(`from: ${show(spec.from)} is not known; there is topic, key, index, let, at`);
  }
}

function compileOps(spec: ValueObject, env: Env, where: Where): CompiledOp[] {
  const ops: CompiledOp[] = [];
  (spec.ops ?? []).forEach((op, i) => {
    const compiled = attempt(env, [...where, 'ops', i], () => compileOp(op), null);
    if (compiled) ops.push(compiled);
  });
  if (spec.lookup) {
    const { lookup } = spec;
    const compiled = attempt(env, [...where, 'lookup'], () => compileOp({ lookup }), null);
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

/** Reads and works; `Condition`s, times and qualities use it too. */
export function compileRead(spec: ValueObject, env: Env, where: Where, label: string): Read {
  const source = attempt(env, where, () => compileSource(spec, env), NOTHING);
  const markers = spec.missing ? compileMarkers(spec.missing) : env.markers;
  const has = markers.any ? (value: unknown) => markers.has(value) : null;
  const ops = compileOps(spec, env, where);
  return env.tracing ? explained(spec, label, source, has, ops) : chain(source, has, ops);
}

export function asObject(spec: ValueSpec): ValueObject {
  return typeof spec === 'string' ? { path: spec } : spec;
}

export function compileValue(given: ValueSpec, env: Env, where: Where, label: string): Value {
  const spec = asObject(given);
  const read = compileRead(spec, env, where, label);
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
