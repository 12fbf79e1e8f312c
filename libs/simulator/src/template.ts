import { parseDuration } from '@citywall/pack-schema';
import { formatTime, type Zone } from './time.js';
import type { SimulatedValue } from './values.js';

/** A plain scalar, or a simulated value that knows its decimals. */
export type Filled = string | number | boolean | null | SimulatedValue;

/** What placeholders of one message (or one row of it) stand for. */
export interface Scope {
  /** measured time as the payload says it, Unix ms */
  at: number;
  zone: Zone;
  /** `value.level`, `attribute.zone`, `key` …; undefined: nothing of that name */
  get(path: string): Filled | undefined;
}

/** A text of simulator.yaml that can't be filled. `placeholder` is what is wrong in it. */
export class TemplateError extends Error {
  readonly reason = 'placeholder';

  constructor(
    readonly placeholder: string,
    message: string,
  ) {
    super(message);
    this.name = 'TemplateError';
  }
}

export type Template = (scope: Scope) => string;
/** Keeps the type: a text that is one placeholder without a value becomes what the platform sends instead. */
export type ValueTemplate = (scope: Scope) => string | number | boolean | null;

type Part = string | { path: string; format: string };

const ISO = "yyyy-MM-dd'T'HH:mm:ssXXX";
const PLACEHOLDER = /\{([a-zA-Z][\w.-]*)(?::([^{}]*))?\}/g;

/** `{key}` `{value.level}` `{attribute.zone}` `{n:6}` (padded) `{time:yyyy-MM-dd HH:mm:ss}` `{time.in.6h}`; `escaped` works on every value. */
export function compileTemplate(text: string, escaped: (value: string) => string = (value) => value): Template {
  const parts = parse(text);
  return (scope) => {
    let out = '';
    for (const part of parts) {
      if (typeof part === 'string') out += part;
      else out += escaped(asText(fill(part, scope, text), part.format));
    }
    return out;
  };
}

/** As `compileTemplate`, for a text inside JSON. */
export function compileJsonText(text: string): ValueTemplate {
  const parts = parse(text);
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only === undefined || typeof only === 'string') return compileTemplate(text);
  return (scope) => {
    const value = fill(only, scope, text);
    if (value === null) return null;
    if (typeof value === 'object' && 'missing' in value) return value.missing;
    return asText(value, only.format);
  };
}

/** `{ $: value.level }`: the value itself, a number as a number. */
export function compileTyped(path: string): ValueTemplate {
  return (scope) => asScalar(fill({ path, format: '' }, scope, `$: ${path}`));
}

/** Value as a JSON scalar, rounded to its decimals. */
export function asScalar(value: Filled): string | number | boolean | null {
  if (value === null || typeof value !== 'object') return value;
  if ('missing' in value) return value.missing;
  if ('code' in value) return value.code;
  return Number(fixed(value.number, value.decimals));
}

function parse(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ path: match[1] ?? '', format: match[2] ?? '' });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

function fill(part: { path: string; format: string }, scope: Scope, text: string): Filled {
  switch (part.path) {
    case 'time':
      return formatTime(scope.at, part.format === '' ? ISO : part.format, scope.zone);
    case 'time.unix_s':
      return Math.floor(scope.at / 1000);
    case 'time.unix_ms':
      return scope.at;
  }
  if (part.path.startsWith('time.in.')) {
    const later = parseDuration(part.path.slice(8));
    if (later !== null) return formatTime(scope.at + later, part.format === '' ? ISO : part.format, scope.zone);
  }
  const value = scope.get(part.path);
  if (value === undefined) throw new TemplateError(part.path, `nothing is called {${part.path}} in "${text}"`);
  return value;
}

function asText(value: Filled, format: string): string {
  if (value === null) return '';
  if (typeof value !== 'object') {
    const text = String(value);
    return /^\d+$/.test(format) ? text.padStart(Number(format), '0') : text;
  }
  if ('missing' in value) return value.missing === null ? '' : String(value.missing);
  if ('code' in value) return value.code === null ? '' : String(value.code);
  return fixed(value.number, value.decimals);
}

function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 && text.startsWith('-') ? text.slice(1) : text;
}
