import type { Dicts, Scalar, ValueSpec } from '@citywall/mapping';
import type { PathStep } from '../problem.js';

/** A word a value may become, and where it is written. */
export interface Outcome {
  word: Scalar;
  path: PathStep[];
}

/**
 * Words that a value's specification itself names as results: constants, defaults, what tables and bands give, in each of
 * its alternatives. What only a message can tell (a plain path, a computed text) is not among them.
 */
export function outcomes(value: ValueSpec, dicts: Dicts = {}): Outcome[] {
  if (typeof value === 'string') return [];
  const found: Outcome[] = [];
  const say = (word: unknown, ...path: PathStep[]): void => {
    if (typeof word === 'string' || typeof word === 'number' || typeof word === 'boolean') found.push({ word, path });
  };
  const table = (given: unknown, ...path: PathStep[]): void => {
    if (typeof given === 'string') {
      for (const word of Object.values(Object.hasOwn(dicts, given) ? (dicts[given] ?? {}) : {})) say(word, ...path);
    } else for (const [from, word] of Object.entries(given ?? {})) say(word, ...path, from);
  };

  say(value.default, 'default');
  if (value.lookup !== undefined) {
    table(value.lookup, 'lookup');
    return found;
  }
  // from the last operator back to the one that decides
  for (const [index, op] of [...(value.ops ?? []).entries()].reverse()) {
    if (op === 'missing') continue;
    const [name = '', args] = (typeof op === 'string' ? [op] : Object.entries(op)[0]) ?? [];
    if (name === 'missing') continue;
    if (name === 'default') {
      say(args, 'ops', index, name);
      continue;
    }
    if (name === 'lookup') table(args, 'ops', index, name);
    if (name === 'bands') {
      const words: unknown[] = (args as { words?: unknown[] } | undefined)?.words ?? [];
      for (const [at, word] of words.entries()) say(word, 'ops', index, name, 'words', at);
    }
    return found;
  }
  say(value.const, 'const');
  for (const [index, one] of (value.first ?? []).entries()) {
    for (const { word, path } of outcomes(one, dicts)) found.push({ word, path: ['first', index, ...path] });
  }
  return found;
}
