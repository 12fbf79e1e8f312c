import { describe, expect, it } from '@jest/globals';
import { toHex } from '../../../../../libs/mapping/src/base64.js';
import { crc16Modbus, hex16 } from '../../../../../libs/mapping/src/decode/checks.js';
import { Failure } from '../../../../../libs/mapping/src/failure.js';
import { decode, hexBytes, wrong } from './support.js';

const HEAD = '0007 260709143501 f1f1 0050231107 48 f0f0 2607091435';

function frame(code: string, content: string, change: { crc?: string; size?: number } = {}): Uint8Array {
  const body = hexBytes(content);
  const size = (change.size ?? body.length).toString(16).padStart(4, '0');
  const all = `7e7e 01 0050231107 0000 ${code} ${size} 02 ${toHex(body)} 03`;
  return hexBytes(all + (change.crc ?? hex16(crc16Modbus(hexBytes(all)))));
}
const elements = (code: string, content: string): unknown[] =>
  (decode('sl651', frame(code, content)) as { elements: unknown[] }).elements;

describe('sl651', () => {
  it('gives station, function, times and elements scaled as the frame says', () => {
    expect(decode('sl651', frame('32', `${HEAD} 3923 00462440 3812 1236`))).toEqual({
      center: '01',
      station: '0050231107',
      function: '32',
      serial: 7,
      sentAt: '2026-07-09T14:35:01+08:00',
      class: 'H',
      valid: true,
      elements: [
        { id: '39', at: '2026-07-09T14:35:00+08:00', value: 462.44 },
        { id: '38', at: '2026-07-09T14:35:00+08:00', value: 12.36 },
      ],
    });
  });

  it('FF alone is none, FF before digits is below zero, ids may have two bytes', () => {
    expect(elements('32', `${HEAD} 2019 ffffff 0219 ff0035 ff0108 07`)).toMatchObject([
      { id: '20', value: null },
      { id: '02', value: -3.5 },
      { id: 'ff01', value: 7 },
    ]);
  });

  it('an element that is not of decimal digits is a failure in its place', () => {
    const [bad, good] = elements('32', `${HEAD} 3923 004a2440 3812 1236`) as { value: unknown }[];
    expect(bad?.value).toBeInstanceOf(Failure);
    expect(good?.value).toBe(12.36);
  });

  it('counts five minutes on through an hour, over midnight', () => {
    const list = elements(
      '34',
      '0009 260710000012 f1f1 0050231107 50 f0f0 2607092355 f460 00030aff0000000000000001',
    ) as {
      at: string;
      value: unknown;
    }[];
    expect(list).toHaveLength(12);
    expect(list.slice(0, 4).map(({ value }) => value)).toEqual([0, 0.3, 1, null]);
    expect(list[1]?.at).toBe('2026-07-09T16:00:00.000Z');
  });

  it('levels of five minutes have two bytes and hundredths', () => {
    const list = elements('34', `${HEAD} f5c0 000c ffff ${'0031'.repeat(10)}`) as { value: unknown }[];
    expect(list.map(({ value }) => value).slice(0, 3)).toEqual([0.12, null, 0.49]);
  });

  it('a uniform report says the element once and its values to the end', () => {
    expect(elements('31', `${HEAD} 0418 000010 3923 00462100 00462110`)).toEqual([
      { id: '39', at: '2026-07-09T06:35:00.000Z', value: 462.1 },
      { id: '39', at: '2026-07-09T06:45:00.000Z', value: 462.11 },
    ]);
  });

  it('says what is wrong and where', () => {
    const good = frame('32', `${HEAD} 3812 1236`);
    expect(wrong('sl651', frame('32', `${HEAD} 3812 1236`, { crc: 'ffff' }))).toMatch(
      /^the CRC at byte 42 is FFFF, the bytes/,
    );
    expect(wrong('sl651', good.subarray(0, 30))).toMatch(/^the frame ends at byte 30; \d+ are needed at byte 14$/);
    expect(wrong('sl651', frame('32', `${HEAD} 3812 1236`, { size: 20 }))).toMatch(
      /^the length says 20 bytes, byte \d+ behind/,
    );
    expect(wrong('sl651', frame('32', `${HEAD} 3823 1236`))).toMatch(/^the text of the frame ends at byte/);
    expect(wrong('sl651', hexBytes('7e7f'))).toBe('the frame does not begin with 7E7E');
    expect(wrong('sl651', new Uint8Array([...good, 1]))).toBe('1 bytes follow the CRC');
  });

  it('marks instead of rejecting where it is told to', () => {
    expect(decode({ sl651: { check: 'mark' } }, frame('2f', '0007 260709143501', { crc: '0000' }))).toMatchObject({
      valid: false,
      elements: [],
    });
  });
});
