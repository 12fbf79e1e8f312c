import { Failure, SpecError, show } from './failure.js';
import type { TimeForm } from './feed-spec.js';
import { parseZone, type Zone } from './zone.js';

/**
 * Reads one written form of time as Unix ms. NaN: the form is right but there is no such instant (31 September,
 * 25:61), which counts as an implausible clock. Failure: it is not of that form.
 */
export type ReadTime = (value: unknown, receivedAt: number) => number | Failure;

const MAX_TEXT = 64;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const IMPOSSIBLE = Number.NaN;

function civil(y: number, mo: number, d: number, h: number, mi: number, s: number, ms: number): number {
  if (mo < 1 || mo > 12 || d < 1 || d > (DAYS[mo - 1] as number) || mi > 59 || s > 60) return IMPOSSIBLE;
  if (mo === 2 && d === 29 && (y % 4 !== 0 || (y % 100 === 0 && y % 400 !== 0))) return IMPOSSIBLE;
  if (h > 23 && !(h === 24 && mi === 0 && s === 0)) return IMPOSSIBLE;
  return Date.UTC(y, mo - 1, d, h, mi, s, ms);
}

/** `count` digits at `at` as a number, or -1. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** `Z`, `+08:00`, `+0800`, `+08` from `at` to the end as ms, or null. */
function offsetAt(text: string, at: number): number | null {
  const sign = text[at];
  if ((sign === 'Z' || sign === 'z') && text.length === at + 1) return 0;
  if (sign !== '+' && sign !== '-') return null;
  const hours = digits(text, at + 1, 2);
  const rest = text.length - at - 3;
  const minutes = rest === 0 ? 0 : digits(text, text[at + 3] === ':' ? at + 4 : at + 3, 2);
  if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return null;
  if (rest !== 0 && rest !== (text[at + 3] === ':' ? 3 : 2)) return null;
  const offset = hours * 3_600_000 + minutes * 60_000;
  return sign === '-' ? -offset : offset;
}

/** ISO 8601 / RFC 3339 with what vendors do to it: a blank for T, `/` for -, minutes only, 7 or 9 decimals, no offset. */
export function readIso(raw: string, zone: Zone): number | null {
  const text = raw.trim();
  if (text.length < 8 || text.length > MAX_TEXT) return null;
  const y = digits(text, 0, 4);
  const dash = text[4];
  const basic = dash !== '-' && dash !== '/';
  const mo = digits(text, basic ? 4 : 5, 2);
  const d = digits(text, basic ? 6 : 8, 2);
  if (y < 0 || mo < 0 || d < 0 || (!basic && text[7] !== dash)) return null;
  let at = basic ? 8 : 10;
  if (text.length === at) {
    const day = civil(y, mo, d, 0, 0, 0, 0);
    return day - zone(day);
  }
  const gap = text[at];
  if (gap !== 'T' && gap !== 't' && gap !== ' ') return null;
  while (text[at + 1] === ' ') at++;
  const h = digits(text, at + 1, 2);
  const colon = text[at + 3] === ':';
  const mi = digits(text, colon ? at + 4 : at + 3, 2);
  if (h < 0 || mi < 0) return null;
  at += colon ? 6 : 5;
  let s = 0;
  let ms = 0;
  if (colon ? text[at] === ':' : digits(text, at, 2) >= 0) {
    s = digits(text, colon ? at + 1 : at, 2);
    if (s < 0) return null;
    at += colon ? 3 : 2;
    if (text[at] === '.' || text[at] === ',') {
      let weight = 100;
      let digit = text.charCodeAt(++at) - 48;
      if (!(digit >= 0 && digit <= 9)) return null;
      for (; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - 48) {
        if (weight >= 1) ms += digit * weight;
        weight /= 10;
      }
    }
  }
  const local = civil(y, mo, d, h, mi, s, ms);
  if (text.length === at) return local - zone(local);
  while (text[at] === ' ') at++;
  const offset = offsetAt(text, at);
  return offset === null ? null : local - offset;
}

const NUMERIC = /^[+-]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,2})?$/;

function unix(toMs: (value: number) => number, what: string): ReadTime {
  return (value) => {
    if (typeof value === 'number') return toMs(value);
    if (typeof value === 'string' && value.length <= MAX_TEXT) {
      const text = value.trim();
      if (NUMERIC.test(text)) return toMs(Number(text));
    }
    return new Failure('time', `${show(value)} is no Unix time in ${what}`);
  };
}

