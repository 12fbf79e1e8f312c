import { SCALAR, SCALAR_OR_NULL } from '../args.js';
import { DecodeError, SpecError, show } from '../failure.js';
import type { Scalar } from '../feed-spec.js';
import { parseJson } from '../json.js';
import { compileWalk, parsePath } from '../path.js';
import { fail, type Op, type Operator, type OpScope, onList, onText } from './operator.js';

const YES = new Set<unknown>([
  true,
  1,
  '1',
  'true',
  't',
  'yes',
  'y',
  'on',
  'open',
  'enabled',
  'active',
  'up',
  '是',
  '真',
  '开',
  '开启',
  '有',
  '在线',
]);
const NO = new Set<unknown>([
  false,
  0,
  '0',
  'false',
  'f',
  'no',
  'n',
  'off',
  'closed',
  'close',
  'disabled',
  'inactive',
  'down',
  '否',
  '假',
  '关',
  '关闭',
  '无',
  '离线',
]);

interface BoolArgs {
  yes: Scalar[];
  no?: Scalar[];
}

function bool(args: BoolArgs | undefined): Op {
  const yes = args ? new Set<unknown>(args.yes) : YES;
  const no = args ? (args.no ? new Set<unknown>(args.no) : null) : NO;
  return (value) => {
    const plain = !args && typeof value === 'string' && value.length < 20 ? value.trim().toLowerCase() : value;
    if (yes.has(plain)) return true;
    if (no === null || no.has(plain)) return false;
    return fail('value', `${show(value)} is neither yes nor no`);
  };
}

function lookup(given: Record<string, Scalar> | string, { dicts }: OpScope): Op {
  const table = typeof given === 'string' ? (Object.hasOwn(dicts, given) ? dicts[given] : undefined) : given;
  if (!table) {
    const known = Object.keys(dicts).join(', ') || 'none';
    throw new SpecError(`there is no dictionary ${show(given)}; there are: ${known}`);
  }
  const entries = new Map(Object.entries(table));
  const other = entries.get('*');
  const hasOther = entries.delete('*');
  const words = [...entries.keys()];
  const has = words.length > 8 ? `${words.slice(0, 8).join(', ')} …` : words.join(', ') || 'nothing';
  return (value) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      return fail('type', `lookup needs text, a number, true or false, not ${show(value)}`);
    }
    const found = entries.get(typeof value === 'string' ? value : String(value));
    if (found !== undefined) return found ?? undefined;
    return hasOther ? (other ?? undefined) : fail('value', `${show(value)} is not in the lookup; it has ${has}`);
  };
}

const MAX_FOLDED = 10_000;

function fold(name: string, work: (numbers: number[]) => number): Op {
  return onList(name, (list) => {
    if (list.length > MAX_FOLDED) return fail('value', `${name} takes up to ${MAX_FOLDED} items`);
    const numbers = list.filter((item): item is number => typeof item === 'number' && Number.isFinite(item));
    if (numbers.length === 0) return undefined;
    const result = work(numbers);
    return Number.isFinite(result) ? result : fail('value', `${name} gives no finite number`);
  });
}

/** How people and programs write that there is no value; in small letters. */
const USUAL_MARKS = new Set([
  '',
  '-',
  '--',
  '---',
  '—',
  '——',
  '/',
  'n/a',
  'na',
  'null',
  'none',
  'nan',
  'xxx',
  '无',
  '暂无',
]);

const EMBEDDED_DEPTH = 32;

