import type { Cursor, Frame, Read } from './cursor.js';
import { bare } from './decode/decoder.js';
import { parseDuration } from './duration.js';
import { attempt, type Env, type Where } from './env.js';
import { Failure, SpecError, show } from './failure.js';
import type { EachSpec, EachStep } from './feed-spec.js';
import type { FeedResult } from './mapped.js';
import { parsePath } from './path.js';
import { compileLet, compilePath } from './template.js';
import { compileWhen } from './when.js';

/** Does something for the current element. */
export type Visit = (cursor: Cursor, out: FeedResult) => void;

/** `battery*` matches by its beginning, `*.id` by its end, `*.minute.*` by what is within. */
export function nameTest(names: readonly string[] | undefined, missing: boolean): (name: string) => boolean {
  if (!names) return () => missing;
  const exact = new Set<string>();
  const tests: ((name: string) => boolean)[] = [];
  for (const given of names) {
    const open = given.startsWith('*');
    const text = given.slice(open ? 1 : 0, given.endsWith('*') && given.length > 1 ? -1 : undefined);
    const rest = given.length > 1 && given.endsWith('*');
    if (open && rest) tests.push((name) => name.includes(text));
    else if (open) tests.push((name) => name.endsWith(text));
    else if (rest) tests.push((name) => name.startsWith(text));
    else exact.add(given);
  }
  return (name) => exact.has(name) || tests.some((test) => test(name));
}

type Columns = (cursor: Cursor) => readonly string[] | Failure;

function compileColumns(columns: EachStep['columns'], env: Env, where: Where): Columns | null {
  if (columns === undefined) return null;
  if (typeof columns !== 'string') return () => columns;
  const read = attempt<Read>(
    env,
    [...where, 'columns'],
    () => compilePath(columns),
    () => undefined,
  );
  return (cursor) => {
    const names = read(cursor);
    return Array.isArray(names) && names.length <= 1000 && names.every((name) => typeof name === 'string')
      ? names
      : new Failure('type', `columns ${columns} are ${show(names)}, not a list of names`);
  };
}

/** A row of a table as an object by its columns; what is no row stays for the rejection. */
function rowObject(row: unknown, names: readonly string[]): unknown {
  if (!Array.isArray(row)) return new Failure('type', `${show(row)} is no row of a table`);
  const object = bare();
  for (let i = 0; i < names.length && i < row.length; i++) object[names[i] as string] = row[i];
  return object;
}

interface Listed {
  keys: readonly (string | number)[] | null;
  values: (index: number) => unknown;
  count: number;
}

function listed(value: unknown, entries: boolean): Listed | null {
  if (Array.isArray(value)) return { keys: null, values: (i) => value[i], count: value.length };
  if (!entries || typeof value !== 'object' || value === null || value instanceof Uint8Array) return null;
  const bag = value as Record<string, unknown>;
  const keys = Object.keys(bag);
  return { keys, values: (i) => bag[keys[i] as string], count: keys.length };
}

/** Levels below an element that `leaves` goes down. */
const LEAF_DEPTH = 16;

/** All text, numbers and booleans below a value, by their way; at most one more than the limit, which then is told. */
function leavesOf(value: unknown, most: number): Listed | null {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return null;
  const keys: string[] = [];
  const values: unknown[] = [];
  const descend = (node: object, way: string, depth: number): void => {
    for (const name of Object.keys(node)) {
      if (keys.length > most) return;
      const child = (node as Record<string, unknown>)[name];
      const here = way === '' ? name : `${way}.${name}`;
      if (typeof child === 'object') {
        if (child === null || child instanceof Uint8Array || child instanceof Failure || depth >= LEAF_DEPTH) continue;
        descend(child, here, depth + 1);
      } else if (here.length <= 500) {
        keys.push(here);
        values.push(child);
      }
    }
  };
  descend(value, '', 0);
  return { keys, values: (i) => values[i], count: keys.length };
}

/** Lists of an object side by side, as long as the longest; what a shorter one lacks is missing. */
function zipped(value: unknown, names: readonly string[]): Listed | null {
  if (typeof value !== 'object' || value === null) return null;
  const bag = value as Record<string, unknown>;
  const lists = names.map((name): unknown => (Object.hasOwn(bag, name) ? bag[name] : undefined));
  if (lists.some((list) => list !== undefined && !Array.isArray(list)) || lists.every((list) => !list)) return null;
  const found = lists as (unknown[] | undefined)[];
  return {
    keys: null,
    values: (i) => {
      const row = bare();
      names.forEach((name, at) => {
        row[name] = found[at]?.[i];
      });
      return row;
    },
    count: Math.max(...found.map((list) => list?.length ?? 0)),
  };
}

