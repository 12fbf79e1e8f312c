import { SCALAR } from '../args.js';
import { bare } from '../decode/decoder.js';
import { Failure, SpecError, show } from '../failure.js';
import { type Scalar, TIME_FORMS, type TimeForm } from '../feed-spec.js';
import { REGEX_INPUT, safeRegex } from '../regex-guard.js';
import { compileTimeForm } from '../time-form.js';
import { fail, type Op, type Operator, type OpScope, onList, onText } from './operator.js';
import { conversion } from './units.js';

const QUANTITY =
  /^\s*([+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?)(?![\d.]|,\d)\s*\*?\s*((?:[^\s\d(（[,;][^\s(（[,;]{0,19})?)/u;
const DECIMAL_COMMA = /^(\s*[+-]?\d{0,30}),(?=\d)/;
const MAX_QUANTITY_TEXT = 200;

interface QuantityArgs {
  to: string;
  comma: 'decimal';
}

function quantity(args: string | QuantityArgs): Op {
  const to = typeof args === 'string' ? args : args.to;
  const decimal = typeof args === 'object';
  const same = conversion(to, to);
  if (typeof same === 'string') throw new SpecError(`quantity: ${same}`);
  return (value) => {
    if (typeof value === 'number') return Number.isFinite(value) ? value : fail('value', 'number must be finite');
    if (typeof value !== 'string') return fail('type', `quantity needs text like "12.3 km", not ${show(value)}`);
    const text = value.slice(0, MAX_QUANTITY_TEXT);
    const found = QUANTITY.exec(decimal ? text.replace(DECIMAL_COMMA, '$1.') : text);
    if (!found) {
      // 48,2 is 48.2 or the first of two numbers: taken for neither unless the mapping says so
      const hint = !decimal && DECIMAL_COMMA.test(text) ? '; a decimal comma is said with comma: decimal' : '';
      return fail('type', `${show(value)} is no number with a unit${hint}`);
    }
    const number = Number((found[1] as string).replaceAll(',', ''));
    const unit = (found[2] as string).replace(/\.$/, '');
    const convert = unit === '' ? same : conversion(unit, to);
    if (typeof convert === 'string') return fail('value', `${show(value)}: ${convert}`);
    const result = convert(number);
    return Number.isFinite(result) ? result : fail('value', `${show(value)} is too large a number`);
  };
}

interface TimeArgs {
  as: TimeForm;
  pattern?: string;
  zone?: string;
  to?: 'iso' | 'ms';
}

function time({ as, pattern, zone, to = 'iso' }: TimeArgs, scope: OpScope): Op {
  const read = compileTimeForm(as, pattern, zone ?? scope.zone);
  if (pattern !== undefined && !pattern.includes('y')) throw new SpecError('time: a time of day alone is no instant');
  return (value) => {
    const at = read(value, 0);
    if (at instanceof Failure) return at;
    if (!(Math.abs(at) <= 8.64e15)) return fail('value', `${show(value)} is no time of any calendar`);
    return to === 'ms' ? at : new Date(at).toISOString();
  };
}

interface BandArgs {
  limits: number[];
  words: Scalar[];
}

function bands({ limits, words }: BandArgs): Op {
  if (words.length !== limits.length + 1) throw new SpecError('bands: one word more than limits');
  if (limits.some((limit, i) => i > 0 && limit <= (limits[i - 1] as number))) {
    throw new SpecError('bands: limits go up');
  }
  return (value) => {
    if (typeof value !== 'number' || Number.isNaN(value))
      return fail('type', `bands needs a number, not ${show(value)}`);
    let at = 0;
    while (at < limits.length && value >= (limits[at] as number)) at++;
    return words[at] ?? undefined;
  };
}

function groups(pattern: string): Op {
  const compiled = safeRegex(pattern);
  const names = Object.keys(new RegExp(`${pattern}|`, 'u').exec('')?.groups ?? {});
  if (names.length === 0) throw new SpecError('groups: the pattern names none; write (?<name>…)');
  return onText('groups', (text) => {
    if (text.length > REGEX_INPUT) return fail('value', `groups takes text up to ${REGEX_INPUT} characters`);
    const match = compiled.exec(text);
    if (!match) return undefined;
    const found = bare();
    for (const name of names) {
      const part = match.groups?.[name];
      if (part !== undefined) found[name] = part;
    }
    return found;
  });
}

const MAX_PAIRS = 10_000;

function pairs([name, value]: [string, string]): Op {
  return onList('pairs', (rows) => {
    if (rows.length > MAX_PAIRS) return fail('value', `pairs takes up to ${MAX_PAIRS} rows`);
    const found = bare();
    for (const row of rows) {
      if (typeof row !== 'object' || row === null) continue;
      const bag = row as Record<string, unknown>;
      const key = Object.hasOwn(bag, name) ? bag[name] : undefined;
      if (typeof key !== 'string' && typeof key !== 'number') continue;
      if (!(String(key) in found)) found[String(key)] = Object.hasOwn(bag, value) ? bag[value] : undefined;
    }
    return found;
  });
}

const DEGREES =
  /^\s*([NSEWnsew])?\s*([+-]?\d{1,5}(?:\.\d{1,15})?)\s*(?:[°:度]\s*(?:(\d{1,2}(?:\.\d{1,15})?)\s*(?:['′:分]\s*(?:(\d{1,2}(?:\.\d{1,15})?)\s*(?:["″秒]|'')?)?)?)?)?\s*,?\s*([NSEWnsew])?\s*$/u;

function degrees(form: 'dm' | undefined): Op {
  return (value) => {
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string') return fail('type', `degrees needs text or a number, not ${show(value)}`);
    const found = text.length <= 60 ? DEGREES.exec(text) : null;
    if (!found) return fail('value', `${show(value)} is no angle`);
    const [, before, whole, minutes, seconds, after] = found;
    const hemisphere = (before ?? after)?.toUpperCase();
    if (before && after) return fail('value', `${show(value)} has two hemispheres`);
    const number = Math.abs(Number(whole));
    let size: number;
    if (form === 'dm') {
      if (minutes !== undefined) return fail('value', `${show(value)} is not degrees and minutes in one number`);
      const full = Math.floor(number / 100);
      if (number - full * 100 >= 60) return fail('value', `${show(value)} has sixty minutes or more`);
      size = full + (number - full * 100) / 60;
    } else {
      if (Number(minutes ?? 0) >= 60 || Number(seconds ?? 0) >= 60)
        return fail('value', `${show(value)} has sixty or more`);
      size = number + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600;
    }
    const negative = (whole as string).startsWith('-') !== (hemisphere === 'S' || hemisphere === 'W');
    const limit = hemisphere === 'N' || hemisphere === 'S' ? 90 : 180;
    if (size > limit) return fail('value', `${show(value)} is beyond ${limit}°`);
    const rounded = Math.round(size * 1e9) / 1e9;
    return negative ? -rounded : rounded;
  };
}

/** Operators for the shapes that values are written in: times, quantities, angles, rows of names and values. */
export const SHAPE_OPERATORS: readonly Operator[] = [
  {
    name: 'quantity',
    doc: 'The number of a text that begins with a number and its unit, converted to the unit named here; without a unit in the text the number as it is; a comma parts thousands, unless {to, comma: decimal}',
    takes: 'any',
    gives: 'number',
    args: {
      anyOf: [
        { type: 'string', minLength: 1, maxLength: 20 },
        {
          type: 'object',
          properties: {
            to: { type: 'string', minLength: 1, maxLength: 20 },
            comma: { type: 'string', enum: ['decimal'] },
          },
          required: ['to', 'comma'],
          additionalProperties: false,
        },
      ],
    },
    examples: [
      { args: 'km', in: '38.7 km (24.0 miles)', out: 38.7 },
      { args: '%', in: '2%', out: 2 },
      { args: 'm', in: '1,250 mm', out: 1.25 },
      { args: 'kWh', in: '000004.426*kWh', out: 4.426 },
      { args: 'm³/h', in: '12.75 m3/h', out: 12.75 },
      { args: { to: 'm³/h', comma: 'decimal' }, in: '3,5 L/s', out: 12.6 },
    ],
    compile: quantity,
  },
  {
    name: 'halfwidth',
    doc: 'Full-width digits, letters and signs as plain ones, other compatibility forms too (Unicode NFKC)',
    takes: 'text',
    gives: 'text',
    args: null,
    examples: [
      { in: '１２．５', out: '12.5' },
      { in: '（是）', out: '(是)' },
    ],
    compile: () => onText('halfwidth', (text) => text.normalize('NFKC')),
  },
  {
    name: 'time',
    doc: 'A written time as ISO text in UTC, or with `to: ms` as Unix milliseconds; forms as in `at`, default zone the pack’s',
    takes: 'any',
    gives: 'any',
    args: {
      type: 'object',
      properties: {
        as: { type: 'string', enum: TIME_FORMS },
        pattern: { type: 'string', minLength: 1, maxLength: 64 },
        zone: { type: 'string', minLength: 1, maxLength: 60 },
        to: { type: 'string', enum: ['iso', 'ms'] },
      },
      required: ['as'],
      additionalProperties: false,
    },
    examples: [
      { args: { as: 'iso' }, in: '2010-09-02T00:09:25-05:00', out: '2010-09-02T05:09:25.000Z' },
      {
        args: { as: 'pattern', pattern: 'yyyy年MM月dd日 HH时', zone: '+08:00' },
        in: '2026年07月09日 19时',
        out: '2026-07-09T11:00:00.000Z',
      },
      { args: { as: 'unix_s', to: 'ms' }, in: '1783578900', out: 1_783_578_900_000 },
    ],
    compile: time,
  },
  {
    name: 'not',
    doc: 'True for false and false for true',
    takes: 'bool',
    gives: 'bool',
    args: null,
    examples: [{ in: true, out: false }],
    compile: (): Op => (value) =>
      typeof value === 'boolean' ? !value : fail('type', `not needs true or false, not ${show(value)}`),
  },
  {
    name: 'bands',
    doc: 'The word of the band a number lies in: below the first limit the first word, from each limit on the next; a limit belongs to the band above it',
    takes: 'number',
    gives: 'any',
    args: {
      type: 'object',
      properties: {
        limits: { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 50 },
        words: { type: 'array', items: SCALAR, minItems: 2, maxItems: 51 },
      },
      required: ['limits', 'words'],
      additionalProperties: false,
    },
    examples: [
      { args: { limits: [35, 75], words: ['low', 'middle', 'high'] }, in: 75, out: 'high' },
      { args: { limits: [35, 75], words: ['low', 'middle', 'high'] }, in: 12, out: 'low' },
    ],
    compile: bands,
  },
  {
    name: 'groups',
    doc: 'The named groups of a regular expression as an object, for a `let` to read several things from one text; no match is missing',
    takes: 'text',
    gives: 'object',
    args: { type: 'string', minLength: 1, maxLength: 500 },
    examples: [
      {
        args: '^(?<road>[GS]\\d+).{0,40}在(?<from>[^至]{1,20})至',
        in: 'G50在石滓至高安路段',
        out: { road: 'G50', from: '石滓' },
      },
      { args: '(?<road>G\\d+)', in: '县道' },
    ],
    compile: groups,
  },
  {
    name: 'pairs',
    doc: 'Rows of name and value as one object: [key of the name, key of the value]; of rows with the same name the first counts',
    takes: 'list',
    gives: 'object',
    args: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'string', minLength: 1, maxLength: 100 } },
    examples: [
      {
        args: ['n', 'v'],
        in: [
          { n: 'pm25', v: '35' },
          { n: 'noise', v: '52' },
        ],
        out: { pm25: '35', noise: '52' },
      },
    ],
    compile: pairs,
  },
  {
    name: 'degrees',
    doc: 'An angle as decimal degrees: decimal, or degrees, minutes and seconds, with a hemisphere or sign; `dm` takes ddmm.mmmm as GNSS receivers write it',
    takes: 'any',
    gives: 'number',
    args: { type: 'string', enum: ['dm'] },
    bare: true,
    examples: [
      { in: '30°19′30″N', out: 30.325 },
      { in: '107.35 W', out: -107.35 },
      { args: 'dm', in: '3019.5000N', out: 30.325 },
    ],
    compile: degrees,
  },
];
