import { type ArgSchema, argsProblem } from '../args.js';
import { fromBase64, fromHex } from '../base64.js';
import { DecodeError, SpecError, show } from '../failure.js';
import type { DecodeStep } from '../feed-spec.js';
import { parseJson } from '../json.js';
import type { Decoder, DecoderFactory } from '../mapped.js';
import { charset } from '../text-decoder.js';
import { asBytes, asText, type DecoderEntry } from './decoder.js';
import { dsmr } from './dsmr.js';
import { FRAME_CHECK_OPTIONS, frameCheck } from './frame-check.js';
import { hj212 } from './hj212.js';
import { jtt808 } from './jtt808.js';
import { decodeSenml } from './senml.js';
import { sl651 } from './sl651.js';
import { sparkplugB } from './sparkplug-b.js';
import { STRUCT_OPTIONS, struct } from './struct.js';
import { csv, kv, lines, ndjson } from './tables.js';
import { form, regex } from './texts.js';
import { TLV_OPTIONS, tlv } from './tlv.js';
import { xml } from './xml.js';

function inCharset(name: string, label: string, doc: string): DecoderEntry {
  return {
    name,
    doc,
    options: null,
    make: (): Decoder => {
      const decoder = charset(label);
      return (input) => {
        try {
          return decoder.decode(asBytes(input));
        } catch (error) {
          if (error instanceof DecodeError) throw error;
          throw new DecodeError(`the bytes are not ${label}`);
        }
      };
    },
  };
}

const SIGN = { type: 'string', minLength: 1, maxLength: 5 } as const;
const NAMES = { type: 'array', items: { type: 'string', minLength: 1 }, maxItems: 1000 } as const;

/** Of the protocols that send a check sum along. */
const CHECKED: ArgSchema = {
  type: 'object',
  properties: { check: { enum: ['reject', 'mark'] } },
  additionalProperties: false,
};

/** The closed table of decoders, in the order of the reference. */
export const DECODERS: readonly DecoderEntry[] = [
  {
    name: 'json',
    doc: 'JSON text; `big: true` keeps whole numbers beyond 2^53 as text',
    options: { type: 'object', properties: { big: { type: 'boolean' } }, additionalProperties: false },
    make: ({ big = false }: { big?: boolean }): Decoder => {
      return (input, { limits }) => parseJson(asText(input), limits.depth, big);
    },
  },
  { name: 'ndjson', doc: 'One JSON value a line, as a list', options: null, make: () => ndjson },
  { name: 'text', doc: 'UTF-8 text; the value is the path @', options: null, make: () => asText },
  { name: 'utf8', doc: 'The same as text', options: null, make: () => asText },
  inCharset('gbk', 'gb18030', 'Text in GBK'),
  inCharset('gb18030', 'gb18030', 'Text in GB 18030'),
  inCharset('latin1', 'latin1', 'Text in ISO 8859-1'),
  {
    name: 'lines',
    doc: 'Text as a list of its lines',
    options: null,
    make: () => lines,
  },
  {
    name: 'csv',
    doc: 'A table (RFC 4180) as a list of objects by the names of its first row; `columns` gives the names, `header: false` leaves rows as lists, `skip` drops rows before',
    options: {
      type: 'object',
      properties: {
        header: { type: 'boolean' },
        columns: NAMES,
        separator: { type: 'string', minLength: 1, maxLength: 1 },
        skip: { type: 'integer', minimum: 0 },
      },
      additionalProperties: false,
    },
    make: csv,
  },
  {
    name: 'kv',
    doc: 'Text like `a=1;b=2` as an object; `pair` and `assign` name other signs',
    options: { type: 'object', properties: { pair: SIGN, assign: SIGN }, additionalProperties: false },
    make: kv,
  },
  { name: 'form', doc: 'Form-urlencoded text (`a=1&b=x%20y`) as an object', options: null, make: () => form },
  {
    name: 'regex',
    doc: 'The named groups of a regular expression over the text (at most 1,000 characters) as an object',
    options: {
      type: 'object',
      properties: { pattern: { type: 'string', minLength: 1, maxLength: 500 } },
      required: ['pattern'],
      additionalProperties: false,
    },
    make: regex,
  },
  {
    name: 'xml',
    doc: 'XML as a tree: elements by local name, attributes as `_name`, text beside them as `_text`; elements in `arrays` are always lists; a DOCTYPE is refused',
    options: { type: 'object', properties: { arrays: NAMES }, additionalProperties: false },
    make: xml,
  },
  {
    name: 'senml',
    doc: 'SenML JSON (RFC 8428), resolved: a list of {name, base, n, u, t, kind, value}; `t` in Unix seconds, absent where it means now',
    options: null,
    make: () => decodeSenml,
  },
  {
    name: 'struct',
    doc: 'Bytes as an object by declared `fields` in their order: {name, type: u8…u64 i8…i64 f32 f64 ascii utf8 gbk hex bytes bcd, size, at, skip, little, words: swapped, scale, offset, missing, is, bits, repeat, fields, optional}; `size` and `repeat` are a number, a field read before, or rest; `more: true` lets bytes follow',
    options: STRUCT_OPTIONS,
    make: struct,
  },
  {
    name: 'tlv',
    doc: 'Bytes of id, (length,) value as an object: `types` says per id (hex digits) what a field of struct says, `many` makes a list; `id` and `length` are bytes of those; `unknown: skip` steps over by the length, `stop` keeps what came before, else an unknown id rejects',
    options: TLV_OPTIONS,
    make: tlv,
  },
  {
    name: 'check',
    doc: 'Bytes without the sum at their end, which must hold; `little`: its low byte comes first; `from`: the first byte that is summed',
    options: FRAME_CHECK_OPTIONS,
    make: frameCheck,
  },
  {
    name: 'sparkplug-b',
    doc: 'A message of Sparkplug B (protobuf, or its JSON rendering) with aliases resolved: {kind, group, node, device, timestamp, seq, metrics: [{name, type, at, value, historical}], stale, devices}',
    options: null,
    make: () => sparkplugB,
  },
  {
    name: 'hj212',
    doc: 'A packet of HJ 212: {ST, CN, MN, …, cp: {DataTime, …}, rows: [{name: a34004-Rtd, factor, kind, value, flag}], factors: [{factor, flag}], valid}; `check: mark` takes a packet of wrong CRC as `valid: false`',
    options: CHECKED,
    make: hj212,
  },
  {
    name: 'sl651',
    doc: 'A hydrology frame of SL 651-2014: {station, function, sentAt, class, elements: [{id, at, value}], valid}; times are ISO; `check` as for hj212',
    options: CHECKED,
    make: sl651,
  },
  {
    name: 'jtt808',
    doc: 'A frame of a vehicle terminal (JT/T 808): {message, phone, serial, positions: [{lat, lon, altitude, speed, direction, at, acc, alarms: [bits], mileage, oil, …}]}; `at` is ISO',
    options: null,
    make: () => jtt808,
  },
  {
    name: 'dsmr',
    doc: 'A smart meter telegram (DSMR P1): {header, id, at, rows: [{obis, meter, value, unit, at, text}], valid}; times are ISO; `check` as for hj212',
    options: CHECKED,
    make: dsmr,
  },
  { name: 'bytes', doc: 'The bytes as they are; the value is the path @', options: null, make: () => asBytes },
  {
    name: 'hex',
    doc: 'Bytes of a payload that is hexadecimal text',
    options: null,
    make: (): Decoder => (input) => {
      const bytes = fromHex(asText(input));
      if (!bytes) throw new DecodeError('not hexadecimal');
      return bytes;
    },
  },
  {
    name: 'base64',
    doc: 'Bytes of a payload that is base64 text',
    options: null,
    make: (): Decoder => (input) => {
      const bytes = fromBase64(asText(input));
      if (!bytes) throw new DecodeError('not base64');
      return bytes;
    },
  },
];

