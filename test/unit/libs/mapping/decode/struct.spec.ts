import { describe, expect, it } from '@jest/globals';
import { SpecError } from '../../../../../libs/mapping/src/failure.js';
import { decode, hexBytes, wrong } from './support.js';

const struct = (fields: unknown[], more: object = {}) => ({ struct: { fields, ...more } });

describe('struct', () => {
  it('reads whole numbers of either order and sign', () => {
    const fields = [
      { name: 'a', type: 'u8' },
      { name: 'b', type: 'i8' },
      { name: 'c', type: 'u16' },
      { name: 'd', type: 'i16', little: true },
      { name: 'e', type: 'u24' },
      { name: 'f', type: 'i32' },
    ];
    expect(decode(struct(fields), hexBytes('ff ff 0102 feff 010203 fffffff6'))).toEqual({
      a: 255,
      b: -1,
      c: 258,
      d: -2,
      e: 66_051,
      f: -10,
    });
  });

  it('keeps 64 bits beyond 2^53 as text', () => {
    const fields = [
      { name: 'small', type: 'u64' },
      { name: 'large', type: 'u64' },
      { name: 'minus', type: 'i64' },
    ];
    expect(decode(struct(fields), hexBytes('0000000000000007 0020000000000001 ffffffffffffffff'))).toEqual({
      small: 7,
      large: '9007199254740993',
      minus: -1,
    });
  });

  it('reads floats, swapped words and leaves out what is no number', () => {
    const fields = [
      { name: 'f', type: 'f32' },
      { name: 'cdab', type: 'f32', words: 'swapped' },
      { name: 'dcba', type: 'f32', little: true },
      { name: 'd', type: 'f64' },
      { name: 'nan', type: 'f32' },
    ];
    expect(decode(struct(fields), hexBytes('41480000 00004148 00004841 4029000000000000 7fc00000'))).toEqual({
      f: 12.5,
      cdab: 12.5,
      dcba: 12.5,
      d: 12.5,
    });
  });

  it('scales without binary dirt, moves, and leaves markers out', () => {
    const fields = [
      { name: 't', type: 'i16', scale: 0.1, missing: [0x7fff] },
      { name: 'u', type: 'i16', scale: 0.1, missing: [0x7fff] },
      { name: 'k', type: 'u8', offset: -40 },
    ];
    expect(decode(struct(fields), hexBytes('00de 7fff 40'))).toEqual({ t: 22.2, k: 24 });
  });

  it('reads texts: ASCII up to its NUL, GBK, hex, BCD', () => {
    const fields = [
      { name: 'sn', type: 'ascii', size: 6 },
      { name: 'name', type: 'gbk', size: 4 },
      { name: 'raw', type: 'hex', size: 2 },
      { name: 'phone', type: 'bcd', size: 3 },
    ];
    expect(decode(struct(fields), hexBytes('444a30370000 cbaecebb beef 013912'))).toEqual({
      sn: 'DJ07',
      name: '水位',
      raw: 'beef',
      phone: '013912',
    });
  });

  it('takes bits apart', () => {
    const fields = [{ name: 'state', type: 'u8', bits: { open: 0, low: 1, battery: [4, 4] } }];
    expect(decode(struct(fields), hexBytes('a1'))).toEqual({ state: 161, open: true, low: false, battery: 10 });
  });

  it('repeats by a number, by a field, to the end', () => {
    const fields = [
      { name: 'n', type: 'u8' },
      { name: 'pairs', repeat: 'n', fields: [{ name: 'v', type: 'u8' }] },
      { name: 'rest', repeat: 'rest', fields: [{ name: 'w', type: 'u16' }] },
    ];
    expect(decode(struct(fields), hexBytes('02 07 08 0001 0002'))).toEqual({
      n: 2,
      pairs: [{ v: 7 }, { v: 8 }],
      rest: [{ w: 1 }, { w: 2 }],
    });
  });

  it('goes to a place, from the beginning or the end, and steps over bytes', () => {
    const fields = [
      { name: 'last', type: 'u8', at: -1 },
      { name: 'first', type: 'u8', at: 0 },
      { skip: 2 },
      { name: 'd', type: 'u8' },
    ];
    expect(decode(struct(fields), hexBytes('01 02 03 04'))).toEqual({ last: 4, first: 1, d: 4 });
  });

  it('says where bytes are missing, what does not fit and what is left', () => {
    const fields = [
      { name: 'a', type: 'u8', is: 2 },
      { name: 'b', type: 'u16' },
    ];
    expect(wrong(struct(fields), hexBytes('02 01'))).toBe('the payload ends at byte 2; 2 are needed at byte 1');
    expect(wrong(struct(fields), hexBytes('03 0102'))).toBe('a at byte 0 is 3, not 2');
    expect(wrong(struct(fields), hexBytes('02 0102 ff'))).toBe('1 bytes follow the last field at byte 3');
    expect(decode(struct(fields, { more: true }), hexBytes('02 0102 ff'))).toEqual({ a: 2, b: 258 });
    expect(wrong(struct([{ name: 'p', type: 'bcd', size: 1 }]), hexBytes('3f'))).toBe('3f are no decimal digits');
  });

  it('is bounded where a payload asks for much', () => {
    const fields = [
      { name: 'n', type: 'u32' },
      { name: 'list', repeat: 'n', fields: [{ name: 'e', type: 'u8', optional: true }] },
    ];
    expect(wrong(struct(fields), hexBytes('ffffffff 01'))).toBe('list repeats without using bytes');
    const many = [{ name: 'list', repeat: 'rest', fields: [{ name: 'e', type: 'u8' }] }];
    expect(wrong(struct(many), new Uint8Array(500), { elements: 100 })).toBe('too many fields');
  });

  it('names from a pack never reach a prototype', () => {
    const out = decode(struct([{ name: '__proto__', type: 'u8' }]), hexBytes('01')) as object;
    expect(Object.getPrototypeOf(out)).toBeNull();
  });

  it.each([
    [[{ name: 'a', type: 'u9' }], 'is no type'],
    [[{ name: 'a', type: 'ascii' }], 'needs a size'],
    [[{ name: 'a', type: 'u8', size: 1 }], 'has its own size'],
    [[{ type: 'u8' }], 'needs a name'],
    [[{ name: 'a', type: 'hex', size: 'n' }], 'no field "n" is read before'],
    [[{ name: 'a', type: 'ascii', size: 2, scale: 2 }], 'are for numbers'],
    [[{ repeat: 2, fields: [{ name: 'a', type: 'u8' }] }], 'need a name'],
  ])('refuses %j', (fields, why) => {
    expect(() => decode(struct(fields), hexBytes('00'))).toThrow(SpecError);
    expect(() => decode(struct(fields), hexBytes('00'))).toThrow(why);
  });
});
