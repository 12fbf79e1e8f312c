import { encodeText } from './charset.js';

const MOST = 9999;

/**
 * A packet of HJ 212-2017 around its data: `##`, four digits of length, the data, four hex digits of CRC, CR LF.
 * @throws RangeError where the data are longer than four digits can say
 */
export function hj212Frame(data: Uint8Array): Uint8Array {
  if (data.length > MOST) throw new RangeError(`hj212: ${data.length} bytes of data, the length has four digits`);
  const head = encodeText(`##${String(data.length).padStart(4, '0')}`);
  const tail = encodeText(`${hj212Crc(data).toString(16).toUpperCase().padStart(4, '0')}\r\n`);
  const frame = new Uint8Array(head.length + data.length + tail.length);
  frame.set(head);
  frame.set(data, head.length);
  frame.set(tail, head.length + data.length);
  return frame;
}

/** Appendix A: the upper half of the register goes on before a byte is mixed in, which is not the order of Modbus. */
export function hj212Crc(data: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of data) {
    crc = (crc >> 8) ^ byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
