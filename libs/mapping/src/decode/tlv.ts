import type { ArgSchema } from '../args.js';
import { toHex } from '../base64.js';
import { DecodeError, SpecError } from '../failure.js';
import type { Decoder } from '../mapped.js';
import { asBytes, bare } from './decoder.js';
import { Reader } from './reader.js';
import { compileStruct, FIELD, type FieldSpec, type StructReader } from './struct.js';

interface EntrySpec extends FieldSpec {
  /** comes more than once: a list of its values */
  many?: boolean;
}

interface TlvOptions {
  /** bytes of an id; default 1 */
  id?: number;
  /** bytes of the length that follows an id; default 0: the table says how long a value is */
  length?: number;
  little?: boolean;
  /** ids (hex digits, as they stand in the bytes) → value */
  types: Record<string, EntrySpec>;
  /** `skip` needs lengths; `stop` keeps what came before and leaves the rest; default `reject` */
  unknown?: 'reject' | 'skip' | 'stop';
}

const ENTRY: ArgSchema = { ...FIELD, properties: { ...FIELD.properties, many: { type: 'boolean' } } };

export const TLV_OPTIONS: ArgSchema = {
  type: 'object',
  properties: {
    id: { type: 'integer', minimum: 1, maximum: 4 },
    length: { type: 'integer', minimum: 0, maximum: 2 },
    little: { type: 'boolean' },
    types: { type: 'object', additionalProperties: ENTRY },
    unknown: { enum: ['reject', 'skip', 'stop'] },
  },
  required: ['types'],
  additionalProperties: false,
};

interface Entry {
  name: string;
  many: boolean;
  /** its fields are the value; else the one field named `value` is */
  group: boolean;
  read: StructReader;
}

function compileEntry(id: string, { many = false, ...field }: EntrySpec, little: boolean): Entry {
  const where = `tlv.types.${id}`;
  if (field.name === undefined) throw new SpecError(`${where} needs a name`);
  const group = field.fields !== undefined && field.repeat === undefined;
  const fields = group ? (field.fields as FieldSpec[]) : [{ ...field, name: 'value' }];
  return { name: field.name, many, group, read: compileStruct(fields, little, where) };
}

/**
 * Bytes of id, (length,) value, id, … as an object by the names in the table. Values of ids that come more than once
 * (`many`) are lists, of others the last stands.
 */
export function tlv({ id = 1, length = 0, little = false, types, unknown = 'reject' }: TlvOptions): Decoder {
  if (unknown === 'skip' && length === 0)
    throw new SpecError('tlv: unknown: skip needs length, else nobody knows how far');
  const table = new Map<string, Entry>();
  for (const [written, spec] of Object.entries(types)) {
    const key = written.replace(/\s+/g, '').toLowerCase();
    if (!/^[0-9a-f]+$/.test(key) || key.length !== 2 * id)
      throw new SpecError(`tlv: ${written} is no id of ${id} bytes`);
    table.set(key, compileEntry(written, spec, little));
  }
  return (input, { limits }) => {
    const reader = new Reader(asBytes(input));
    const out = bare();
    for (let count = 1; reader.left > 0; count++) {
      if (count > limits.elements) throw new DecodeError(`more than ${limits.elements} values`, 'too-many');
      const place = reader.at;
      const key = toHex(reader.take(id));
      const entry = table.get(key);
      const size = length === 0 ? null : length === 1 ? reader.u8() : reader.u16(little);
      if (!entry) {
        if (unknown === 'stop') {
          out.rest = toHex(reader.bytes.subarray(place));
          return out;
        }
        if (unknown === 'reject' || size === null) throw new DecodeError(`the id ${key} at byte ${place} is not known`);
        reader.step(size);
        continue;
      }
      const part = size === null ? reader : new Reader(reader.take(size), `the value of ${key} at byte ${place}`);
      const read = entry.read(part, limits);
      if (size !== null && part.left > 0) {
        throw new DecodeError(
          `the value of ${key} at byte ${place} has ${size} bytes, ${part.left} more than it needs`,
        );
      }
      // a struct of one field whose marker says "none" has no value
      const value = entry.group ? read : read.value;
      if (!entry.many) {
        if (value !== undefined) out[entry.name] = value;
        if (!entry.group) for (const [name, bit] of Object.entries(read)) if (name !== 'value') out[name] = bit;
        continue;
      }
      const list = out[entry.name];
      if (Array.isArray(list)) list.push(value);
      else out[entry.name] = [value];
    }
    return out;
  };
}