function compileLevel(given: string | EachStep, env: Env, where: Where, body: Visit): Visit {
  const step: EachStep = typeof given === 'string' ? { path: given } : given;
  const at = typeof given === 'string' ? where : [...where, 'path'];
  const path = attempt(env, at, () => parsePath(step.path), null);
  if (!path) return () => {};
  const lead = path.text.replace(/\.?\*$/, '');
  const read = attempt<Read>(
    env,
    at,
    () => (step.from === 'let' ? compileLet(env, lead) : compilePath(path.entries ? lead || '@' : path.text)),
    () => undefined,
  );
  const label = lead.replace(/^[@$^]+\.?/, '');
  const { entries } = path;
  const wanted = nameTest(step.only, true);
  const refused = nameTest(step.except, false);
  const named = step.only !== undefined || step.except !== undefined;
  const { leaves, zip } = step;
  if (named && !entries && !leaves) {
    env.problem(where, 'only and except choose entries; the path needs .* at its end');
  }
  if (leaves && zip) env.problem(where, 'leaves and zip do not go together');
  if (zip && (zip.length === 0 || zip.length > 100)) env.problem([...where, 'zip'], 'one to a hundred lists');
  const columns = compileColumns(step.columns, env, where);
  const when = step.when ? compileWhen(step.when, env, [...where, 'when']) : null;
  const every = step.step ? attempt(env, [...where, 'step'], () => parseDuration(step.step?.every ?? 0), 0) : 0;
  const backwards = step.step?.backwards === true;
  const newestFirst = step.step?.newestFirst === true;
  if (backwards && newestFirst) env.problem([...where, 'step'], 'backwards and newestFirst do not go together');
  const mostElements = env.elements;

  // the slip of everybody who opens a text in `let` and then goes through its rows
  const meant =
    step.from === undefined && env.lets.has(/^[\w-]*/.exec(lead)?.[0] ?? '')
      ? `; the named value ${lead} is meant by from: let`
      : '';

  return (cursor, out) => {
    const parent = cursor.frame;
    const value = read(cursor);
    if (value === undefined || value === null) {
      if (!step.optional)
        cursor.reject(out, 'missing', `there is no ${step.path} to go through${meant}`, lead || undefined);
      return;
    }
    if (value instanceof Failure) {
      cursor.reject(out, value.reason, value.detail, lead || undefined);
      return;
    }
    const list = zip ? zipped(value, zip) : leaves ? leavesOf(value, mostElements) : listed(value, entries);
    if (!list) {
      const want = zip
        ? `an object with the lists ${zip.join(', ')}`
        : entries || leaves
          ? 'a list or an object'
          : 'a list';
      cursor.reject(out, 'type', `${step.path} is ${show(value)}, not ${want}`, lead || undefined);
      return;
    }
    const names = columns?.(cursor);
    if (names instanceof Failure) {
      cursor.reject(out, names.reason, names.detail, lead || undefined);
      return;
    }
    if (cursor.steps) cursor.note(`each ${step.path}: ${list.count} elements`);
    for (let i = 0; i < list.count; i++) {
      const key = list.keys ? (list.keys[i] as string) : i;
      let element = list.values(i);
      if (named && (!wanted(String(key)) || refused(String(key)))) continue;
      if (step.scalars && (element === null || typeof element === 'object')) continue;
      if (++cursor.elements > mostElements) {
        if (cursor.elements === mostElements + 1) {
          cursor.reject(
            out,
            'too-many',
            `more than ${mostElements} elements; the rest is not mapped`,
            lead || undefined,
          );
        }
        return;
      }
      if (names) element = rowObject(element, names);
      const shift =
        every === 0 ? parent.shift : parent.shift + (newestFirst ? -i : backwards ? i - (list.count - 1) : i) * every;
      const frame: Frame = { value: element, key, index: i, parent, label, shift };
      cursor.enter(frame);
      if (cursor.steps) {
        cursor.note(`element ${show(key)} = ${show(element)}`);
        cursor.depth++;
      }
      if (element instanceof Failure) cursor.reject(out, element.reason, element.detail);
      else if (!when || when(cursor)) body(cursor, out);
      if (cursor.steps) cursor.depth--;
    }
    cursor.enter(parent);
  };
}

/** Goes through the levels of fan-out and calls the body for every innermost element. */
export function compileEach(spec: EachSpec | undefined, env: Env, where: Where, body: Visit): Visit {
  if (spec === undefined) return body;
  if (!Array.isArray(spec)) return compileLevel(spec, env, where, body);
  if (spec.length === 0 || spec.length > 6) {
    env.problem(where, new SpecError('each has one to six levels').message);
    return () => {};
  }
  return spec.reduceRight<Visit>((inner, level, i) => compileLevel(level, env, [...where, i], inner), body);
}
