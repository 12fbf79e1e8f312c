import type { ArgSchema } from '../args.js';
import { toHex } from '../base64.js';
import { DecodeError, SpecError, show } from '../failure.js';
import type { Decoder, Limits } from '../mapped.js';
import { charset } from '../text-decoder.js';
import { asBytes, bare } from './decoder.js';
import { bcdDigits, latin, padded, Reader } from './reader.js';

/** One thing after the other, as a device puts them into bytes. */
export interface FieldSpec {
  /** absent with `skip`, and where a value is only checked (`is`) */
  name?: string;
  type?: string;
  /** bytes of ascii, utf8, gbk, bcd, hex, bytes; a number, the name of a field read before, or `rest` */
  size?: number | string;
  /** bytes to step over */
  skip?: number;
  /** go to this byte first, counted from the beginning of the (repeated) structure; negative: from the end */
  at?: number;
  little?: boolean;
  /** 32 and 64 bits: the low 16-bit word first, each word big-endian (Modbus "CDAB") */
  words?: 'swapped';
  scale?: number;
  offset?: number;
  /** raw values that stand for none */
  missing?: (number | string)[];
  /** the raw value must be this, else the payload is not of this form */
  is?: number | string;
  /** names of bits: the number of one, or [lowest, count] */
  bits?: Record<string, number | [number, number]>;
  /** fields that come again: a number, the name of a field read before, or `rest` */
  repeat?: number | string;
  fields?: FieldSpec[];
  /** missing at the end of the payload is no error */
  optional?: boolean;
}

export interface StructOptions {
  fields: FieldSpec[];
  little?: boolean;
  /** bytes after the last field are refused unless `true` */
  more?: boolean;
}

const SIZE: ArgSchema = { anyOf: [{ type: 'integer', minimum: 0, maximum: 1_048_576 }, { type: 'string' }] };
const RAW: ArgSchema = { anyOf: [{ type: 'number' }, { type: 'string' }] };
const BIT: ArgSchema = { type: 'integer', minimum: 0, maximum: 52 };

export const FIELD: ArgSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 100 },
    type: { type: 'string' },
    size: SIZE,
    skip: { type: 'integer', minimum: 1, maximum: 1_048_576 },
    at: { type: 'integer', minimum: -1_048_576, maximum: 1_048_576 },
    little: { type: 'boolean' },
    words: { enum: ['swapped'] },
    scale: { type: 'number' },
    offset: { type: 'number' },
    missing: { type: 'array', items: RAW, maxItems: 20 },
    is: RAW,
    bits: {
      type: 'object',
      additionalProperties: { anyOf: [BIT, { type: 'array', items: BIT, minItems: 2, maxItems: 2 }] },
    },
    repeat: SIZE,
    fields: { type: 'array', items: { type: 'object' }, maxItems: 200 },
    optional: { type: 'boolean' },
  },
  additionalProperties: false,
};

export const STRUCT_OPTIONS: ArgSchema = {
  type: 'object',
  properties: {
    fields: { type: 'array', items: FIELD, minItems: 1, maxItems: 500 },
    little: { type: 'boolean' },
    more: { type: 'boolean' },
  },
  required: ['fields'],
  additionalProperties: false,
};

type Bag = Record<string, unknown>;
/** Bytes in, raw value out. */
type Raw = (bytes: Uint8Array, view: DataView) => unknown;

/** Places, and how many fields may still be read of this payload. */
interface Walk {
  reader: Reader;
  begin: number;
  little: boolean;
  budget: { left: number };
}

function whole(bytes: Uint8Array, signed: boolean): number | string {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  if (signed && bytes.length > 0 && (bytes[0] as number) > 127) value -= 1n << BigInt(8 * bytes.length);
  const number = Number(value);
  // as text it keeps every digit
  return Number.isSafeInteger(number) ? number : String(value);
}

