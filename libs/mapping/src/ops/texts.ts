import { Failure, SpecError, show } from '../failure.js';
import { REGEX_INPUT, safeRegex } from '../regex-guard.js';
import { fail, MAX_TEXT, type Op, type Operator, onText } from './operator.js';

/** Text of a scalar; whole numbers above 2^53 that came as text stay what they were. */
export function scalarText(value: unknown): string | Failure {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return fail('type', `text needs text, a number, true or false, not ${show(value)}`);
}

interface RegexArgs {
  pattern: string;
  group?: number | string;
}

function regex(args: string | RegexArgs): Op {
  const { pattern, group = undefined } = typeof args === 'string' ? { pattern: args } : args;
  const compiled = safeRegex(pattern);
  const groups = new RegExp(`${pattern}|`, 'u').exec('');
  const count = (groups?.length ?? 1) - 1;
  if (typeof group === 'number' && group > count) throw new SpecError(`regex: there is no group ${group}`);
  if (typeof group === 'string' && !Object.hasOwn(groups?.groups ?? {}, group)) {
    throw new SpecError(`regex: there is no group ${JSON.stringify(group)}`);
  }
  const wanted = group ?? (count > 0 ? 1 : 0);
  return onText('regex', (text) => {
    if (text.length > REGEX_INPUT) return fail('value', `regex takes text up to ${REGEX_INPUT} characters`);
    const match = compiled.exec(text);
    return match ? (typeof wanted === 'number' ? match[wanted] : match.groups?.[wanted]) : undefined;
  });
}

/** A name out of any text: what a metric or asset name may not hold becomes `-`. */
export function slug(text: string): string {
  return text
    .slice(0, 200)
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._:-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[-]+$/g, '')
    .slice(0, 100);
}

