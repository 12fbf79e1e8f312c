import { SpecError } from './failure.js';

/** Longer texts are never given to a regular expression. */
export const REGEX_INPUT = 1000;

/** Worst number of steps a pattern may take over `REGEX_INPUT` characters, as estimated below. */
const BUDGET = 1e8;

/** Characters by which two classes are told apart: Latin 1, Han, a full-width digit, a line separator, beyond the BMP. */
const PROBES = [...Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)), '水', '１', '\u2028', '😀'];

/** Something that may match more or fewer characters. */
interface Varying {
  /** probes it matches; null: a group, taken to match anything */
  matches: ReadonlySet<string> | null;
  /** how many lengths it may have */
  range: number;
}

interface Group {
  varies: boolean;
  alternates: boolean;
  /** what varied before the group, and at the end of each alternative so far */
  before: readonly Varying[];
  ends: readonly Varying[];
}

interface Quantifier {
  min: number;
  max: number;
  length: number;
}

function quantifierAt(source: string, at: number): Quantifier | null {
  const sign = source[at];
  let found: Quantifier | null = null;
  if (sign === '*') found = { min: 0, max: REGEX_INPUT, length: 1 };
  else if (sign === '+') found = { min: 1, max: REGEX_INPUT, length: 1 };
  else if (sign === '?') found = { min: 0, max: 1, length: 1 };
  else if (sign === '{') {
    const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(source.slice(at, at + 12));
    if (braces) {
      const min = Number(braces[1]);
      const max = braces[2] === undefined ? min : braces[3] ? Number(braces[3]) : REGEX_INPUT;
      found = { min, max, length: braces[0].length };
    }
  }
  if (found && source[at + found.length] === '?') found.length++;
  return found;
}

/** Where the atom that begins here ends (exclusive): an escape, a class, or one character. */
function atomEnd(source: string, from: number): number {
  if (source[from] === '\\') {
    const tail = source.slice(from + 1);
    if (/^[1-9k]/.test(tail)) throw new SpecError('back references are not allowed');
    const long = /^(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z])/.exec(tail);
    return from + 1 + (long ? long[0].length : 1);
  }
  if (source[from] !== '[') return from + ((source.codePointAt(from) as number) > 0xffff ? 2 : 1);
  for (let i = from + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === ']') return i + 1;
  }
  throw new SpecError('[ without ]');
}

function probesOf(atom: string): ReadonlySet<string> {
  const one = new RegExp(`^(?:${atom})$`, 'u');
  return new Set(PROBES.filter((probe) => one.test(probe)));
}

function overlap(a: Varying, b: ReadonlySet<string> | null): boolean {
  if (a.matches === null || b === null) return true;
  for (const probe of b) if (a.matches.has(probe)) return true;
  return false;
}

const union = (a: readonly Varying[], b: readonly Varying[]): Varying[] => [...new Set([...a, ...b])];

/**
 * A regular expression that cannot run away over `REGEX_INPUT` characters. Backtracking costs where one piece of text
 * can be shared out in many ways: refused are back references, look-around, a varying or alternating part inside a
 * repetition (`(a+)+`, `(a|b)*`), and more repetitions of overlapping characters with nothing between to tell them
 * apart than the budget allows (`.*a.*`, `\d+\d+`). Throws `SpecError`.
 */
export function safeRegex(source: string): RegExp {
  if (source.length > 500) throw new SpecError('a pattern of at most 500 characters');
  let compiled: RegExp;
  try {
    compiled = new RegExp(source, 'u');
  } catch (error) {
    throw new SpecError((error as Error).message);
  }
  // one pass from every start, or from the first only
  let cost = source.startsWith('^') && !source.includes('|') ? REGEX_INPUT : REGEX_INPUT * REGEX_INPUT;
  const groups: Group[] = [{ varies: false, alternates: false, before: [], ends: [] }];
  let pending: readonly Varying[] = [];
  const vary = (matches: Varying['matches'], { min, max }: Quantifier): void => {
    const range = max - min + 1;
    for (const earlier of pending) if (overlap(earlier, matches)) cost *= Math.min(range, earlier.range);
    pending = [...pending, { matches, range }];
    (groups.at(-1) as Group).varies = true;
  };
  let at = 0;
  while (at < source.length) {
    const sign = source[at] as string;
    const open = groups.at(-1) as Group;
    if (sign === '(') {
      if (/^\(\?(=|!|<=|<!)/.test(source.slice(at, at + 4))) throw new SpecError('look-around is not allowed');
      groups.push({ varies: false, alternates: false, before: pending, ends: [] });
      at = source[at + 1] !== '?' ? at + 1 : source[at + 2] === '<' ? source.indexOf('>', at) + 1 : at + 3;
    } else if (sign === '|') {
      open.alternates = true;
      open.ends = union(open.ends, pending);
      pending = open.before;
      at++;
    } else if (sign === '^' || sign === '$') at++;
    else if (sign === ')') {
      groups.pop();
      const quantifier = quantifierAt(source, ++at);
      pending = union(open.ends, pending);
      if (open.varies) (groups.at(-1) as Group).varies = true;
      if (!quantifier) continue;
      at += quantifier.length;
      if (quantifier.max > 1 && (open.varies || open.alternates)) {
        throw new SpecError('a repetition inside a repetition is not allowed; name the characters, as in [ab]+');
      }
      if (quantifier.min === 0) pending = union(pending, open.before);
      if (quantifier.min !== quantifier.max) vary(null, quantifier);
    } else {
      const end = atomEnd(source, at);
      const matches = probesOf(source.slice(at, end));
      const quantifier = quantifierAt(source, end);
      at = end + (quantifier?.length ?? 0);
      // what must stand here tells apart what came before, if that cannot match it
      if ((quantifier?.min ?? 1) > 0) pending = pending.filter((earlier) => overlap(earlier, matches));
      if (quantifier && quantifier.min !== quantifier.max) vary(matches, quantifier);
    }
  }
  if (cost > BUDGET) {
    throw new SpecError(
      'too costly: anchor it with ^, or use narrower or bounded repetitions such as [^,]+ or .{0,40}',
    );
  }
  return compiled;
}
