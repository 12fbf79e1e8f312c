import { DecodeError } from './failure.js';

/** Opening brackets at least, without looking at what is in strings; stops counting above `enough`. */
function bracketsUpTo(text: string, enough: number): number {
  let count = 0;
  for (let at = text.indexOf('{'); at >= 0 && count <= enough; at = text.indexOf('{', at + 1)) count++;
  for (let at = text.indexOf('['); at >= 0 && count <= enough; at = text.indexOf('[', at + 1)) count++;
  return count;
}

function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      // a string: to its closing quote, over escaped characters
      for (i++; i < text.length; i++) {
        const inside = text.charCodeAt(i);
        if (inside === 92) i++;
        else if (inside === 34) break;
      }
    } else if (code === 123 || code === 91) {
      if (++depth > limit) return true;
    } else if (code === 125 || code === 93) depth--;
  }
  return false;
}

const STRING_OR_BIG = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** Puts whole numbers that a double cannot hold into quotes. */
function quoteBig(text: string): string {
  return text.replace(STRING_OR_BIG, (token) =>
    token[0] === '"' || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
  );
}

/**
 * JSON.parse within a nesting limit, checked before parsing and at almost no cost: a flat message has fewer brackets
 * than the limit, only others are looked at closely. `big: true` keeps whole numbers beyond 2^53 as text. Throws
 * `DecodeError`.
 */
export function parseJson(text: string, depth: number, big = false): unknown {
  if (text === '') throw new DecodeError('the payload is empty');
  if (bracketsUpTo(text, depth) > depth && deeperThan(text, depth)) {
    throw new DecodeError(`nested deeper than ${depth} levels`, 'too-deep');
  }
  try {
    return JSON.parse(big ? quoteBig(text) : text);
  } catch (error) {
    throw new DecodeError(`not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}