function inText(label: string): Raw {
  const decoder = charset(label);
  return (bytes) => {
    try {
      return padded(decoder.decode(bytes));
    } catch {
      throw new DecodeError(`${toHex(bytes.subarray(0, 16))} is not ${label}`);
    }
  };
}

const TEXTS: Readonly<Record<string, () => Raw>> = {
  ascii: () => (bytes) => padded(latin(bytes)),
  utf8: () => inText('utf-8'),
  gbk: () => inText('gb18030'),
  hex: () => toHex,
  bytes: () => (bytes) => bytes,
  bcd: () => (bytes) => {
    const digits = bcdDigits(bytes);
    if (digits === null) throw new DecodeError(`${toHex(bytes.subarray(0, 16))} are no decimal digits`);
    return digits;
  },
};

/** Bytes of a type and how to read them in big-endian order. Throws `SpecError`. */
function typeOf(type: string): { size: number | null; raw: Raw; number: boolean } {
  const text = Object.hasOwn(TEXTS, type) ? TEXTS[type] : undefined;
  if (text) return { size: null, raw: text(), number: false };
  const match = /^([uif])(\d{1,2})$/.exec(type);
  const size = Number(match?.[2]) / 8;
  if (match?.[1] === 'f' && (size === 4 || size === 8)) {
    return { size, raw: (_, view) => (size === 4 ? view.getFloat32(0) : view.getFloat64(0)), number: true };
  }
  if (match && match[1] !== 'f' && Number.isInteger(size) && size >= 1 && size <= 8) {
    const signed = match[1] === 'i';
    return { size, raw: (bytes) => whole(bytes, signed), number: true };
  }
  throw new SpecError(
    `${show(type)} is no type; there are u8 … u64, i8 … i64, f32, f64, ${Object.keys(TEXTS).join(', ')}`,
  );
}

function ordered(bytes: Uint8Array, little: boolean, swapped: boolean): Uint8Array {
  if (!little && !swapped) return bytes;
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const from = little ? bytes.length - 1 - i : bytes.length - 2 - 2 * (i >> 1) + (i & 1);
    out[i] = bytes[from] as number;
  }
  return out;
}

function countOf(size: number | string, sofar: Bag, rest: number, what: string): number {
  if (typeof size === 'number') return size;
  if (size === 'rest') return rest;
  const said = Object.hasOwn(sofar, size) ? sofar[size] : undefined;
  const count = typeof said === 'string' && /^\d{1,7}$/.test(said) ? Number(said) : said;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) {
    throw new DecodeError(`${what} has no size: ${size} is ${show(said)}`);
  }
  return count;
}

type Step = (walk: Walk, out: Bag) => void;

function scaled(field: FieldSpec): (value: number) => number {
  const { scale, offset = 0 } = field;
  if (scale === undefined) return (value) => value + offset;
  // 0.1 and 0.01 have no exact binary form, their inverses do
  const inverse = Math.round(1 / scale);
  const divides = scale !== 0 && Math.abs(scale) < 1 && 1 / inverse === scale;
  return (value) => (divides ? value / inverse : value * scale) + offset;
}

function bitValues(bits: NonNullable<FieldSpec['bits']>, value: unknown, out: Bag): void {
  if (typeof value !== 'number' || value < 0) throw new DecodeError(`${show(value)} has no bits`);
  for (const [name, bit] of Object.entries(bits)) {
    out[name] =
      typeof bit === 'number' ? Math.floor(value / 2 ** bit) % 2 === 1 : Math.floor(value / 2 ** bit[0]) % 2 ** bit[1];
  }
}

