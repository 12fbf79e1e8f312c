import { SpecError, show } from '../failure.js';
import { fail, type Op, type Operator, onNumber } from './operator.js';
import { conversion } from './units.js';

const STRICT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;
const FIRST = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?/;
const MAX_NUMBER_TEXT = 100;

interface NumberArgs {
  loose?: boolean;
  comma?: 'decimal' | 'thousands';
}

function toNumber(args: NumberArgs | undefined): Op {
  const loose = args?.loose === true;
  const comma = args?.comma;
  return (value) => {
    if (typeof value === 'number') {
      return Number.isFinite(value) ? value : fail('value', 'number must be finite');
    }
    if (typeof value !== 'string') return fail('type', `number needs a number or its text, not ${show(value)}`);
    let text = value.length > MAX_NUMBER_TEXT ? value.slice(0, MAX_NUMBER_TEXT + 1) : value.trim();
    if (comma === 'decimal') text = text.replace(',', '.');
    else if (comma === 'thousands') text = text.replaceAll(',', '');
    if (loose) text = FIRST.exec(text)?.[0] ?? '';
    if (text.length > MAX_NUMBER_TEXT || !STRICT.test(text)) return fail('type', `${show(value)} is no number`);
    const number = Number(text);
    return Number.isFinite(number) ? number : fail('value', `${show(value)} is too large a number`);
  };
}

/** Rounds half away from zero on the decimal notation, so that 1.005 at two decimals is 1.01. */
function rounded(value: number, decimals: number): number {
  const text = String(Math.abs(value));
  const exponent = text.indexOf('e');
  const size =
    exponent < 0
      ? Number(`${text}e${decimals}`)
      : Number(`${text.slice(0, exponent)}e${Number(text.slice(exponent + 1)) + decimals}`);
  const whole = Math.round(size);
  if (!Number.isFinite(whole) || whole > Number.MAX_SAFE_INTEGER) return value;
  const result = decimals >= 0 ? Number(`${whole}e-${decimals}`) : Number(`${whole}e${-decimals}`);
  return value < 0 ? -result : result;
}

