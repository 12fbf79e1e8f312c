import { describe, expect, it } from '@jest/globals';
import { crcHj212, hex16 } from '../../../../../libs/mapping/src/decode/checks.js';
import { decode, text, wrong } from './support.js';

function packet(body: string, change: { crc?: string; size?: string; tail?: string } = {}): Uint8Array {
  const size = change.size ?? String(text(body).length).padStart(4, '0');
  return text(`##${size}${body}${change.crc ?? hex16(crcHj212(text(body)))}${change.tail ?? '\r\n'}`);
}
const cp = (data: string): string => `ST=22;CN=2011;PW=123456;MN=DJ01;Flag=5;CP=&&${data}&&`;
interface Tree {
  cp: Record<string, string>;
  rows: object[];
  factors: object[];
  valid: boolean;
}
const read = (data: string): Tree => decode('hj212', packet(cp(data))) as Tree;

describe('hj212', () => {
  it('gives fields, rows and factors; never the password', () => {
    const tree = read('DataTime=20260709143500;a34004-Rtd=41.0,a34004-Flag=N;LA-Rtd=68.2,LA-Max=70,LA-Flag=D');
    expect(tree).toMatchObject({
      ST: '22',
      CN: '2011',
      MN: 'DJ01',
      Flag: '5',
      valid: true,
      cp: { DataTime: '20260709143500' },
    });
    expect(JSON.stringify(tree)).not.toContain('123456');
    expect(tree.rows).toMatchObject([
      { name: 'a34004-Rtd', factor: 'a34004', kind: 'Rtd', value: '41.0', flag: 'N' },
      { name: 'LA-Rtd', flag: 'D' },
      { name: 'LA-Max', value: '70', flag: 'D' },
    ]);
    expect(tree.factors).toMatchObject([
      { factor: 'a34004', flag: 'N' },
      { factor: 'LA', flag: 'D' },
    ]);
  });

  it('takes a stray semicolon, a missing flag, no line end, small letters in the CRC', () => {
    expect(read('DataTime=20260709143500;B01-Rtd=36.91;').rows).toMatchObject([{ name: 'B01-Rtd', flag: undefined }]);
    const body = cp('DataTime=20260709143500');
    const crc = hex16(crcHj212(text(body))).toLowerCase();
    expect(decode('hj212', packet(body, { crc, tail: '' }))).toMatchObject({ valid: true, rows: [] });
  });

  it('counts the length in bytes, and reads GBK', () => {
    const body = new Uint8Array([...text('MN=DJ01;CP=&&place='), 0xb5, 0xe6, 0xbd, 0xad, ...text('&&')]);
    const frame = new Uint8Array([
      ...text(`##${String(body.length).padStart(4, '0')}`),
      ...body,
      ...text(hex16(crcHj212(body))),
    ]);
    expect(decode('hj212', frame)).toMatchObject({ cp: { place: '垫江' } });
  });

  it('says what is wrong and where', () => {
    const body = cp('a-Rtd=1');
    expect(wrong('hj212', packet(body, { crc: '0000' }))).toMatch(
      /^the CRC at byte \d+ is 0000, the bytes before it give [0-9A-F]{4}$/,
    );
    expect(wrong('hj212', packet(body, { size: '0999' }))).toMatch(
      /^the length says 999 bytes, a CRC of four digits does not/,
    );
    expect(wrong('hj212', packet(body, { size: '0010' }))).toMatch(/^the length says 10 bytes/);
    expect(wrong('hj212', packet(body, { size: 'abcd' }))).toBe('"abcd" at byte 2 is no length of four digits');
    expect(wrong('hj212', text('QN=1'))).toBe('the packet does not begin with ##');
    expect(wrong('hj212', packet('ST=22'))).toBe('there is no data part CP=&&…&&');
    expect(wrong('hj212', packet(cp('nonsense')))).toBe('"nonsense" is no name=value');
  });

  it('marks instead of rejecting where it is told to', () => {
    expect(decode({ hj212: { check: 'mark' } }, packet(cp('a-Rtd=1'), { crc: '0000' }))).toMatchObject({
      valid: false,
    });
  });

  it('is bounded, and names of factors never reach a prototype', () => {
    const many = Array.from({ length: 300 }, (_, i) => `f${i}-Rtd=1`).join(';');
    expect(wrong('hj212', packet(cp(many)), { elements: 100 })).toBe('more than 100 fields');
    expect(read('__proto__=1;__proto__-Rtd=2').rows).toHaveLength(1);
    expect(({} as Record<string, unknown>).Rtd).toBeUndefined();
  });
});
