import { Failure, SpecError } from './failure.js';

export interface Path {
  text: string;
  /** `current` element, `root` of the message, or so many parents up */
  origin: 'current' | 'root' | number;
  /** own properties by name, list elements by number (negative from the end) */
  segments: (string | number)[];
  /** trailing `*`: the entries of what the rest leads to */
  entries: boolean;
}

const MAX_SEGMENTS = 32;

function readBracket(text: string, from: number): { segment: string | number; next: number } {
  const quote = text[from + 1];
  if (quote === '"' || quote === "'") {
    const end = text.indexOf(`${quote}]`, from + 2);
    if (end < 0) throw new SpecError(`path ${JSON.stringify(text)}: [${quote} without ${quote}]`);
    return { segment: text.slice(from + 2, end), next: end + 2 };
  }
  const end = text.indexOf(']', from);
  const inside = end < 0 ? '' : text.slice(from + 1, end);
  if (!/^-?\d{1,6}$/.test(inside)) throw new SpecError(`path ${JSON.stringify(text)}: [ needs a number or a "name"]`);
  return { segment: Number(inside), next: end + 1 };
}

/** `a.b[0]["x.y"]`, `$.a`, `@`, `^.a`, `data.*`. Throws `SpecError`. */
export function parsePath(text: string): Path {
  if (text === '') throw new SpecError('an empty path; @ is the element itself');
  let origin: Path['origin'] = 'current';
  let at = 0;
  const ups = /^\^+/.exec(text)?.[0].length ?? 0;
  if (ups > 0) {
    origin = ups;
    at = ups;
  } else if (text[0] === '$') {
    origin = 'root';
    at = 1;
  } else if (text[0] === '@') at = 1;
  const prefixed = at > 0;
  if (prefixed && at < text.length && text[at] !== '.' && text[at] !== '[') {
    throw new SpecError(`path ${JSON.stringify(text)}: after ${text.slice(0, at)} comes . or [`);
  }
  const segments: (string | number)[] = [];
  let expectName = !prefixed;
  while (at < text.length) {
    if (text[at] === '[') {
      const { segment, next } = readBracket(text, at);
      segments.push(segment);
      at = next;
      expectName = false;
      continue;
    }
    if (text[at] === '.') {
      at++;
      if (expectName) throw new SpecError(`path ${JSON.stringify(text)}: a name is missing before a dot`);
      expectName = true;
    }
    let end = at;
    while (end < text.length && text[end] !== '.' && text[end] !== '[') end++;
    if (end === at) {
      if (text[at] === '[') continue;
      throw new SpecError(`path ${JSON.stringify(text)}: a name is missing after a dot`);
    }
    segments.push(text.slice(at, end));
    at = end;
    expectName = false;
  }
  if (expectName) throw new SpecError(`path ${JSON.stringify(text)}: a name is missing at the end`);
  const entries = segments.at(-1) === '*';
  if (entries) segments.pop();
  if (segments.includes('*')) throw new SpecError(`path ${JSON.stringify(text)}: * may only stand at the end`);
  if (segments.length > MAX_SEGMENTS) throw new SpecError(`path ${JSON.stringify(text)}: too long`);
  return { text, origin, segments, entries };
}

export type Walk = (from: unknown) => unknown;
type Bag = Record<string, unknown>;

/** Names that plain objects, lists or functions inherit: only these need the slower question for an own property. */
export function inherited(name: string): boolean {
  return name in {} || name in [] || name in Failure.prototype || name in new Uint8Array(0);
}

function stepOf(segment: string | number): Walk {
  if (typeof segment === 'number') {
    return segment >= 0
      ? (from) => (Array.isArray(from) ? (from as unknown[])[segment] : undefined)
      : (from) => (Array.isArray(from) ? (from as unknown[])[from.length + segment] : undefined);
  }
  if (inherited(segment)) {
    return (from) =>
      typeof from === 'object' && from !== null && Object.hasOwn(from, segment) ? (from as Bag)[segment] : undefined;
  }
  return (from) => (typeof from === 'object' && from !== null ? (from as Bag)[segment] : undefined);
}

/** A closure that walks the segments over own properties; undefined where the way ends. */
export function compileWalk(segments: readonly (string | number)[]): Walk {
  const steps = segments.map(stepOf);
  const [first, second, third] = steps;
  if (!first) return (from) => from;
  if (!second) return first;
  if (!third) return (from) => second(first(from));
  if (steps.length === 3) return (from) => third(second(first(from)));
  return (from) => {
    let here = from;
    for (let i = 0; i < steps.length && here !== undefined; i++) here = (steps[i] as Walk)(here);
    return here;
  };
}
