import { describe, expect, it } from '@jest/globals';
import { SpecError } from '../../../../../libs/mapping/src/failure.js';
import { decode, hexBytes, wrong } from './support.js';

const types = {
  '0175': { name: 'battery', type: 'u8' },
  '0367': { name: 'temperature', type: 'i16', scale: 0.1 },
  '20 CE': {
    name: 'history',
    many: true,
    fields: [
      { name: 'at', type: 'u32' },
      { name: 'v', type: 'u8' },
    ],
  },
  '0400': { name: 'state', type: 'u8', bits: { open: 0 } },
};
const table = { tlv: { id: 2, little: true, types } };
const sized = (unknown?: string) => ({
  tlv: { length: 1, types: { '01': { name: 'a', type: 'u16' } }, ...(unknown && { unknown }) },
});

describe('tlv', () => {
  it('reads known ids with lengths of the table; the last of an id stands', () => {
    expect(decode(table, hexBytes('017563 0367 f6ff 017562'))).toEqual({ battery: 98, temperature: -1 });
  });

  it('lists what comes more than once, and takes bits apart', () => {
    expect(decode(table, hexBytes('20ce 01000000 07 20ce 02000000 08 0400 01'))).toEqual({
      history: [
        { at: 1, v: 7 },
        { at: 2, v: 8 },
      ],
      state: 1,
      open: true,
    });
  });

  it('rejects an unknown id, or keeps what came before it', () => {
    expect(wrong(table, hexBytes('017563 9999 01'))).toBe('the id 9999 at byte 3 is not known');
    expect(decode({ tlv: { ...table.tlv, unknown: 'stop' } }, hexBytes('017563 9999 01'))).toEqual({
      battery: 99,
      rest: '999901',
    });
  });

  it('steps over an unknown id where lengths are sent', () => {
    expect(decode(sized('skip'), hexBytes('07 03 aabbcc 01 02 0102'))).toEqual({ a: 258 });
    expect(wrong(sized('skip'), hexBytes('07 03 aa'))).toContain('3 are needed at byte 2');
  });

  it('rejects a value that is longer or shorter than its table says', () => {
    expect(wrong(sized(), hexBytes('01 03 010203'))).toBe(
      'the value of 01 at byte 0 has 3 bytes, 1 more than it needs',
    );
    expect(wrong(sized(), hexBytes('01 01 01'))).toContain('the value of 01 at byte 0 ends at byte 1');
  });

  it('refuses tables that cannot work', () => {
    expect(() => decode({ tlv: { types, id: 1 } }, hexBytes(''))).toThrow(SpecError);
    expect(() => decode({ tlv: { types: {}, unknown: 'skip' } }, hexBytes(''))).toThrow('needs length');
    expect(() => decode({ tlv: { types: { '01': { type: 'u8' } } } }, hexBytes(''))).toThrow('needs a name');
  });

  it('is bounded', () => {
    expect(wrong({ tlv: { types: { '00': { name: 'a', type: 'u8' } } } }, new Uint8Array(400), { elements: 100 })).toBe(
      'more than 100 values',
    );
  });
});
