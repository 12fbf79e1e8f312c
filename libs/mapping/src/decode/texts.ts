import { DecodeError, SpecError } from '../failure.js';
import type { Decoder } from '../mapped.js';
import { REGEX_INPUT, safeRegex } from '../regex-guard.js';
import { asText, bare } from './decoder.js';

const MAX_FIELDS = 1000;

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new DecodeError('a % without two hexadecimal digits of UTF-8');
  }
}

/** `a=1&b=x%20y` as an object; of the same name twice the last counts (WHATWG URL, form-urlencoded). */
export const form: Decoder = (input) => {
  const text = asText(input).trim();
  if (!text.includes('=')) throw new DecodeError('no form: there is no name=value');
  const parts = text.split('&', MAX_FIELDS + 1);
  if (parts.length > MAX_FIELDS) throw new DecodeError(`more than ${MAX_FIELDS} fields`, 'too-many');
  const out = bare();
  for (const part of parts) {
    if (part === '') continue;
    const at = part.indexOf('=');
    out[unescaped(at < 0 ? part : part.slice(0, at))] = at < 0 ? '' : unescaped(part.slice(at + 1));
  }
  return out;
};

interface RegexOptions {
  pattern: string;
}

/** The named groups of a text as an object; a text that does not match is refused. */
export function regex({ pattern }: RegexOptions): Decoder {
  const compiled = safeRegex(pattern);
  if (!/\(\?<[A-Za-z]/.test(pattern)) throw new SpecError('regex: the pattern names no group; write (?<name>…)');
  return (input) => {
    const text = asText(input);
    if (text.length > REGEX_INPUT)
      throw new DecodeError(`regex takes text up to ${REGEX_INPUT} characters`, 'too-large');
    const match = compiled.exec(text);
    if (!match) throw new DecodeError('the text does not match the pattern');
    const out = bare();
    for (const [name, part] of Object.entries(match.groups ?? {})) if (part !== undefined) out[name] = part;
    return out;
  };
}
