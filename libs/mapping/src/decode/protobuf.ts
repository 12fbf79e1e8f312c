import { DecodeError } from '../failure.js';
import { Reader } from './reader.js';

/** A field on the wire: its number, its wire type, and what it holds. */
export interface WireField {
  number: number;
  /** varints as bigint, all others as their bytes */
  value: bigint | Uint8Array;
  /** 0 varint, 1 64 bits, 2 bytes, 5 32 bits */
  wire: number;
}

function varint(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.u8();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new DecodeError(`the number before byte ${reader.at} has no end`);
}

/** Goes through the fields of a protobuf message; needs no schema and builds nothing. Throws `DecodeError`. */
export function* wireFields(bytes: Uint8Array, what: string): Generator<WireField> {
  const reader = new Reader(bytes, what);
  while (reader.left > 0) {
    const tag = varint(reader);
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (number < 1 || number > 536_870_911)
      throw new DecodeError(`${what}: ${number} before byte ${reader.at} is no field`);
    if (wire === 0) yield { number, wire, value: varint(reader) };
    else if (wire === 1) yield { number, wire, value: reader.take(8) };
    else if (wire === 5) yield { number, wire, value: reader.take(4) };
    else if (wire === 2) yield { number, wire, value: reader.take(Number(varint(reader))) };
    else throw new DecodeError(`${what}: wire type ${wire} before byte ${reader.at} is not read`);
  }
}
