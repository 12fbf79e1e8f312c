import { toHex } from '../base64.js';
import { DecodeError, Failure } from '../failure.js';
import type { Decoder, Limits } from '../mapped.js';
import { xorOf } from './checks.js';
import { asBytes } from './decoder.js';
import { bcdDigits, Reader } from './reader.js';

const FLAG = 0x7e;
const ESCAPE = 0x7d;
const POSITION = 0x0200;
const POSITION_ANSWER = 0x0201;
const POSITIONS = 0x0704;

/** Extras of a position (JT/T 808-2019 table 27): name, bytes, what one is worth. */
const EXTRAS: Readonly<Record<number, readonly [name: string, size: number, worth: number]>> = {
  1: ['mileage', 4, 10],
  2: ['oil', 2, 10],
  3: ['recorderSpeed', 2, 10],
  4: ['alarmEvent', 2, 1],
  37: ['signals', 4, 1],
  42: ['io', 2, 1],
  43: ['analog', 4, 1],
  48: ['wireless', 1, 1],
  49: ['satellites', 1, 1],
};

/** The bytes between the two flags, with 7D 02 → 7E and 7D 01 → 7D. */
function unescaped(frame: Uint8Array): Uint8Array {
  const last = frame.length - 1;
  if (frame[0] !== FLAG) throw new DecodeError('the frame does not begin with 7E');
  if (last < 1 || frame[last] !== FLAG) throw new DecodeError('the frame does not end with 7E');
  const out = new Uint8Array(last - 1);
  let size = 0;
  for (let i = 1; i < last; i++) {
    let byte = frame[i] as number;
    if (byte === FLAG) throw new DecodeError(`7E within the frame at byte ${i}`);
    if (byte === ESCAPE) {
      const after = frame[++i];
      if ((after !== 1 && after !== 2) || i >= last)
        throw new DecodeError(`7D at byte ${i - 1} is followed by neither 01 nor 02`);
      byte = after === 2 ? FLAG : ESCAPE;
    }
    out[size++] = byte;
  }
  return out.subarray(0, size);
}

function bitsOf(flags: number): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < 32; bit++) if ((flags >>> bit) & 1) bits.push(bit);
  return bits;
}

/** `yyMMddHHmmss` of UTC+8 as ISO text; all zeros before the first fix, and what are no digits, is no time. */
function isoTime(bytes: Uint8Array): string | undefined {
  const digits = bcdDigits(bytes);
  if (digits === null || /^0+$/.test(digits)) return undefined;
  const [y, mo, d, h, mi, s] = digits.match(/../g) ?? [];
  return `20${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`;
}

function readPosition(reader: Reader): Record<string, unknown> {
  const alarm = reader.u32();
  const status = reader.u32();
  const lat = reader.u32() / 1e6;
  const lon = reader.u32() / 1e6;
  const position: Record<string, unknown> = {
    alarm,
    alarms: bitsOf(alarm),
    status,
    acc: (status & 1) !== 0,
    // without a fix the coordinates are the last ones, or nothing
    fixed: (status & 2) !== 0,
    encrypted: (status & 32) !== 0,
    lat: status & 4 ? -lat : lat,
    lon: status & 8 ? -lon : lon,
    altitude: reader.u16(),
    speed: reader.u16() / 10,
    direction: reader.u16(),
    at: isoTime(reader.take(6)),
  };
  const others: unknown[] = [];
  while (reader.left > 0) {
    const id = reader.u8();
    const bytes = reader.take(reader.u8());
    const known = EXTRAS[id];
    if (known && known[1] === bytes.length) {
      position[known[0]] = bytes.reduce((sum, byte) => sum * 256 + byte, 0) / known[2];
    } else others.push({ id, hex: toHex(bytes) });
  }
  position.extras = others;
  return position;
}

/** Positions kept while there was no network: each with its own length, a bad one loses only itself. */
function readPositions(reader: Reader, { elements }: Limits): unknown[] {
  const count = reader.u16();
  if (count > elements) throw new DecodeError(`more than ${elements} positions`, 'too-many');
  reader.step(1);
  const list: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = reader.take(reader.u16());
    try {
      list.push(readPosition(new Reader(bytes, `position ${i}`)));
    } catch (error) {
      list.push(new Failure('decode', (error as Error).message));
    }
  }
  return list;
}

/**
 * A frame of a vehicle terminal (JT/T 808-2011, -2013, -2019): flags and escapes taken away, check byte verified:
 * `{message: "0200", phone, serial, positions: [{lat, lon, altitude, speed, direction, at, alarms: [bits], …}], body?}`.
 * `at` is ISO text. Messages without positions keep their body as hex. Parts of a larger message
 * (`packets`, `packet`) and encrypted ones are not opened.
 */
export const jtt808: Decoder = (input, { limits }) => {
  const bytes = unescaped(asBytes(input));
  const sum = bytes.at(-1);
  const content = bytes.subarray(0, -1);
  const computed = xorOf(content);
  if (sum !== computed) {
    const said = sum === undefined ? 'missing' : toHex(new Uint8Array([sum]));
    throw new DecodeError(`the check byte is ${said}, the bytes before it give ${toHex(new Uint8Array([computed]))}`);
  }
  const reader = new Reader(content, 'the message');
  const message = reader.u16();
  const properties = reader.u16();
  const size = properties & 0x3ff;
  // a version byte and a longer number since 2019
  const dated = (properties & 0x4000) !== 0;
  const tree: Record<string, unknown> = { message: message.toString(16).padStart(4, '0') };
  if (dated) tree.version = reader.u8();
  const phone = bcdDigits(reader.take(dated ? 10 : 6));
  if (phone === null) throw new DecodeError('the number of the terminal is not of decimal digits');
  tree.phone = dated ? phone.replace(/^0{1,8}/, '') : phone;
  tree.serial = reader.u16();
  const partial = (properties & 0x2000) !== 0;
  if (partial) {
    tree.packets = reader.u16();
    tree.packet = reader.u16();
  }
  if (reader.left !== size) {
    throw new DecodeError(`the header says ${size} bytes of body at byte ${reader.at}, there are ${reader.left}`);
  }
  tree.encrypted = (properties & 0x1c00) !== 0;
  tree.positions = [];
  if (tree.encrypted || partial) return tree;
  if (message === POSITION) tree.positions = [readPosition(reader)];
  else if (message === POSITION_ANSWER) {
    reader.step(2);
    tree.positions = [readPosition(reader)];
  } else if (message === POSITIONS) tree.positions = readPositions(reader, limits);
  else tree.body = toHex(reader.take(reader.left));
  return tree;
};