export const NUMBER_OPERATORS: readonly Operator[] = [
  {
    name: 'number',
    doc: 'A number, or text that is exactly one, as a number; `loose` takes the first number within the text, `comma` says what a comma means',
    takes: 'any',
    gives: 'number',
    args: {
      type: 'object',
      properties: { loose: { type: 'boolean' }, comma: { type: 'string', enum: ['decimal', 'thousands'] } },
      additionalProperties: false,
    },
    bare: true,
    examples: [
      { in: ' 3.21 ', out: 3.21 },
      { in: '0012', out: 12 },
      { args: { loose: true }, in: '000004.426*kWh', out: 4.426 },
      { args: { comma: 'decimal' }, in: '3,5', out: 3.5 },
    ],
    compile: toNumber,
  },
  {
    name: 'scale',
    doc: 'Multiplies',
    takes: 'number',
    gives: 'number',
    args: { type: 'number' },
    examples: [{ args: 2.5, in: 4, out: 10 }],
    compile: (factor: number) => {
      // 0.1 and 0.01 have no exact binary form, their inverses do: 321 × 0.01 is 3.21, not 3.2100000000000004
      const inverse = Math.round(1 / factor);
      return Math.abs(factor) < 1 && factor !== 0 && 1 / inverse === factor
        ? onNumber('scale', (value) => value / inverse)
        : onNumber('scale', (value) => value * factor);
    },
  },
  {
    name: 'divide',
    doc: 'Divides',
    takes: 'number',
    gives: 'number',
    args: { type: 'number' },
    examples: [{ args: 10, in: 235, out: 23.5 }],
    compile: (divisor: number) => {
      if (divisor === 0) throw new SpecError('divide by zero');
      return onNumber('divide', (value) => value / divisor);
    },
  },
  {
    name: 'offset',
    doc: 'Adds',
    takes: 'number',
    gives: 'number',
    args: { type: 'number' },
    examples: [{ args: -40, in: 62.5, out: 22.5 }],
    compile: (by: number) => onNumber('offset', (value) => value + by),
  },
  {
    name: 'round',
    doc: 'Rounds to so many decimals, half away from zero; negative: tens, hundreds',
    takes: 'number',
    gives: 'number',
    args: { type: 'integer', minimum: -12, maximum: 12 },
    examples: [
      { args: 2, in: 462.4449, out: 462.44 },
      { args: 2, in: 1.005, out: 1.01 },
      { args: 0, in: -2.5, out: -3 },
    ],
    compile: (decimals: number) => onNumber('round', (value) => rounded(value, decimals)),
  },
  {
    name: 'clamp',
    doc: 'Keeps within [least, most]; null is open',
    takes: 'number',
    gives: 'number',
    args: {
      type: 'array',
      minItems: 2,
      maxItems: 2,
      items: { anyOf: [{ type: 'number' }, { enum: [null] }] },
    },
    examples: [
      { args: [0, 100], in: 104, out: 100 },
      { args: [0, null], in: -3, out: 0 },
    ],
    compile: ([least, most]: [number | null, number | null]) => {
      const low = least ?? Number.NEGATIVE_INFINITY;
      const high = most ?? Number.POSITIVE_INFINITY;
      if (low > high) throw new SpecError('clamp: the least comes first');
      return onNumber('clamp', (value) => (value < low ? low : value > high ? high : value));
    },
  },
  {
    name: 'abs',
    doc: 'Without its sign',
    takes: 'number',
    gives: 'number',
    args: null,
    examples: [{ in: -4, out: 4 }],
    compile: () => onNumber('abs', Math.abs),
  },
  {
    name: 'unit',
    doc: 'Converts [from, to]; both of one dimension (units are listed below)',
    takes: 'number',
    gives: 'number',
    args: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'string' } },
    examples: [
      { args: ['kPa', 'bar'], in: 250, out: 2.5 },
      { args: ['degF', 'Cel'], in: 212, out: 100 },
    ],
    compile: ([from, to]: [string, string]) => {
      const convert = conversion(from, to);
      if (typeof convert === 'string') throw new SpecError(`unit: ${convert}`);
      return onNumber('unit', convert);
    },
  },
  {
    name: 'within',
    doc: 'Leaves the value out (missing) unless it lies within [least, most]; for markers such as 9999 and for sensor ends',
    takes: 'number',
    gives: 'number',
    args: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'number' } },
    examples: [
      { args: [-50, 60], in: 21, out: 21 },
      { args: [-50, 60], in: 999 },
    ],
    compile: ([least, most]: [number, number]): Op => {
      const check = onNumber('within', (value) => value);
      return (value) => {
        const number = check(value);
        return typeof number === 'number' && !(number >= least && number <= most) ? undefined : number;
      };
    },
  },
  {
    name: 'bit',
    doc: 'The bit of that number (0 the lowest) of a whole number, as true or false',
    takes: 'number',
    gives: 'bool',
    args: { type: 'integer', minimum: 0, maximum: 52 },
    examples: [
      { args: 0, in: 5, out: true },
      { args: 1, in: 5, out: false },
    ],
    compile: (bit: number) => {
      const weight = 2 ** bit;
      return onNumber('bit', (value) =>
        Number.isSafeInteger(value) && value >= 0
          ? Math.floor(value / weight) % 2 === 1
          : fail('value', `bit needs a whole number, not ${value}`),
      );
    },
  },
  {
    name: 'bits',
    doc: 'So many bits from a position of a whole number: [lowest, count]',
    takes: 'number',
    gives: 'number',
    args: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'integer', minimum: 0, maximum: 52 } },
    examples: [{ args: [4, 4], in: 0xa5, out: 10 }],
    compile: ([lowest, count]: [number, number]) => {
      const weight = 2 ** lowest;
      const size = 2 ** count;
      return onNumber('bits', (value) =>
        Number.isSafeInteger(value) && value >= 0
          ? Math.floor(value / weight) % size
          : fail('value', `bits needs a whole number, not ${value}`),
      );
    },
  },
];