const BY_NAME: ReadonlyMap<string, DecoderEntry> = new Map(DECODERS.map((entry) => [entry.name, entry]));

function makeStep(step: DecodeStep, more: Readonly<Record<string, DecoderFactory>>): Decoder {
  let name: string;
  let options: unknown = {};
  if (typeof step === 'string') name = step;
  else {
    const keys = Object.keys(step);
    if (keys.length !== 1) throw new SpecError(`a decoder is one word or one key, not ${show(step)}`);
    name = keys[0] as string;
    options = step[name];
  }
  const entry = BY_NAME.get(name);
  if (!entry) {
    if (Object.hasOwn(more, name)) return (more[name] as DecoderFactory)(options as Record<string, unknown>);
    const known = [...BY_NAME.keys(), ...Object.keys(more)].join(' ');
    throw new SpecError(`${JSON.stringify(name)} is no decoder; there are ${known}`);
  }
  const problem = argsProblem(
    entry.options ?? { type: 'object', properties: {}, additionalProperties: false },
    options,
    name,
  );
  if (problem) throw new SpecError(problem);
  return entry.make(options as never);
}

function tooDeep(tree: unknown, limit: number): boolean {
  let level: unknown[] = [tree];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: unknown[] = [];
    for (const node of level) {
      if (typeof node !== 'object' || node === null || node instanceof Uint8Array) continue;
      for (const value of Object.values(node)) if (typeof value === 'object' && value !== null) next.push(value);
    }
    level = next;
  }
  return false;
}

/** A chain of decoders within the limits. Throws `SpecError`; the chain itself throws `DecodeError`. */
export function compileDecoders(
  spec: DecodeStep | DecodeStep[] | undefined,
  more: Readonly<Record<string, DecoderFactory>>,
): Decoder {
  const steps = (Array.isArray(spec) ? spec : [spec ?? 'json']).map((step) => ({
    own: typeof step === 'string' ? BY_NAME.has(step) : BY_NAME.has(Object.keys(step)[0] ?? ''),
    decode: makeStep(step, more),
  }));
  const [only] = steps;
  if (!only) throw new SpecError('a decoder is needed');
  if (steps.length === 1 && only.own) return only.decode;
  return (input, scope) => {
    let value = input;
    for (const { own, decode } of steps) {
      value = decode(value, scope);
      if ((typeof value === 'string' || value instanceof Uint8Array) && value.length > scope.limits.bytes) {
        throw new DecodeError(`more than ${scope.limits.bytes} bytes after decoding`, 'too-large');
      }
      if (!own && tooDeep(value, scope.limits.depth)) {
        throw new DecodeError(`nested deeper than ${scope.limits.depth} levels`, 'too-deep');
      }
    }
    return value;
  };
}
