import type { z } from 'zod';
import { KNOWN_KEYS } from './common.js';
import type { PathStep } from './problem.js';

type Issue = z.core.$ZodIssue;

/** A problem before its place in a file is known. `at: 'key'` means the key at `path`, not its value. */
export interface Finding {
  path: PathStep[];
  at: 'key' | 'value';
  message: string;
}

/** Turns zod's issues about `input` into findings in plain words: one a wrong thing, unions resolved to what was meant. */
export function findings(issues: readonly Issue[], input: unknown, base: readonly PathStep[] = []): Finding[] {
  return issues.flatMap((issue) => one(issue, input, base));
}

function one(issue: Issue, input: unknown, base: readonly PathStep[]): Finding[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  const value = valueAt(input, path);
  const finding = (message: string, at: 'key' | 'value' = 'value'): Finding[] => [{ path, at, message }];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = issue.message.startsWith(KNOWN_KEYS) ? issue.message.slice(KNOWN_KEYS.length).split(' ') : [];
      return issue.keys.map((key) => {
        // `{ en: stop, look }` reads as a text and a key without a value
        const torn = valueAt(value, [key]) === null && nearest(key, known) === undefined;
        const message = torn
          ? `"${key}" reads as a key: text with a comma inside { } needs quotes`
          : unknownKey(key, known);
        return { path: [...path, key], at: 'key', message };
      });
    }
    case 'invalid_type':
      if (value === undefined) return [missing(path)];
      if (issue.expected === 'string' && typeof value !== 'object') {
        return finding(`expected text, found ${shown(value)}; put it in quotes`);
      }
      return finding(`expected ${typeWord(issue.expected)}, found ${shown(value)}`);
    case 'invalid_value':
      if (value === undefined) return [missing(path)];
      return finding(notOneOf(value, issue.values));
    case 'invalid_union':
      if (value === undefined) return [missing(path)];
      return union(issue, input, path, value);
    case 'invalid_key':
      return issue.issues.map((inner) => ({ path, at: 'key', message: inner.message }));
    case 'invalid_element':
      return findings(issue.issues as Issue[], input, path);
    case 'too_small':
      if (Array.isArray(value) && Number(issue.minimum) > 1)
        return finding(`must have at least ${issue.minimum} entries, found ${value.length}`);
      if (issue.origin === 'array' || issue.origin === 'string') return finding('must not be empty');
      return finding(
        `${said(issue) ?? `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`}, found ${shown(value)}`,
      );
    case 'too_big':
      if (Array.isArray(value)) return finding(`must have at most ${issue.maximum} entries, found ${value.length}`);
      return finding(
        `${said(issue) ?? `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`}, found ${shown(value)}`,
      );
    default:
      return finding(
        value === undefined || typeof value === 'object' ? issue.message : `${issue.message}, found ${shown(value)}`,
      );
  }
}

/** The schema's own words for a bound, where it has any. */
function said(issue: Issue): string | undefined {
  return issue.message.startsWith('Too ') ? undefined : issue.message;
}

/** Of a union's branches the one that fits best: it fails deepest, or fails least. */
function union(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  input: unknown,
  path: PathStep[],
  value: unknown,
): Finding[] {
  const discriminator = 'discriminator' in issue ? issue.discriminator : undefined;
  if (issue.errors.length === 0 && typeof discriminator === 'string') {
    // zod puts the discriminator at the end of the path already
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
    return [{ path, at: 'value', message: options.length > 0 ? notOneOf(value, options) : `unknown ${discriminator}` }];
  }
  const fitting = issue.errors.filter((branch) => !branch.some((inner) => mismatch(inner)));
  if (fitting.length === 0) {
    const wanted = issue.errors.flatMap((branch) => branch.filter(mismatch).map(wantedBy));
    return [{ path, at: 'value', message: `expected ${oneOf([...new Set(wanted)])}, found ${shown(value)}` }];
  }
  const best = [...fitting].sort((a, b) => cost(a) - cost(b))[0] ?? [];
  return best.flatMap((inner) => one(inner, input, path));
}

/** How far a branch is from what was written: strange and missing keys at its top say more than a wrong value inside. */
function cost(branch: readonly Issue[]): number {
  return branch.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) return sum + 3 * issue.keys.length;
    return sum + (issue.path.length <= 1 ? 2 : 1);
  }, 0);
}

/** Does the issue say that the value is of another kind altogether? */
function mismatch(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function wantedBy(issue: Issue): string {
  if (issue.code === 'invalid_type') return typeWord(issue.expected);
  return issue.code === 'invalid_value' ? oneOf(issue.values.map((value) => String(value))) : issue.message;
}

function missing(path: PathStep[]): Finding {
  return { path, at: 'value', message: `"${String(path.at(-1) ?? '')}" is missing` };
}

/** `unknown key "topik", did you mean "topic"?`, or the list of known keys where none is near. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near !== undefined) return `unknown key "${key}", did you mean "${near}"?`;
  return known.length > 0 ? `unknown key "${key}"; known are ${known.join(', ')}` : `unknown key "${key}"`;
}

function notOneOf(value: unknown, allowed: readonly unknown[]): string {
  const names = allowed.map((item) => String(item));
  const near = typeof value === 'string' ? nearest(value, names) : undefined;
  const hint = near === undefined ? '' : `, did you mean ${near}?`;
  return `expected ${oneOf(names)}, found ${shown(value)}${hint}`;
}

/** `a`, `a or b`, `a, b or c` */
function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** The candidate with the fewest edits, if it is near enough to be a slip of the hand. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** Edits between two words (insert, delete, replace, swap of neighbours), words cut at 60 characters. */
function distance(from: string, to: string): number {
  const a = from.slice(0, 60);
  const b = to.slice(0, 60);
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

function typeWord(expected: string): string {
  const WORDS: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
    record: 'a map',
    null: 'null',
  };
  return WORDS[expected] ?? expected;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function valueAt(input: unknown, path: readonly PathStep[]): unknown {
  let node: unknown = input;
  for (const step of path) {
    if (typeof node !== 'object' || node === null) return undefined;
    node = (node as Record<PathStep, unknown>)[step];
  }
  return node;
}
