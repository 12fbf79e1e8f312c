import { describe, expect, it } from '@jest/globals';
import { showPayload } from '../../../../../apps/wall/src/console/payload.js';

const of = (bytes: string | number[]) => showPayload(Buffer.from(bytes as never).toString('base64'));

describe('showPayload', () => {
  it('indents JSON, whatever value it is', () => {
    expect(of('{"a":[1,"汉"]}')).toEqual({ kind: 'json', text: '{\n  "a": [\n    1,\n    "汉"\n  ]\n}', bytes: 15 });
    expect(of('5').kind).toBe('json');
  });
  it('shows text as it is, and bytes as hex with their letters', () => {
    expect(of('##0136QN=2016;\r\n')).toMatchObject({ kind: 'text', text: '##0136QN=2016;\r\n' });
    expect(of([0x7e, 2, 0, 1, 0xff, 0x41, 0x42, 0x43, 0x44])).toEqual({
      kind: 'hex',
      text: '0000  7e 02 00 01 ff 41 42 43  ~····ABC\n0008  44                       D',
      bytes: 9,
    });
    expect(of([0x7e, 0x02, 0x41]).kind).toBe('hex');
  });
  it('bounds a dump and tells the rest', () => {
    const shown = of(new Array(5_000).fill(255));
    expect(shown.text.split('\n')).toHaveLength(513);
    expect(shown.text).toMatch(/… \+ 904$/);
  });
  it('says that nothing is there', () => expect(of('')).toEqual({ kind: 'empty', text: '', bytes: 0 }));
});