export const TEXT_OPERATORS: readonly Operator[] = [
  {
    name: 'text',
    doc: 'A number, true or false as text; text stays, so whole numbers above 2^53 sent as text keep every digit',
    takes: 'any',
    gives: 'text',
    args: null,
    examples: [
      { in: 12, out: '12' },
      { in: '9007199254740993', out: '9007199254740993' },
    ],
    compile: () => scalarText,
  },
  {
    name: 'trim',
    doc: 'Without blanks at both ends',
    takes: 'text',
    gives: 'text',
    args: null,
    examples: [{ in: ' ON ', out: 'ON' }],
    compile: () => onText('trim', (text) => text.trim()),
  },
  {
    name: 'upper',
    doc: 'In capitals',
    takes: 'text',
    gives: 'text',
    args: null,
    examples: [{ in: 'on', out: 'ON' }],
    compile: () => onText('upper', (text) => text.toUpperCase()),
  },
  {
    name: 'lower',
    doc: 'In small letters',
    takes: 'text',
    gives: 'text',
    args: null,
    examples: [{ in: 'ON', out: 'on' }],
    compile: () => onText('lower', (text) => text.toLowerCase()),
  },
  {
    name: 'replace',
    doc: 'Replaces every occurrence of a text: [what, by]',
    takes: 'text',
    gives: 'text',
    args: {
      type: 'array',
      minItems: 2,
      maxItems: 2,
      items: [
        { type: 'string', minLength: 1, maxLength: 200 },
        { type: 'string', maxLength: 200 },
      ],
    },
    examples: [{ args: ['_', '/'], in: '0090_06330', out: '0090/06330' }],
    compile: ([what, by]: [string, string]) => onText('replace', (text) => text.replaceAll(what, () => by)),
  },
  {
    name: 'split',
    doc: 'The part of that number after cutting at a separator: [separator, number]; negative counts from the end, no such part is missing',
    takes: 'text',
    gives: 'text',
    args: {
      type: 'array',
      minItems: 2,
      maxItems: 2,
      items: [{ type: 'string', minLength: 1, maxLength: 20 }, { type: 'integer' }],
    },
    examples: [
      { args: [',', 1], in: '3.2,ok,7', out: 'ok' },
      { args: ['/', -1], in: 'a/b/c', out: 'c' },
      { args: [',', 5], in: '3.2,ok,7' },
    ],
    compile: ([separator, index]: [string, number]) => onText('split', (text) => text.split(separator).at(index)),
  },
  {
    name: 'regex',
    doc: 'The first group (or the one named, or the whole match) of a regular expression; no match is missing; patterns that could run away are refused, texts above 1,000 characters too',
    takes: 'text',
    gives: 'text',
    args: {
      anyOf: [
        { type: 'string', minLength: 1, maxLength: 500 },
        {
          type: 'object',
          properties: {
            pattern: { type: 'string', minLength: 1, maxLength: 500 },
            group: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'string' }] },
          },
          required: ['pattern'],
          additionalProperties: false,
        },
      ],
    },
    examples: [
      { args: '(\\d+(?:\\.\\d+)?) ?km', in: 'jam, 12.3 km (A to B)', out: '12.3' },
      { args: { pattern: 'K(?<from>\\d+)', group: 'from' }, in: '桩号K1703', out: '1703' },
      { args: '(\\d+)毫米', in: '无雨' },
    ],
    compile: regex,
  },
  {
    name: 'slug',
    doc: 'A name that a metric or an asset may have: letters, digits and . _ : - stay, the rest becomes -',
    takes: 'text',
    gives: 'text',
    args: null,
    examples: [
      { in: '%RH', out: 'RH' },
      { in: 'water temp (C)', out: 'water-temp-C' },
    ],
    compile: () =>
      onText('slug', (text) => slug(text) || fail('value', `${show(text)} has nothing that a name may hold`)),
  },
  {
    name: 'pad',
    doc: 'Fills up on the left to a length: [length, with]',
    takes: 'text',
    gives: 'text',
    args: {
      type: 'array',
      minItems: 2,
      maxItems: 2,
      items: [
        { type: 'integer', minimum: 1, maximum: 200 },
        { type: 'string', minLength: 1, maxLength: 1 },
      ],
    },
    examples: [{ args: [5, '0'], in: '10', out: '00010' }],
    compile: ([length, fill]: [number, string]) => onText('pad', (text) => text.padStart(length, fill)),
  },
  {
    name: 'substr',
    doc: 'Characters from one position up to (not including) another: [from, to]; negative counts from the end, without `to` all the rest',
    takes: 'text',
    gives: 'text',
    args: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'integer' } },
    examples: [
      { args: [0, 6], in: '500231106', out: '500231' },
      { args: [-3], in: '500231106', out: '106' },
    ],
    compile: ([from, to]: [number, number?]) => onText('substr', (text) => text.slice(from, to)),
  },
  {
    name: 'prefix',
    doc: 'Puts a text before',
    takes: 'text',
    gives: 'text',
    args: { type: 'string', maxLength: 200 },
    examples: [{ args: 'DJ-', in: '07', out: 'DJ-07' }],
    compile: (before: string) => onText('prefix', (text) => before + text),
  },
  {
    name: 'suffix',
    doc: 'Puts a text after',
    takes: 'text',
    gives: 'text',
    args: { type: 'string', maxLength: 200 },
    examples: [{ args: '-Avg', in: 'a34004', out: 'a34004-Avg' }],
    compile: (after: string) => onText('suffix', (text) => text + after),
  },
  {
    name: 'join',
    doc: 'The texts of a list, with a separator between',
    takes: 'list',
    gives: 'text',
    args: { type: 'string', maxLength: 20 },
    examples: [{ args: ' ', in: ['北风', 3], out: '北风 3' }],
    compile:
      (separator: string): Op =>
      (value) => {
        if (!Array.isArray(value)) return fail('type', `join needs a list, not ${show(value)}`);
        let joined = '';
        for (let i = 0; i < value.length; i++) {
          const text = scalarText(value[i]);
          if (text instanceof Failure) return text;
          joined += i === 0 ? text : separator + text;
          if (joined.length > MAX_TEXT) return fail('value', 'join makes too long a text');
        }
        return joined;
      },
  },
];
