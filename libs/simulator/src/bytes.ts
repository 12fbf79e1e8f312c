import type { ByteField, EachField, TlvField } from '@citywall/pack-schema';
import { type Charset, encodeText } from './charset.js';
import { asScalar, compilePath, compileTemplate, type Scope } from './template.js';

/** Binary payloads: fields one after the other, each written by its kind. */

interface FieldKind {
  size: number;
  /** takes whole numbers, but for f32 and f64 */
  write(view: DataView, offset: number, value: number): void;
}

const wide = (value: number): bigint => BigInt(Math.trunc(value));

export const BYTE_FIELDS: Record<string, FieldKind> = {
  u8: { size: 1, write: (view, offset, value) => view.setUint8(offset, value) },
  i8: { size: 1, write: (view, offset, value) => view.setInt8(offset, value) },
  u16be: { size: 2, write: (view, offset, value) => view.setUint16(offset, value) },
  u16le: { size: 2, write: (view, offset, value) => view.setUint16(offset, value, true) },
  i16be: { size: 2, write: (view, offset, value) => view.setInt16(offset, value) },
  i16le: { size: 2, write: (view, offset, value) => view.setInt16(offset, value, true) },
  u24be: {
    size: 3,
    write(view, offset, value) {
      view.setUint8(offset, value >> 16);
      view.setUint16(offset + 1, value & 0xffff);
    },
  },
  u24le: {
    size: 3,
    write(view, offset, value) {
      view.setUint16(offset, value & 0xffff, true);
      view.setUint8(offset + 2, value >> 16);
    },
  },
  u32be: { size: 4, write: (view, offset, value) => view.setUint32(offset, value) },
  u32le: { size: 4, write: (view, offset, value) => view.setUint32(offset, value, true) },
  i32be: { size: 4, write: (view, offset, value) => view.setInt32(offset, value) },
  i32le: { size: 4, write: (view, offset, value) => view.setInt32(offset, value, true) },
  u48be: {
    size: 6,
    write(view, offset, value) {
      view.setUint16(offset, Math.floor(value / 0x1_0000_0000));
      view.setUint32(offset + 2, value % 0x1_0000_0000);
    },
  },
  u64be: { size: 8, write: (view, offset, value) => view.setBigUint64(offset, wide(value)) },
  u64le: { size: 8, write: (view, offset, value) => view.setBigUint64(offset, wide(value), true) },
  i64be: { size: 8, write: (view, offset, value) => view.setBigInt64(offset, wide(value)) },
  i64le: { size: 8, write: (view, offset, value) => view.setBigInt64(offset, wide(value), true) },
  f32be: { size: 4, write: (view, offset, value) => view.setFloat32(offset, value) },
  f32le: { size: 4, write: (view, offset, value) => view.setFloat32(offset, value, true) },
  f64be: { size: 8, write: (view, offset, value) => view.setFloat64(offset, value) },
  f64le: { size: 8, write: (view, offset, value) => view.setFloat64(offset, value, true) },
};

/** The bytes of one number; whole kinds round and wrap. Unknown kinds throw RangeError. */
export function packNumber(kind: string, value: number): Uint8Array {
  const known = Object.hasOwn(BYTE_FIELDS, kind) ? BYTE_FIELDS[kind] : undefined;
  if (known === undefined) throw new RangeError(`no byte field is called ${kind}`);
  const bytes = new Uint8Array(known.size);
  known.write(new DataView(bytes.buffer), 0, kind.startsWith('f') ? value : Math.round(value));
  return bytes;
}

/** null: a value of the field is missing */
type Write = (scope: Scope, rows: readonly Scope[]) => Uint8Array | null;
/** Writes all fields; a missing value counts as 0 where no tlv field can leave it out. */
export type WriteBytes = (scope: Scope, rows: readonly Scope[]) => Uint8Array;

/** Compiles `$bytes` and `bytes` of simulator.yaml. Throws RangeError or TypeError for what is no field. */
export function compileBytes(fields: readonly ByteField[]): WriteBytes {
  const writes = fields.map(compileField);
  return (scope, rows) => joined(writes.map((write) => write(scope, rows) ?? new Uint8Array()));
}

function compileField(field: ByteField): Write {
  if (!Array.isArray(field)) return 'tlv' in field ? compileTlv(field) : compileEach(field);
  const [kind, value, more] = field;
  if (Object.hasOwn(BYTE_FIELDS, kind)) return compileNumber(kind, value, more);
  if (Object.hasOwn(TEXTS, kind)) return compileText(kind, String(value), more);
  throw new RangeError(`no byte field is called ${String(kind)}`);
}

function compileNumber(kind: string, value: number | string, factor = 1): Write {
  if (typeof value === 'number') {
    const bytes = packNumber(kind, value * factor);
    return () => bytes;
  }
  const path = compilePath(value);
  return (scope) => {
    const filled = path(scope);
    const scalar = asScalar(filled);
    // what the platform sends for a value it does not have is a number of its own, and not scaled
    if (typeof filled === 'object' && filled !== null && 'missing' in filled) {
      return scalar === null ? packNumber(kind, 0) : packNumber(kind, Number(scalar));
    }
    return packNumber(kind, Number(scalar) * factor);
  };
}

const TEXTS: Record<string, (text: string) => Uint8Array> = {
  ascii: (text) => encodeText(text),
  utf8: (text) => encodeText(text),
  gbk: (text) => encodeText(text, 'gbk' satisfies Charset),
  hex: (text) => fromHexDigits(text.replace(/\s+/g, '')),
  bcd: (text) => fromHexDigits(text.replace(/\D+/g, '')),
};

/** Texts are filled with 00 behind, digits in front. */
function compileText(kind: string, text: string, size: number | undefined): Write {
  const template = compileTemplate(text);
  const encode = TEXTS[kind]!;
  return (scope) => {
    const bytes = encode(template(scope));
    if (size === undefined) return bytes;
    const out = new Uint8Array(size);
    if (kind === 'bcd' || kind === 'hex') {
      const last = bytes.subarray(Math.max(bytes.length - size, 0));
      out.set(last, size - last.length);
    } else out.set(bytes.subarray(0, size));
    return out;
  };
}

function compileTlv({ tlv, tag, length, fields }: TlvField): Write {
  const named = fields.flatMap((field) => (Array.isArray(field) && typeof field[1] === 'string' ? [field] : []));
  const paths = named.filter(([kind]) => Object.hasOwn(BYTE_FIELDS, kind)).map(([, path]) => compilePath(String(path)));
  const write = compileBytes(fields);
  return (scope, rows) => {
    if (paths.some((path) => asScalar(path(scope)) === null)) return null;
    const value = write(scope, rows);
    const head = packNumber(tag ?? 'u8', tlv);
    return length === 'none' ? joined([head, value]) : joined([head, packNumber(length ?? 'u8', value.length), value]);
  };
}

function compileEach({ each, count }: EachField): Write {
  const write = compileBytes(each);
  return (_scope, rows) => {
    const parts = rows.map((row) => write(row, [row]));
    return joined(count === undefined ? parts : [packNumber(count, rows.length), ...parts]);
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function fromHexDigits(digits: string): Uint8Array {
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, i) => Number.parseInt(even.slice(2 * i, 2 * i + 2), 16) || 0);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += ALPHABET[(word >> 18) & 63];
    out += ALPHABET[(word >> 12) & 63];
    out += left > 1 ? ALPHABET[(word >> 6) & 63] : '=';
    out += left > 2 ? ALPHABET[word & 63] : '=';
  }
  return out;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