export const CHOICE_OPERATORS: readonly Operator[] = [
  {
    name: 'bool',
    doc: 'True or false from the usual words (true/false, 1/0, on/off, yes/no, open/closed, 是/否), or from your own: {yes, no}; without `no` all else is false',
    takes: 'any',
    gives: 'bool',
    args: {
      type: 'object',
      properties: { yes: { type: 'array', items: SCALAR }, no: { type: 'array', items: SCALAR } },
      required: ['yes'],
      additionalProperties: false,
    },
    bare: true,
    examples: [
      { in: 'ON', out: true },
      { in: 0, out: false },
      { args: { yes: ['installed'] }, in: 'removed', out: false },
    ],
    compile: bool,
  },
  {
    name: 'lookup',
    doc: 'What a table says for the value (its text); `"*"` stands for any other, a null entry makes it missing, what is not in the table is refused; text is the name of a dictionary in `dicts`',
    takes: 'any',
    gives: 'any',
    args: {
      anyOf: [
        { type: 'object', additionalProperties: SCALAR_OR_NULL },
        { type: 'string', minLength: 1, maxLength: 80 },
      ],
    },
    examples: [
      { args: { '0': 'stopped', '1': 'running' }, in: 1, out: 'running' },
      { args: { '1': 'running', '*': 'other' }, in: 7, out: 'other' },
      { args: { '9': null }, in: 9 },
    ],
    compile: lookup,
  },
  {
    name: 'default',
    doc: 'This value where there is none up to here',
    takes: 'any',
    gives: 'any',
    args: SCALAR,
    examples: [{ args: 0, in: undefined, out: 0 }],
    compile:
      (fallback: Scalar): Op =>
      (value) =>
        value === undefined ? fallback : value,
  },
  {
    name: 'missing',
    doc: 'Counts as missing when it is one of these; bare, when it is one of the usual marks (empty, -, --, —, /, N/A, null, NaN, XXX, 无)',
    takes: 'any',
    gives: 'any',
    args: { type: 'array', items: SCALAR },
    bare: true,
    examples: [
      { in: ' — ' },
      { in: '0', out: '0' },
      { args: [-9999, '--'], in: '--' },
      { args: [-9999], in: 3, out: 3 },
    ],
    compile: (markers: Scalar[] | undefined): Op => {
      if (markers === undefined) {
        return (value) =>
          typeof value === 'string' && value.length < 20 && USUAL_MARKS.has(value.trim().toLowerCase())
            ? undefined
            : value;
      }
      const absent = new Set<unknown>(markers);
      return (value) => (absent.has(value) ? undefined : value);
    },
  },
  {
    name: 'is',
    doc: 'True where the value is this, or one of these',
    takes: 'any',
    gives: 'bool',
    args: { anyOf: [SCALAR, { type: 'array', items: SCALAR }] },
    examples: [
      { args: 'ON', in: 'ON', out: true },
      { args: [1, 2], in: 3, out: false },
    ],
    compile: (wanted: Scalar | Scalar[]): Op => {
      const any = new Set<unknown>(Array.isArray(wanted) ? wanted : [wanted]);
      return (value) => any.has(value);
    },
  },
  {
    name: 'json',
    doc: 'The tree that JSON text stands for (JSON within a field); go on with get',
    takes: 'text',
    gives: 'any',
    args: null,
    examples: [{ in: '[1,2]', out: [1, 2] }],
    compile: () =>
      onText('json', (text) => {
        try {
          const tree = parseJson(text, EMBEDDED_DEPTH) ?? undefined;
          return typeof tree === 'number' && !Number.isFinite(tree) ? fail('value', 'too large a number') : tree;
        } catch (error) {
          return fail('value', error instanceof DecodeError ? error.message : 'not JSON');
        }
      }),
  },
  {
    name: 'get',
    doc: 'What a path leads to within the value',
    takes: 'any',
    gives: 'any',
    args: { type: 'string', minLength: 1, maxLength: 500 },
    examples: [
      { args: 'a[0]', in: { a: [7] }, out: 7 },
      { args: 'b', in: { a: 1 } },
    ],
    compile: (path: string): Op => {
      const walk = compileWalk(parsePath(path).segments);
      return (value) => walk(value) ?? undefined;
    },
  },
  {
    name: 'length',
    doc: 'How many characters, bytes or items',
    takes: 'any',
    gives: 'number',
    args: null,
    examples: [
      { in: 'abc', out: 3 },
      { in: [1, 2], out: 2 },
    ],
    compile: (): Op => (value) =>
      typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array
        ? value.length
        : fail('type', `length needs text, bytes or a list, not ${show(value)}`),
  },
  {
    name: 'sum',
    doc: 'The sum of the numbers of a list; without any it is missing',
    takes: 'list',
    gives: 'number',
    args: null,
    examples: [{ in: [1, 2, null], out: 3 }, { in: [] }],
    compile: () => fold('sum', (numbers) => numbers.reduce((sum, number) => sum + number, 0)),
  },
  {
    name: 'avg',
    doc: 'The mean of the numbers of a list; without any it is missing',
    takes: 'list',
    gives: 'number',
    args: null,
    examples: [{ in: [1, 2, null], out: 1.5 }],
    compile: () => fold('avg', (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length),
  },
  {
    name: 'max',
    doc: 'The greatest number of a list; without any it is missing',
    takes: 'list',
    gives: 'number',
    args: null,
    examples: [{ in: [1, 4, 2], out: 4 }],
    compile: () => fold('max', (numbers) => numbers.reduce((most, number) => Math.max(most, number))),
  },
  {
    name: 'min',
    doc: 'The least number of a list; without any it is missing',
    takes: 'list',
    gives: 'number',
    args: null,
    examples: [{ in: [3, 1, 2], out: 1 }],
    compile: () => fold('min', (numbers) => numbers.reduce((least, number) => Math.min(least, number))),
  },
];
