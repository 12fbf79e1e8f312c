import { fromBase64, fromHex, toHex } from '../base64.js';
import { SpecError } from '../failure.js';
import { charset } from '../text-decoder.js';
import { fail, MAX_TEXT, type Op, type Operator, onBytes } from './operator.js';

const MAX_ENCODED = 2_000_000;

function fromText(name: string, decode: (text: string) => Uint8Array | null): Op {
  return (value) => {
    if (typeof value !== 'string') return fail('type', `${name} needs text`);
    if (value.length > MAX_ENCODED) return fail('value', `${name}: the text is too long`);
    return decode(value) ?? fail('value', `the text is no ${name === 'unhex' ? 'hexadecimal' : 'base64'}`);
  };
}

interface IntArgs {
  at?: number;
  size: number;
  signed?: boolean;
  little?: boolean;
}

function int({ at = 0, size, signed = false, little = false }: IntArgs): Op {
  return onBytes('int', (bytes) => {
    const start = at < 0 ? bytes.length + at : at;
    if (start < 0 || start + size > bytes.length) return undefined;
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (bytes[start + (little ? size - 1 - i : i)] as number);
    return signed && value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
  });
}

function float({ at = 0, size, little = false }: IntArgs): Op {
  return onBytes('float', (bytes) => {
    const start = at < 0 ? bytes.length + at : at;
    if (start < 0 || start + size > bytes.length) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, size);
    const value = size === 4 ? view.getFloat32(0, little) : view.getFloat64(0, little);
    return Number.isFinite(value) ? value : fail('value', 'the bytes are no finite number');
  });
}

const PLACE = {
  at: { type: 'integer', minimum: -65_536, maximum: 1_048_576 },
  little: { type: 'boolean' },
} as const;

export const BYTE_OPERATORS: readonly Operator[] = [
  {
    name: 'base64',
    doc: 'Bytes of base64 (or base64url) text; work them on with hex, int, float, utf8',
    takes: 'text',
    gives: 'bytes',
    args: null,
    examples: [{ in: 'qg==', out: new Uint8Array([0xaa]) }],
    compile: () => fromText('base64', fromBase64),
  },
  {
    name: 'unhex',
    doc: 'Bytes of hexadecimal text',
    takes: 'text',
    gives: 'bytes',
    args: null,
    examples: [{ in: '01 ff', out: new Uint8Array([1, 255]) }],
    compile: () => fromText('unhex', fromHex),
  },
  {
    name: 'hex',
    doc: 'Bytes, or a whole number, as hexadecimal text in small letters',
    takes: 'bytes',
    gives: 'text',
    args: null,
    examples: [
      { in: new Uint8Array([0xaa, 1]), out: 'aa01' },
      { in: 255, out: 'ff' },
    ],
    compile: (): Op => {
      const ofBytes = onBytes('hex', (bytes) =>
        bytes.length * 2 > MAX_TEXT ? fail('value', 'hex makes too long a text') : toHex(bytes),
      );
      return (value) =>
        typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value.toString(16) : ofBytes(value);
    },
  },
  {
    name: 'utf8',
    doc: 'Bytes as text; malformed ones are refused',
    takes: 'bytes',
    gives: 'text',
    args: null,
    examples: [{ in: new Uint8Array([0xe6, 0xb0, 0xb4]), out: '水' }],
    compile: () => decoded('utf8', 'utf-8'),
  },
  {
    name: 'gbk',
    doc: 'Bytes in GBK / GB 18030 as text',
    takes: 'bytes',
    gives: 'text',
    args: null,
    examples: [{ in: new Uint8Array([0xcb, 0xae]), out: '水' }],
    compile: () => decoded('gbk', 'gb18030'),
  },
  {
    name: 'int',
    doc: 'A whole number from bytes: {at, size 1–6, signed, little}; big-endian unless `little`, negative `at` counts from the end, too few bytes is missing',
    takes: 'bytes',
    gives: 'number',
    args: {
      type: 'object',
      properties: { ...PLACE, size: { type: 'integer', minimum: 1, maximum: 6 }, signed: { type: 'boolean' } },
      required: ['size'],
      additionalProperties: false,
    },
    examples: [
      { args: { size: 2 }, in: new Uint8Array([1, 2]), out: 258 },
      { args: { at: 1, size: 2, signed: true, little: true }, in: new Uint8Array([0, 0xfe, 0xff]), out: -2 },
      { args: { at: 4, size: 2 }, in: new Uint8Array([1, 2]) },
    ],
    compile: int,
  },
  {
    name: 'float',
    doc: 'An IEEE 754 number from bytes: {at, size 4 or 8, little}',
    takes: 'bytes',
    gives: 'number',
    args: {
      type: 'object',
      properties: { ...PLACE, size: { type: 'integer', enum: [4, 8] } },
      required: ['size'],
      additionalProperties: false,
    },
    examples: [{ args: { size: 4 }, in: new Uint8Array([0x41, 0x48, 0, 0]), out: 12.5 }],
    compile: float,
  },
];

function decoded(name: string, label: string): Op {
  let decoder: ReturnType<typeof charset>;
  try {
    decoder = charset(label);
  } catch {
    throw new SpecError(`this runtime does not know ${label}`);
  }
  return onBytes(name, (bytes) => {
    if (bytes.length > MAX_ENCODED) return fail('value', `${name} takes up to ${MAX_ENCODED} bytes`);
    try {
      return decoder.decode(bytes);
    } catch {
      return fail('value', `the bytes are not ${label}`);
    }
  });
}