const seconds = (v: number): number => Math.round(v * 1000);
const milliseconds = (v: number): number => Math.floor(v);
const microseconds = (v: number): number => Math.floor(v / 1e3);
const nanoseconds = (v: number): number => Math.floor(v / 1e6);

function byMagnitude(v: number): number {
  const size = Math.abs(v);
  return size < 1e11 ? seconds(v) : size < 1e14 ? milliseconds(v) : size < 1e17 ? microseconds(v) : nanoseconds(v);
}

type Field = 'y' | 'M' | 'd' | 'H' | 'm' | 's' | 'S' | 'X';
type Token = { literal: string } | { field: Field; width: number };

function tokenise(pattern: string): Token[] {
  if (pattern.length > MAX_TEXT) throw new SpecError('a time pattern of at most 64 characters');
  const tokens: Token[] = [];
  for (let i = 0; i < pattern.length; ) {
    const sign = pattern[i] as string;
    if (sign === "'") {
      const end = pattern.indexOf("'", i + 1);
      if (end < 0) throw new SpecError(`time pattern ${JSON.stringify(pattern)}: ' without '`);
      tokens.push({ literal: pattern.slice(i + 1, end) || "'" });
      i = end + 1;
    } else if ('yMdHmsSX'.includes(sign)) {
      let end = i;
      while (pattern[end] === sign) end++;
      const field = sign as Field;
      const width = end - i;
      const allowed = field === 'y' ? [2, 4] : field === 'S' ? [1, 2, 3, 6, 7, 9] : field === 'X' ? [1, 2, 3] : [1, 2];
      if (!allowed.includes(width)) {
        throw new SpecError(`time pattern ${JSON.stringify(pattern)}: ${sign.repeat(width)} is not known`);
      }
      tokens.push({ field, width });
      i = end;
    } else {
      // the letters of other tools: taken as they stand they would match no message ever
      const foreign = /^(?:YYYY|YY|DD|hh)/.exec(pattern.slice(i))?.[0];
      if (foreign) {
        throw new SpecError(
          `time pattern ${JSON.stringify(pattern)}: ${foreign} is not known; the letters are yyyy MM dd HH mm ss`,
        );
      }
      tokens.push({ literal: sign });
      i++;
    }
  }
  const fields = tokens.flatMap((token) => ('field' in token ? [token.field] : []));
  const dated = ['y', 'M', 'd'].filter((field) => fields.includes(field as Field)).join('');
  if (!['yMd', 'Md', ''].includes(dated))
    throw new SpecError(`time pattern ${JSON.stringify(pattern)} needs year, month and day: yyyy MM dd`);
  if (!fields.includes('H') && dated === '') throw new SpecError(`time pattern ${JSON.stringify(pattern)} has no time`);
  if (new Set(fields).size !== fields.length) throw new SpecError(`time pattern ${JSON.stringify(pattern)}: twice`);
  return tokens;
}

/** The written month, day and time in the year that is nearest to the time of receipt; NaN where none has such a day. */
function inNearestYear(got: Record<Field, number>, receivedAt: number, zone: Zone): number {
  const offset = Number.isNaN(got.X) ? zone(receivedAt) : got.X;
  const year = new Date(receivedAt + offset).getUTCFullYear();
  let nearest = IMPOSSIBLE;
  for (const y of [year, year - 1, year + 1]) {
    const local = civil(y, got.M, got.d, got.H, got.m, got.s, got.S);
    if (Number.isNaN(local)) continue;
    const at = local - (Number.isNaN(got.X) ? zone(local) : got.X);
    if (!(Math.abs(at - receivedAt) >= Math.abs(nearest - receivedAt))) nearest = at;
  }
  return nearest;
}

