/** Sums over bytes that protocols send along. */

/** The reflected CRC-16 of polynomial 0xA001. */
function crc16(bytes: Uint8Array, start: number): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** CRC-16/MODBUS: Modbus RTU and SL 651. */
export const crc16Modbus = (bytes: Uint8Array): number => crc16(bytes, 0xffff);

/** CRC-16/ARC: DSMR P1. */
export const crc16Arc = (bytes: Uint8Array): number => crc16(bytes, 0);

/** The CRC of HJ 212-2017 appendix A: only the upper half of the register goes on before a byte is mixed in. */
export function crcHj212(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc = (crc >> 8) ^ byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** All bytes in exclusive or: JT/T 808. */
export function xorOf(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}

/** All bytes added, the low byte of it. */
export function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xff;
  return sum;
}

export const hex16 = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');
