import { describe, expect, it } from '@jest/globals';
import { xorOf } from '../../../../../libs/mapping/src/decode/checks.js';
import { Failure } from '../../../../../libs/mapping/src/failure.js';
import { decode, hexBytes, wrong } from './support.js';

const POSITION = '00000002 00000003 01ced4f6 06661b6e 01b0 016d 007e 260709143455';

function frame(
  message: string,
  body: string,
  change: { properties?: number; head?: string; sum?: number } = {},
): Uint8Array {
  const content = hexBytes(body);
  const properties = (change.properties ?? content.length).toString(16).padStart(4, '0');
  const plain = new Uint8Array([
    ...hexBytes(`${message}${properties}${change.head ?? '023107000126'}7e7d`),
    ...content,
  ]);
  const escaped = [...plain, change.sum ?? xorOf(plain)].flatMap((byte) =>
    byte === 0x7e ? [0x7d, 2] : byte === 0x7d ? [0x7d, 1] : [byte],
  );
  return new Uint8Array([0x7e, ...escaped, 0x7e]);
}
const positions = (message: string, body: string): Record<string, unknown>[] =>
  (decode('jtt808', frame(message, body)) as { positions: Record<string, unknown>[] }).positions;

describe('jtt808', () => {
  it('undoes escapes and reads a position with its extras', () => {
    expect(decode('jtt808', frame('0200', `${POSITION} 0104 0001e9f6 eb02 beef`))).toEqual({
      message: '0200',
      phone: '023107000126',
      serial: 0x7e7d,
      encrypted: false,
      positions: [
        {
          alarm: 2,
          alarms: [1],
          status: 3,
          acc: true,
          fixed: true,
          encrypted: false,
          lat: 30.33215,
          lon: 107.35499,
          altitude: 432,
          speed: 36.5,
          direction: 126,
          at: '2026-07-09T14:34:55+08:00',
          mileage: 12_543,
          extras: [{ id: 0xeb, hex: 'beef' }],
        },
      ],
    });
  });

  it('status turns the signs; no clock is no time; the highest alarm bit counts', () => {
    const [one] = positions('0200', '80000000 0000000e 00bebc20 00bebc20 0000 0000 0000 000000000000');
    expect(one).toMatchObject({ lat: -12.5, lon: -12.5, alarms: [31], at: undefined });
  });

  it('reads bulk positions; one that is too short is a failure in its place', () => {
    const [bad, good] = positions('0704', `0002 00 0002 0000 001c ${POSITION}`);
    expect(bad).toBeInstanceOf(Failure);
    expect(good).toMatchObject({ speed: 36.5 });
  });

  it('reads the longer head of 2019', () => {
    const bytes = frame('0200', POSITION, { properties: 0x401c, head: '01 00000000013900010002' });
    expect(decode('jtt808', bytes)).toMatchObject({ version: 1, phone: '013900010002' });
  });

  it('does not open parts and encrypted messages, and keeps others as hex', () => {
    expect(decode('jtt808', frame('0002', ''))).toMatchObject({ positions: [], body: '' });
    expect(decode('jtt808', frame('0900', 'f00102'))).toMatchObject({ positions: [], body: 'f00102' });
    expect(decode('jtt808', frame('0200', POSITION, { properties: 0x041c }))).toMatchObject({
      encrypted: true,
      positions: [],
    });
  });

  it('says what is wrong and where', () => {
    const good = frame('0200', POSITION);
    expect(wrong('jtt808', frame('0200', POSITION, { sum: 0 }))).toMatch(
      /^the check byte is 00, the bytes before it give [0-9a-f]{2}$/,
    );
    expect(wrong('jtt808', good.subarray(0, 20))).toBe('the frame does not end with 7E');
    expect(wrong('jtt808', good.subarray(1))).toBe('the frame does not begin with 7E');
    expect(wrong('jtt808', hexBytes('7e 01 7d 03 7e'))).toBe('7D at byte 2 is followed by neither 01 nor 02');
    expect(wrong('jtt808', hexBytes('7e 01 7e 03 7e'))).toBe('7E within the frame at byte 2');
    expect(wrong('jtt808', frame('0200', POSITION, { properties: 5 }))).toMatch(
      /^the header says 5 bytes of body at byte 12/,
    );
    expect(wrong('jtt808', hexBytes('7e 7e'))).toBe('the check byte is missing, the bytes before it give 00');
  });
});
