import type { Cursor } from './cursor.js';
import { attempt, type Env, type Where } from './env.js';
import { Failure, SpecError } from './failure.js';
import { type Condition, type Scalar, VALUE_KINDS, type ValueKind, type WhenSpec } from './feed-spec.js';
import { REGEX_INPUT, safeRegex } from './regex-guard.js';
import { compileRead } from './value.js';

/** Holds a condition where the cursor stands? Never throws; a value that fails holds none. */
export type Test = (cursor: Cursor) => boolean;
type Check = (value: unknown) => boolean;

function kindOf(value: unknown): ValueKind | undefined {
  switch (typeof value) {
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    case 'boolean':
      return 'bool';
    default:
      return Array.isArray(value) ? 'list' : typeof value === 'object' && value !== null ? 'object' : undefined;
  }
}

function listOf<T>(given: T | readonly T[]): readonly T[] {
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}

function bound(limit: unknown, holds: (value: number) => boolean): Check {
  if (typeof limit !== 'number') throw new SpecError('above, below, atLeast and atMost take a number');
  return (value) => typeof value === 'number' && holds(value);
}

function checksOf(spec: Condition): Check[] {
  const checks: Check[] = [];
  if (spec.is !== undefined) {
    const wanted = new Set<unknown>(listOf<Scalar>(spec.is));
    checks.push((value) => wanted.has(value));
  }
  if (spec.in !== undefined) {
    const wanted = new Set<unknown>(spec.in);
    checks.push((value) => wanted.has(value));
  }
  if (spec.type !== undefined) {
    const kinds = listOf(spec.type);
    for (const kind of kinds)
      if (!VALUE_KINDS.includes(kind)) throw new SpecError(`${String(kind)} is no kind of value`);
    checks.push((value) => kinds.includes(kindOf(value) as ValueKind));
  }
  if (spec.matches !== undefined) {
    const regex = safeRegex(spec.matches);
    checks.push((value) => {
      const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
      return typeof text === 'string' && text.length <= REGEX_INPUT && regex.test(text);
    });
  }
  const { above, below, atLeast, atMost } = spec;
  if (above !== undefined) checks.push(bound(above, (value) => value > above));
  if (below !== undefined) checks.push(bound(below, (value) => value < below));
  if (atLeast !== undefined) checks.push(bound(atLeast, (value) => value >= atLeast));
  if (atMost !== undefined) checks.push(bound(atMost, (value) => value <= atMost));
  if (checks.length === 0 && spec.exists === undefined) {
    throw new SpecError('a condition needs one of is, in, exists, type, matches, above, below, atLeast, atMost');
  }
  return checks;
}

function compileCondition(spec: Condition, env: Env, where: Where): Test {
  const read = compileRead(spec, env, where, 'when');
  const checks = attempt(env, where, () => checksOf(spec), []);
  const absent = spec.exists === false;
  const [only] = checks;
  const holds: Test =
    only && checks.length === 1 && !absent
      ? (cursor) => {
          const value = read(cursor);
          return value !== undefined && !(value instanceof Failure) && only(value);
        }
      : (cursor) => {
          const value = read(cursor);
          if (value === undefined || value instanceof Failure) return absent && value === undefined;
          return !absent && checks.every((check) => check(value));
        };
  if (!env.tracing) return holds;
  return (cursor) => {
    const held = holds(cursor);
    cursor.note(held ? 'the condition holds' : 'the condition does not hold');
    return held;
  };
}

const MAX_DEPTH = 8;

export function compileWhen(spec: WhenSpec, env: Env, where: Where, depth = 0): Test {
  if (depth > MAX_DEPTH) {
    env.problem(where, 'conditions within conditions, too many');
    return () => false;
  }
  if ('all' in spec) {
    const tests = spec.all.map((part, i) => compileWhen(part, env, [...where, 'all', i], depth + 1));
    return (cursor) => tests.every((test) => test(cursor));
  }
  if ('any' in spec) {
    const tests = spec.any.map((part, i) => compileWhen(part, env, [...where, 'any', i], depth + 1));
    return (cursor) => tests.some((test) => test(cursor));
  }
  if ('not' in spec) {
    const test = compileWhen(spec.not, env, [...where, 'not'], depth + 1);
    return (cursor) => !test(cursor);
  }
  return compileCondition(spec, env, where);
}
