import { SpecError } from './failure.js';

/** Longer texts are never given to a regular expression. */
export const REGEX_INPUT = 1000;

/** Worst number of steps a pattern may cost over `REGEX_INPUT` characters, as estimated below. */
const BUDGET = 1e8;
/** Assumed longest run of a narrow class (`\d+`) that also fails afterwards. */
const NARROW_RUN = 8;

interface Group {
  /** holds a quantifier whose count can vary */
  varies: boolean;
  alternates: boolean;
}

interface Quantifier {
  min: number;
  max: number;
  length: number;
}

function quantifierAt(source: string, at: number): Quantifier | null {
  const sign = source[at];
  let found: Quantifier | null = null;
  if (sign === '*') found = { min: 0, max: Number.POSITIVE_INFINITY, length: 1 };
  else if (sign === '+') found = { min: 1, max: Number.POSITIVE_INFINITY, length: 1 };
  else if (sign === '?') found = { min: 0, max: 1, length: 1 };
  else if (sign === '{') {
    const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(source.slice(at, at + 12));
    if (braces) {
      const min = Number(braces[1]);
      const max = braces[2] === undefined ? min : braces[3] ? Number(braces[3]) : Number.POSITIVE_INFINITY;
      found = { min, max, length: braces[0].length };
    }
  }
  if (found && source[at + found.length] === '?') found.length++;
  return found;
}

function classEnd(source: string, from: number): number {
  for (let i = from + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === ']') return i;
  }
  throw new SpecError('[ without ]');
}

/**
 * A regular expression that cannot run away: no back reference, no look-around, no varying repetition inside a
 * repetition (`(a+)+`, `(a|b)*`), no two unbounded repetitions side by side, and a bounded product of what is left.
 * Backtracking engines are exponential or of high degree only through those. Throws `SpecError`.
 */
export function safeRegex(source: string): RegExp {
  if (source.length > 500) throw new SpecError('a pattern of at most 500 characters');
  let compiled: RegExp;
  try {
    compiled = new RegExp(source, 'u');
  } catch (error) {
    throw new SpecError((error as Error).message);
  }
  let cost = source.startsWith('^') && !source.includes('|') ? 1 : REGEX_INPUT;
  const groups: Group[] = [{ varies: false, alternates: false }];
  let beforeUnbounded = false;
  for (let i = 0; i < source.length; i++) {
    const sign = source[i] as string;
    const open = groups.at(-1) as Group;
    let wide = false;
    let closed: Group | undefined;
    if (sign === '(') {
      if (/^\(\?(=|!|<=|<!)/.test(source.slice(i, i + 4))) throw new SpecError('look-around is not allowed');
      groups.push({ varies: false, alternates: false });
      if (source[i + 1] === '?') i = source[i + 2] === '<' ? source.indexOf('>', i) : i + 2;
      beforeUnbounded = false;
      continue;
    }
    if (sign === '|') {
      open.alternates = true;
      beforeUnbounded = false;
      continue;
    }
    if (sign === '^' || sign === '$') continue;
    if (sign === ')') {
      closed = groups.pop();
      const parent = groups.at(-1) as Group;
      if (closed?.varies) parent.varies = true;
    } else if (sign === '\\') {
      i++;
      const escaped = source[i] as string;
      if (/[1-9k]/.test(escaped)) throw new SpecError('back references are not allowed');
      wide = /[DWSwpP]/.test(escaped);
      if (/[uxpP]/.test(escaped)) i += /^(\{[^}]*\}|[0-9a-fA-F]{2,4})/.exec(source.slice(i + 1))?.[0].length ?? 0;
    } else if (sign === '[') {
      const end = classEnd(source, i);
      wide = source[i + 1] === '^' || /\\[DWSwpP]/.test(source.slice(i, end));
      i = end;
    } else wide = sign === '.';

    const quantifier = quantifierAt(source, i + 1);
    if (!quantifier) {
      if (!closed) beforeUnbounded = false;
      continue;
    }
    i += quantifier.length;
    if (closed && quantifier.max > 1 && (closed.varies || closed.alternates)) {
      throw new SpecError('a repetition inside a repetition is not allowed; name the characters instead, as in [ab]+');
    }
    if (quantifier.min !== quantifier.max) (groups.at(-1) as Group).varies = true;
    const unbounded = quantifier.max === Number.POSITIVE_INFINITY;
    if (unbounded && beforeUnbounded) throw new SpecError('two unbounded repetitions side by side are not allowed');
    beforeUnbounded = unbounded;
    cost *= unbounded ? (wide || closed ? REGEX_INPUT : NARROW_RUN) : quantifier.max - quantifier.min + 1;
  }
  if (cost > BUDGET) {
    throw new SpecError('too costly: anchor it with ^, or use narrower or bounded repetitions such as \\d+ or .{0,40}');
  }
  return compiled;
}
