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

function seriesValues(bytes: Uint8Array, { size, worth }: { size: number; worth: number }): (number | null)[] {
  const values: (number | null)[] = [];
  for (let i = 0; i + size <= bytes.length; i += size) {
    const one = bytes.subarray(i, i + size);
    values.push(one.every((byte) => byte === 0xff) ? null : one.reduce((sum, byte) => sum * 256 + byte, 0) / worth);
  }
  return values;
}

interface Body {
  class?: string;
  elements: unknown[];
  series: unknown[];
}

function readBody(reader: Reader, most: number): Body {
  const body: Body = { elements: [], series: [] };
  let at: string | null = null;
  let count = 0;
  while (reader.left > 0) {
    if (++count > most) throw new DecodeError(`more than ${most} elements`, 'too-many');
    const place = reader.at;
    const first = reader.u8();
    const id = first === CUSTOM ? `ff${toHex(reader.take(1))}` : toHex(new Uint8Array([first]));
    const form = reader.u8();
    if (first === ADDRESS && form === ADDRESS) {
      reader.step(5);
      body.class = String.fromCharCode(reader.u8());
      continue;
    }
    if (first === OBSERVED && form === OBSERVED) {
      at = bcdDigits(reader.take(5));
      if (at === null) throw new DecodeError(`the time of observation at byte ${place} is not of decimal digits`);
      continue;
    }
    const bytes = reader.take(form >> 3);
    const series = seriesOf(first);
    if (series) body.series.push({ id, at, values: seriesValues(bytes, series) });
    else if (first === STATUS) body.elements.push({ id, at, value: bytes.reduce((sum, byte) => sum * 256 + byte, 0) });
    else body.elements.push({ id, at, value: elementValue(bytes, form & 7) });
  }
  return body;
}

/**
 * A hydrology frame of SL 651-2014 in its binary form: `{center, station, function, serial, sentAt, class?, valid,
 * elements: [{id, at, value}], series: [{id, at, values}]}`. Times are digits `yyMMddHHmm(ss)` of UTC+8, element ids two
 * hex digits in small letters, values scaled by the decimals the frame says, null where the station has none; a series
 * is one value every five minutes from `at` on.
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
    tree.sentAt = bcdDigits(inner.take(6));
    const report = REPORTS.has(code) && (head & DOWNLINK) === 0;
    return Object.assign(tree, report ? readBody(inner, limits.elements) : { elements: [], series: [] });
  };
}
