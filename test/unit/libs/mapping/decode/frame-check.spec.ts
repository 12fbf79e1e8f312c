import { describe, expect, it } from '@jest/globals';
import { crc16Arc, crc16Modbus, crcHj212, sumOf, xorOf } from '../../../../../libs/mapping/src/decode/checks.js';
import { decode, hexBytes, text, wrong } from './support.js';

describe('sums', () => {
  it('are those of the published check value 123456789', () => {
    const digits = text('123456789');
    expect(crc16Modbus(digits)).toBe(0x4b37);
    expect(crc16Arc(digits)).toBe(0xbb3d);
    expect(xorOf(digits)).toBe(0x31);
    expect(sumOf(digits)).toBe(0xdd);
  });

  it('HJ 212 gives the CRC of the example in its appendix', () => {
    const example =
      'QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&';
    expect(crcHj212(text(example))).toBe(0x1c80);
  });
});

describe('check', () => {
  it('takes the sum off where it holds: a Modbus request', () => {
    const frame = hexBytes('01 03 00 00 00 0a c5 cd');
    expect(decode({ check: { kind: 'crc16-modbus', little: true } }, frame)).toEqual(hexBytes('01 03 00 00 00 0a'));
  });

  it('rejects a frame that was changed, and says where', () => {
    expect(wrong({ check: { kind: 'xor' } }, hexBytes('01 02 04'))).toBe(
      'the xor at byte 2 is 04, the bytes before it give 03',
    );
    expect(wrong({ check: { kind: 'crc16-arc' } }, hexBytes('01'))).toBe('1 bytes hold no crc16-arc');
  });

  it('sums from the byte it is told', () => {
    expect(decode({ check: { kind: 'sum', from: 1 } }, hexBytes('68 01 02 03'))).toEqual(hexBytes('68 01 02'));
  });
});