function compileField(field: FieldSpec, where: string, known: Set<string>): Step {
  const { name, skip, optional = false } = field;
  const refer = (size: number | string | undefined): void => {
    if (typeof size !== 'string' || size === 'rest' || known.has(size)) return;
    throw new SpecError(`${where}: no field ${show(size)} is read before`);
  };
  if (skip !== undefined) return ({ reader }) => void reader.step(skip);
  const what = name ?? where;
  if (field.fields) {
    if (name === undefined) throw new SpecError(`${where}: fields that repeat need a name`);
    refer(field.repeat);
    const inner = compileFields(field.fields, `${where}.fields`);
    const { repeat } = field;
    known.add(name);
    return (walk, out) => {
      const { reader } = walk;
      const one = (): Bag => {
        const element = bare();
        inner({ ...walk, begin: reader.at }, element);
        return element;
      };
      if (repeat === undefined) {
        out[name] = one();
        return;
      }
      const list: Bag[] = [];
      const most = countOf(repeat, out, Number.POSITIVE_INFINITY, what);
      while (list.length < most && (repeat !== 'rest' || reader.left > 0)) {
        const { at } = reader;
        list.push(one());
        if (reader.at <= at) throw new DecodeError(`${what} repeats without using bytes`);
      }
      out[name] = list;
    };
  }
  if (field.type === undefined) throw new SpecError(`${where} needs a type, skip or fields`);
  const type = typeOf(field.type);
  if (type.size === null && field.size === undefined) throw new SpecError(`${where}: ${field.type} needs a size`);
  if (type.size !== null && field.size !== undefined) throw new SpecError(`${where}: ${field.type} has its own size`);
  if (!type.number && (field.scale !== undefined || field.bits || field.words)) {
    throw new SpecError(`${where}: scale, bits and words are for numbers`);
  }
  if (name === undefined && field.is === undefined && !field.bits) throw new SpecError(`${where} needs a name`);
  refer(field.size);
  if (name !== undefined) known.add(name);
  const missing = new Set<unknown>(field.missing);
  const work = field.scale === undefined && field.offset === undefined ? null : scaled(field);
  return (walk, out) => {
    const { reader, budget } = walk;
    if (--budget.left < 0) throw new DecodeError('too many fields', 'too-many');
    if (field.at !== undefined) {
      const at = field.at < 0 ? reader.bytes.length + field.at : walk.begin + field.at;
      if (at < 0 || at > reader.bytes.length) throw new DecodeError(`${what}: there is no byte ${field.at}`);
      reader.at = at;
    }
    if (optional && reader.left === 0) return;
    const place = reader.at;
    const size = type.size ?? countOf(field.size as number | string, out, reader.left, what);
    const bytes = ordered(reader.take(size), type.number && (field.little ?? walk.little), field.words === 'swapped');
    const value = type.raw(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (field.is !== undefined && value !== field.is) {
      throw new DecodeError(`${what} at byte ${place} is ${show(value)}, not ${show(field.is)}`);
    }
    if (missing.has(value) || (typeof value === 'number' && !Number.isFinite(value))) return;
    if (field.bits) bitValues(field.bits, value, out);
    if (name !== undefined) out[name] = work && typeof value === 'number' ? work(value) : value;
  };
}

function compileFields(fields: readonly FieldSpec[], where: string): Step {
  const known = new Set<string>();
  const steps = fields.map((field, i) => compileField(field, `${where}[${i}]`, known));
  return (walk, out) => {
    for (const step of steps) step(walk, out);
  };
}

/** Reads an object out of a reader's bytes, from where it stands. */
export type StructReader = (reader: Reader, limits: Limits) => Bag;

/** Throws `SpecError`. */
export function compileStruct(fields: readonly FieldSpec[], little: boolean, where = 'struct.fields'): StructReader {
  const step = compileFields(fields, where);
  return (reader, limits) => {
    const out = bare();
    step({ reader, begin: reader.at, little, budget: { left: limits.elements } }, out);
    return out;
  };
}

/** Bytes as an object by the declared fields. */
export function struct({ fields, little = false, more = false }: StructOptions): Decoder {
  const read = compileStruct(fields, little);
  return (input, { limits }) => {
    const reader = new Reader(asBytes(input));
    const out = read(reader, limits);
    if (!more && reader.left > 0)
      throw new DecodeError(`${reader.left} bytes follow the last field at byte ${reader.at}`);
    return out;
  };
}
