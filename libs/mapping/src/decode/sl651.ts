import { toHex } from '../base64.js';
import { DecodeError, Failure } from '../failure.js';
import type { Decoder } from '../mapped.js';
import { crc16Modbus, hex16 } from './checks.js';
import { asBytes } from './decoder.js';
import type { CheckOptions } from './hj212.js';
import { bcdDigits, Reader } from './reader.js';

const START = 0x7e7e;
const STX = 0x02;
const SYN = 0x16;
/** ETX and ETB from stations; EOT, ENQ, ACK, NAK, ESC from the centre */
const ENDS = new Set([0x03, 0x17, 0x04, 0x05, 0x06, 0x15, 0x1b]);
const DOWNLINK = 0x8000;
/** Reports of measurements and answers with them; keep-alive, pictures and settings have bodies of their own. */
const REPORTS = new Set([0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x37, 0x38, 0x39, 0x3a]);
const UNIFORM = 0x31;
const TIME_STEP = 0x04;
const OBSERVED = 0xf0;
const ADDRESS = 0xf1;
const CUSTOM = 0xff;
const STATUS = 0x45;

/** Series of an hour in steps of five minutes: bytes a value and what one of them is worth (SL 651 table C.1). */
function seriesOf(id: number): { size: number; worth: number } | null {
  if (id === 0xf4) return { size: 1, worth: 10 };
  if (id >= 0xf5 && id <= 0xfc) return { size: 2, worth: 100 };
  return null;
}

/** All FF: the station has no value. FF before digits: below zero. */
function elementValue(bytes: Uint8Array, decimals: number): number | null | Failure {
  if (bytes.every((byte) => byte === 0xff)) return null;
  const negative = bytes[0] === 0xff;
  const digits = bcdDigits(negative ? bytes.subarray(1) : bytes);
  if (digits === null) return new Failure('value', `${toHex(bytes)} are no decimal digits`);
  const value = Number(digits) / 10 ** decimals;
  return negative ? -value : value;
}

/** Digits `yyMMddHHmm(ss)` of UTC+8 as ISO text; what is no date stays as it is, for the mapping to refuse. */
function isoTime(digits: string): string {
  const [y, mo, d, h, mi, s = '00'] = digits.match(/../g) ?? [];
  return `20${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`;
}

/** So many steps later; undefined where there is no time to count from. */
function later(at: string | undefined, ms: number): string | undefined {
  const from = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(from) ? at : new Date(from + ms).toISOString();
}

interface Element {
  id: string;
  at: string | undefined;
  value: number | null | Failure;
}

interface Body {
  class?: string;
  elements: Element[];
}

/** `values` of one element, one every `every` ms from `at` on. */
function series(id: string, at: string | undefined, every: number, values: Element['value'][]): Element[] {
  return values.map((value, i) => ({ id, at: later(at, i * every), value }));
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let i = 0; i + size <= bytes.length; i += size) parts.push(bytes.subarray(i, i + size));
  return parts;
}

const whole = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
const binary = (bytes: Uint8Array, worth: number): number | null =>
  bytes.every((byte) => byte === 0xff) ? null : whole(bytes) / worth;

/** Step of a series as days, hours, minutes in two digits each, in ms. */
function stepOf(bytes: Uint8Array): number {
  const digits = bcdDigits(bytes);
  if (digits?.length !== 6) throw new DecodeError(`the time step ${toHex(bytes)} is not of six decimal digits`);
  return ((Number(digits.slice(0, 2)) * 24 + Number(digits.slice(2, 4))) * 60 + Number(digits.slice(4))) * 60_000;
}

function readBody(reader: Reader, uniform: boolean, most: number): Body {
  const body: Body = { elements: [] };
  const { elements } = body;
  let at: string | undefined;
  let every: number | null = null;
  while (reader.left > 0) {
    if (elements.length > most) throw new DecodeError(`more than ${most} elements`, 'too-many');
    const place = reader.at;
    const first = reader.u8();
    const id = first === CUSTOM ? `ff${toHex(reader.take(1))}` : toHex(new Uint8Array([first]));
    const form = reader.u8();
    const size = form >> 3;
    if (first === ADDRESS && form === ADDRESS) {
      reader.step(5);
      body.class = String.fromCharCode(reader.u8());
    } else if (first === OBSERVED && form === OBSERVED) {
      const digits = bcdDigits(reader.take(5));
      if (digits === null) throw new DecodeError(`the time of observation at byte ${place} is not of decimal digits`);
      at = isoTime(digits);
    } else if (first === TIME_STEP) every = stepOf(reader.take(size));
    else if (uniform && every !== null && size > 0) {
      // the id stands once, its values follow each other to the end
      const values = cut(reader.take(reader.left), size).map((bytes) => elementValue(bytes, form & 7));
      elements.push(...series(id, at, every, values));
    } else {
      const bytes = reader.take(size);
      const hour = seriesOf(first);
      if (hour) {
        const values = cut(bytes, hour.size).map((one) => binary(one, hour.worth));
        elements.push(...series(id, at, 300_000, values));
      } else elements.push({ id, at, value: first === STATUS ? whole(bytes) : elementValue(bytes, form & 7) });
    }
  }
  return body;
}

/**
 * A hydrology frame of SL 651-2014 in its binary form: `{center, station, function, serial, sentAt, class?, valid,
 * elements: [{id, at, value}]}`. Times are ISO text, element ids two hex digits in small letters, values scaled by the
 * decimals the frame says, null where the station has none. Each value of a series (an hour in steps of five minutes,
 * and the uniform report 31H) is an element with its own time.
 */
export function sl651({ check = 'reject' }: CheckOptions): Decoder {
  return (input, { limits }) => {
    const bytes = asBytes(input);
    const reader = new Reader(bytes, 'the frame');
    if (reader.u16() !== START) throw new DecodeError('the frame does not begin with 7E7E');
    const center = toHex(reader.take(1));
    const station = toHex(reader.take(5));
    reader.step(2); // the password
    const code = reader.u8();
    const head = reader.u16();
    const size = head & 0x0fff;
    const begin = reader.u8();
    if (begin !== STX && begin !== SYN) throw new DecodeError(`byte ${reader.at - 1} begins no text (02 or 16)`);
    const tree: Record<string, unknown> = { center, station, function: toHex(new Uint8Array([code])) };
    const packet = begin === SYN ? reader.take(3) : null;
    const text = reader.take(packet ? size - 3 : size);
    const end = reader.u8();
    if (!ENDS.has(end)) {
      throw new DecodeError(`the length says ${size} bytes, byte ${reader.at - 1} behind them ends no text`);
    }
    const computed = hex16(crc16Modbus(bytes.subarray(0, reader.at)));
    const given = hex16(reader.u16());
    if (reader.left > 0) throw new DecodeError(`${reader.left} bytes follow the CRC`);
    tree.valid = given === computed;
    if (!tree.valid && check === 'reject') {
      throw new DecodeError(`the CRC at byte ${bytes.length - 2} is ${given}, the bytes before it give ${computed}`);
    }
    if (packet) {
      tree.packets = (packet[0] as number) * 16 + ((packet[1] as number) >> 4);
      tree.packet = ((packet[1] as number) & 15) * 256 + (packet[2] as number);
    }
    const inner = new Reader(text, 'the text of the frame');
    tree.serial = inner.u16();
    const sent = bcdDigits(inner.take(6));
    if (sent !== null) tree.sentAt = isoTime(sent);
    const report = REPORTS.has(code) && (head & DOWNLINK) === 0;
    return Object.assign(tree, report ? readBody(inner, code === UNIFORM, limits.elements) : { elements: [] });
  };
}