/** Reads by pattern. Without a year the day nearest to the time of receipt, without a date the time of day nearest to it. */
function byPattern(pattern: string, zone: Zone): ReadTime {
  const tokens = tokenise(pattern);
  const has = (field: Field) => tokens.some((token) => 'field' in token && token.field === field);
  const dated = has('y');
  const yearless = !dated && has('M');
  return (value, receivedAt) => {
    const text = typeof value === 'number' ? String(value) : value;
    const wrong = (): Failure => new Failure('time', `${show(value)} is no time like ${pattern}`);
    if (typeof text !== 'string' || text.length > MAX_TEXT) return wrong();
    const got: Record<Field, number> = { y: 1970, M: 1, d: 1, H: 0, m: 0, s: 0, S: 0, X: Number.NaN };
    let at = 0;
    for (const token of tokens) {
      if ('literal' in token) {
        if (!text.startsWith(token.literal, at)) return wrong();
        at += token.literal.length;
        continue;
      }
      if (token.field === 'X') {
        const zoneText = /^(?:[zZ]|[+-]\d{2}(?::?\d{2})?)/.exec(text.slice(at))?.[0];
        const offset = zoneText === undefined ? null : offsetAt(zoneText, 0);
        if (zoneText === undefined || offset === null) return wrong();
        got.X = offset;
        at += zoneText.length;
        continue;
      }
      let width = token.width;
      if (width === 1 && token.field !== 'S' && digits(text, at, 2) >= 0) width = 2;
      const number = digits(text, at, width);
      if (number < 0) return wrong();
      at += width;
      got[token.field] =
        token.field === 'S'
          ? Math.floor(number * 10 ** (3 - width))
          : token.field === 'y' && width === 2
            ? 2000 + number
            : number;
    }
    if (at !== text.length) return wrong();
    if (yearless) return inNearestYear(got, receivedAt, zone);
    const local = civil(got.y, got.M, got.d, got.H, got.m, got.s, got.S);
    if (dated) return local - (Number.isNaN(got.X) ? zone(local) : got.X);
    const offset = Number.isNaN(got.X) ? zone(receivedAt) : got.X;
    const midnight = Math.floor((receivedAt + offset) / 86_400_000) * 86_400_000 - offset;
    const today = midnight + local;
    return today + 86_400_000 * Math.round((receivedAt - today) / 86_400_000);
  };
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Zones that RFC 822 names, hours from UTC. */
const NAMED_ZONES: Readonly<Record<string, number>> = {
  UT: 0,
  GMT: 0,
  Z: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};
const RFC822 =
  /^(?:[A-Za-z]{3},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4}|\d{2})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([A-Za-z]{1,3}|[+-]\d{4})?$/;

/** `Thu, 09 Jul 2026 14:35:00 +0800` (RFC 822, 2822); without a zone the one given. */
function readRfc822(raw: string, zone: Zone): number | null {
  const found = raw.length <= MAX_TEXT ? RFC822.exec(raw.trim()) : null;
  if (!found) return null;
  const [, day, month, year, hour, minute, second, offset] = found as unknown as string[];
  const monthAt = MONTHS.indexOf((month as string).toLowerCase());
  if (monthAt < 0) return null;
  const full = (year as string).length === 2 ? 2000 + Number(year) : Number(year);
  const local = civil(full, monthAt + 1, Number(day), Number(hour), Number(minute), Number(second ?? 0), 0);
  if (offset === undefined) return local - zone(local);
  if (Object.hasOwn(NAMED_ZONES, offset.toUpperCase()))
    return local - (NAMED_ZONES[offset.toUpperCase()] as number) * 3_600_000;
  const shift = offsetAt(offset, 0);
  return shift === null ? null : local - shift;
}

/** The reader of a form. Throws `SpecError` for an unknown zone or pattern. */
export function compileTimeForm(form: TimeForm, pattern: string | undefined, zoneName: string): ReadTime {
  switch (form) {
    case 'unix':
      return unix(byMagnitude, 's, ms, µs or ns');
    case 'unix_s':
      return unix(seconds, 's');
    case 'unix_ms':
      return unix(milliseconds, 'ms');
    case 'unix_us':
      return unix(microseconds, 'µs');
    case 'unix_ns':
      return unix(nanoseconds, 'ns');
    case 'pattern':
      if (!pattern) throw new SpecError('as: pattern needs a pattern');
      return byPattern(pattern, parseZone(zoneName));
    case 'rfc822': {
      const zone = parseZone(zoneName);
      return (value) => {
        const at = typeof value === 'string' ? readRfc822(value, zone) : null;
        return at ?? new Failure('time', `${show(value)} is no time of RFC 822`);
      };
    }
    case 'iso': {
      const zone = parseZone(zoneName);
      return (value) => {
        const at = typeof value === 'string' ? readIso(value, zone) : null;
        return at ?? new Failure('time', `${show(value)} is no ISO time`);
      };
    }
    default:
      throw new SpecError(`${JSON.stringify(form)} is no form of time`);
  }
}
