import { parseDuration } from '@citywall/pack-schema';
import { formatTime, type Zone, zoneOf } from './time.js';
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
const ISO_UTC = "yyyy-MM-dd'T'HH:mm:ss'Z'";
const UTC = zoneOf('+00:00');
const DAY = 86_400_000;
const PLACEHOLDER = /\{([a-zA-Z][\w.-]*)(?::([^{}]*))?\}/g;

/**
 * `{key}` `{value.level}` `{attribute.zone}`; formats of numbers `{n:6}` (zeros in front) `{value.done:,}` (1,204)
 * `{value.mask:b8}` `{value.mask:x4}` (binary and hexadecimal digits); times `{time:yyyy-MM-dd HH:mm:ss}` `{time.utc}`
 * `{time.in.6h}` `{time.ago.3d:yyyy年M月d日}` `{time.ago.value.idle:…}` (so many days). `escaped` works on every value.
 */
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

/** `value.level`, `time.unix_s` …: what stands behind it. */
export function compilePath(path: string): (scope: Scope) => Filled {
  return (scope) => fill({ path, format: '' }, scope, `$: ${path}`);
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
  if (part.path === 'time' || part.path.startsWith('time.')) {
    const time = fillTime(part, scope);
    if (time !== undefined) return time;
  }
  const value = scope.get(part.path);
  if (value === undefined) throw new TemplateError(part.path, `nothing is called {${part.path}} in "${text}"`);
  return value;
}

function fillTime({ path, format }: { path: string; format: string }, scope: Scope): Filled | undefined {
  const { at, zone } = scope;
  if (path === 'time.unix_s') return Math.floor(at / 1000);
  if (path === 'time.unix_ms') return at;
  const [, ...words] = path.split('.');
  const utc = words[0] === 'utc';
  const moved = utc ? words.slice(1) : words;
  let moment = at;
  if (moved.length > 0) {
    // durations may hold a point: time.in.1.5h
    const far = moved.slice(1).join('.');
    const by = parseDuration(far) ?? daysOf(scope.get(far));
    if (by === null || (moved[0] !== 'in' && moved[0] !== 'ago')) return undefined;
    moment += moved[0] === 'in' ? by : -by;
  }
  if (utc) return formatTime(moment, format === '' ? ISO_UTC : format, UTC);
  return formatTime(moment, format === '' ? ISO : format, zone);
}

/** A value or an attribute that says how many days away a time is, in ms; null for what is no number. */
function daysOf(value: Filled | undefined): number | null {
  if (value === undefined || value === null) return null;
  const days = typeof value === 'object' && 'number' in value ? asScalar(value) : value;
  return typeof days === 'number' ? days * DAY : null;
}

function asText(value: Filled, format: string): string {
  if (value === null) return '';
  if (typeof value !== 'object') return typeof value === 'boolean' ? String(value) : formatted(String(value), format);
  if ('missing' in value) return value.missing === null ? '' : String(value.missing);
  if ('code' in value) return value.code === null ? '' : formatted(String(value.code), format);
  return formatted(fixed(value.number, value.decimals), format);
}

const DIGITS = /^([xb]?)(\d+)$/;

/** Numbers as texts, the ways platforms write them. A text that is no number stays what it is. */
function formatted(text: string, format: string): string {
  if (format === '') return text;
  if (format === ',') return /^-?\d+(\.\d+)?$/.test(text) ? text.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',') : text;
  const [, base, width] = DIGITS.exec(format) ?? [];
  if (width === undefined) return text;
  if (base === '' || base === undefined) return text.padStart(Number(width), '0');
  const number = Number(text);
  if (!Number.isFinite(number)) return text;
  return Math.max(Math.round(number), 0)
    .toString(base === 'x' ? 16 : 2)
    .padStart(Number(width), '0');
}

function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 && text.startsWith('-') ? text.slice(1) : text;
}
