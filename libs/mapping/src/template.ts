import type { Cursor, Frame, Read } from './cursor.js';
import type { Env } from './env.js';
import { Failure, SpecError, show } from './failure.js';
import { compileWalk, inherited, parsePath } from './path.js';

/** Element so many levels of fan-out up; the root frame is its own end. */
function frameUp(frame: Frame, levels: number): Frame {
  let here = frame;
  for (let i = 0; i < levels && here.parent; i++) here = here.parent;
  return here;
}

/** A closure for a path. Throws `SpecError`. */
export function compilePath(text: string): Read {
  const { origin, segments, entries } = parsePath(text);
  if (entries) throw new SpecError(`path ${JSON.stringify(text)}: * belongs into each`);
  const [name] = segments;
  if (origin === 'current' && segments.length === 1 && typeof name === 'string' && !inherited(name)) {
    // Most paths of most messages: without a walk in between.
    return ({ current }) =>
      typeof current === 'object' && current !== null ? (current as Record<string, unknown>)[name] : undefined;
  }
  const walk = compileWalk(segments);
  if (origin === 'root') return segments.length === 0 ? (cursor) => cursor.root : (cursor) => walk(cursor.root);
  if (origin === 'current')
    return segments.length === 0 ? (cursor) => cursor.current : (cursor) => walk(cursor.current);
  return (cursor) => walk(frameUp(cursor.frame, origin).value);
}

export function compileKey(levels: number): Read {
  return levels === 0 ? (cursor) => cursor.frame.key : (cursor) => frameUp(cursor.frame, levels).key;
}

export function compileIndex(levels: number): Read {
  return levels === 0 ? (cursor) => cursor.frame.index : (cursor) => frameUp(cursor.frame, levels).index;
}

/** A named value, or a path into one: `inner`, `inner.items[0].v`. */
export function compileLet(env: Env, text: string): Read {
  const name = /^[A-Za-z_][\w-]*/.exec(text)?.[0] ?? text;
  const read = compileNamed(env, name);
  if (name === text) return read;
  const { origin, segments, entries } = parsePath(text);
  if (origin !== 'current' || entries) throw new SpecError(`path ${JSON.stringify(text)} is no path into a let`);
  const walk = compileWalk(segments.slice(1));
  return (cursor) => {
    const value = read(cursor);
    return value instanceof Failure ? value : walk(value);
  };
}

/** Named values are worked out when an element first asks for them. */
function compileNamed(env: Env, name: string): Read {
  const named = env.lets.get(name);
  if (!named) throw new SpecError(`there is no let ${JSON.stringify(name)} before this`);
  const { slot, read } = named;
  return (cursor) => {
    if (cursor.letStamps[slot] !== cursor.stamp) {
      cursor.letValues[slot] = read(cursor);
      cursor.letStamps[slot] = cursor.stamp;
    }
    return cursor.letValues[slot];
  };
}

export function compileCapture(env: Env, name: string): Read {
  const at = env.captures.indexOf(name);
  if (at < 0) {
    const known = env.captures.map((capture) => `{${capture}}`).join(' ') || 'nothing';
    throw new SpecError(`the topic does not capture ${JSON.stringify(name)}; it captures ${known}`);
  }
  return (cursor) => cursor.taken.captures[at];
}

interface Part {
  read: Read;
  /** depends on nothing but captures */
  fixed: boolean;
}

function placeholder(text: string, env: Env): Part {
  // a topic may capture {key}: then that is meant, not the entry of a fan-out
  if (env.captures.includes(text)) return { read: compileCapture(env, text), fixed: true };
  const outer = /^(\^*)(key|index)$/.exec(text);
  if (outer) {
    const levels = (outer[1] as string).length;
    return { read: outer[2] === 'key' ? compileKey(levels) : compileIndex(levels), fixed: false };
  }
  if (text === 'at') return { read: (cursor) => cursor.at, fixed: false };
  if (/^[$@^]/.test(text)) return { read: compilePath(text), fixed: false };
  if (env.lets.has(/^[\w-]*/.exec(text)?.[0] ?? '')) return { read: compileLet(env, text), fixed: false };
  const known = [...env.captures, ...env.lets.keys(), 'key', 'index', 'at', '@.path'].map((name) => `{${name}}`);
  throw new SpecError(`{${text}} is not known here; there is ${known.join(' ')}`);
}

export interface Template {
  /** text before the first placeholder */
  literal: string;
  /** no placeholder at all */
  constant: boolean;
  /** depends on nothing but captures */
  fixed: boolean;
  /** undefined where a placeholder is missing */
  read(cursor: Cursor): string | undefined | Failure;
}

const MAX_RESULT = 2000;

/** Text with `{placeholders}`; `{{` stands for a brace. Throws `SpecError`. */
export function compileTemplate(text: string, env: Env): Template {
  const literals: string[] = [''];
  const parts: Part[] = [];
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] as string;
    if ((sign === '{' || sign === '}') && text[i + 1] === sign) {
      literals[literals.length - 1] += sign;
      i++;
    } else if (sign === '{') {
      const end = text.indexOf('}', i);
      if (end < 0) throw new SpecError(`${JSON.stringify(text)}: { without }`);
      parts.push(placeholder(text.slice(i + 1, end), env));
      literals.push('');
      i = end;
    } else literals[literals.length - 1] += sign;
  }
  const [literal = ''] = literals;
  const fixed = parts.every((part) => part.fixed);
  const [only] = parts;
  if (!only) return { literal, constant: true, fixed: true, read: () => literal };
  return {
    literal,
    constant: false,
    fixed,
    read(cursor) {
      let made = literal;
      for (let i = 0; i < parts.length; i++) {
        const value = (parts[i] as Part).read(cursor);
        if (typeof value === 'string') made += value;
        else if (value === undefined || value === null) return undefined;
        else if (typeof value === 'number' || typeof value === 'boolean') made += String(value);
        else if (value instanceof Failure) return value;
        else return new Failure('type', `${show(value)} within ${JSON.stringify(text)}`);
        made += literals[i + 1] as string;
        if (made.length > MAX_RESULT) return new Failure('value', `${JSON.stringify(text)} becomes too long`);
      }
      return made;
    },
  };
}
