import { DECODERS, type DecodeStep, Memory } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { compileDecoders } from '../../../../libs/mapping/src/decode/index.js';
import { DecodeError, Failure, SpecError } from '../../../../libs/mapping/src/failure.js';
import { bytes, NOW } from './support.js';

const SCOPE = {
  limits: { bytes: 1_048_576, depth: 32, elements: 100 },
  receivedAt: NOW,
  topic: 't',
  memory: new Memory(),
};
const decode = (spec: DecodeStep | DecodeStep[], payload: unknown): unknown =>
  compileDecoders(spec, {})(bytes(payload), SCOPE);
const refusal = (spec: DecodeStep | DecodeStep[], payload: unknown): string => {
  try {
    decode(spec, payload);
  } catch (error) {
    if (error instanceof DecodeError) return error.reason;
    throw error;
  }
  return 'accepted';
};
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the table of decoders', () => {
  it('has each name once, with a sentence', () => {
    const names = DECODERS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const { doc } of DECODERS) expect(doc).toMatch(/^[A-Z].*[^.]$/);
  });
  it.each<[DecodeStep | DecodeStep[]]>([
    ['gzip'],
    [[]],
    [{ csv: { head: true } }],
    [{ json: {}, xml: {} }],
    [{ kv: { pair: '' } }],
  ])('refuses %j', (spec) => {
    expect(() => compileDecoders(spec, {})).toThrow(SpecError);
  });
  it('takes more from outside, and watches what they give', () => {
    const twice = { twice: () => (input: unknown) => `${String(input)}${String(input)}` };
    const chain = compileDecoders(['text', 'twice', 'json'], twice);
    expect(chain(bytes('7'), SCOPE)).toBe(77);
    expect(() => chain(bytes('7'.repeat(600_000)), SCOPE)).toThrow(/after decoding/);
    let deep: unknown = 1;
    for (let i = 0; i < 40; i++) deep = { deep };
    expect(() => compileDecoders('tree', { tree: () => () => deep })(bytes(''), SCOPE)).toThrow(/nested/);
  });
});

describe('json', () => {
  it('reads text with a byte order mark, scalars and Chinese', () => {
    expect(decode('json', '\ufeff{"水位":1}')).toEqual({ 水位: 1 });
    expect(decode('json', '21.5')).toBe(21.5);
  });
  it.each(['', '{', '{"a":1,}', "{'a':1}", 'NaN', new Uint8Array([0xff, 0xfe]), new Uint8Array([0x22, 0xc0, 0x22])])(
    'refuses %p',
    (payload) => {
      expect(refusal('json', payload)).toBe('decode');
    },
  );
  it('counts depth, not brackets, and not what stands in strings', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(refusal('json', nested(32))).toBe('accepted');
    expect(refusal('json', nested(33))).toBe('too-deep');
    expect(refusal('json', `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)).toBe('too-deep');
    expect(refusal('json', `[${'{},'.repeat(500)}{}]`)).toBe('accepted');
    expect(refusal('json', `{"a":"${'[{'.repeat(100)}\\"${'['.repeat(50)}"}`)).toBe('accepted');
    expect(refusal('json', '['.repeat(1_000_000))).toBe('too-deep');
  });
  it('keeps whole numbers beyond 2^53 as text when asked to', () => {
    const text =
      '{"id":18446744073709551615,"n":-9007199254740993,"ok":9007199254740991,"f":1234567890123456.5,"s":"x 99999999999999999999"}';
    expect(decode({ json: { big: true } }, text)).toEqual({
      id: '18446744073709551615',
      n: '-9007199254740993',
      ok: 9007199254740991,
      f: 1234567890123456.5,
      s: 'x 99999999999999999999',
    });
  });
});

describe('text', () => {
  it('reads character sets strictly', () => {
    expect(decode('text', '水')).toBe('水');
    expect(decode('gbk', new Uint8Array([0xcb, 0xae]))).toBe('水');
    expect(decode(['gb18030', 'json'], new Uint8Array([0x22, 0xcb, 0xae, 0x22]))).toBe('水');
    expect(decode('latin1', new Uint8Array([0xe9]))).toBe('é');
    expect(refusal('text', new Uint8Array([0xcb, 0x28]))).toBe('decode');
    expect(refusal('gbk', new Uint8Array([0xff]))).toBe('decode');
  });
  it('unwraps hex and base64', () => {
    expect(decode('hex', '01 FF')).toEqual(new Uint8Array([1, 255]));
    expect(decode(['base64', 'json'], 'eyJhIjoxfQ==')).toEqual({ a: 1 });
    expect(refusal('hex', '0')).toBe('decode');
    expect(refusal('base64', '!!')).toBe('decode');
  });
});

describe('csv, kv, lines, ndjson', () => {
  it('reads a table with quotes, blank lines and either line end', () => {
    const text = 'id,name,v\r\n1,"a,b ""c""\nd",2\n\n2,,\n';
    expect(plain(decode('csv', text))).toEqual([
      { id: '1', name: 'a,b "c"\nd', v: '2' },
      { id: '2', name: '', v: '' },
    ]);
  });
  it('takes other signs, names of its own, and rows as lists', () => {
    expect(plain(decode({ csv: { separator: ';', columns: ['a', 'b'], skip: 1 } }, '#x\n1;2'))).toEqual([
      { a: '1', b: '2' },
    ]);
    expect(decode({ csv: { header: false } }, '1,2\n3,4')).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });
  it('refuses torn quotes and too many rows, and inherits nothing from names', () => {
    expect(refusal('csv', 'a\n"x')).toBe('decode');
    expect(refusal('csv', 'a\n"x"y')).toBe('decode');
    expect(refusal('csv', `a\n${'1\n'.repeat(200)}`)).toBe('too-many');
    const [row] = decode('csv', '__proto__,constructor\n1,2') as Record<string, unknown>[];
    expect(Object.getPrototypeOf(row)).toBeNull();
    expect(row?.constructor).toBe('2');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
  it('reads pairs', () => {
    expect(plain(decode('kv', 'ST=32; CN=2011 ;x;=1;a=b=c'))).toEqual({ ST: '32', CN: '2011', a: 'b=c' });
    expect(plain(decode({ kv: { pair: '&', assign: ':' } }, 'a:1&b:2'))).toEqual({ a: '1', b: '2' });
  });
  it('keeps the good lines of a broken file', () => {
    const list = decode('ndjson', '{"a":1}\n{oops\n\n{"a":2}\n') as unknown[];
    expect(list[0]).toEqual({ a: 1 });
    expect(list[1]).toBeInstanceOf(Failure);
    expect(list[2]).toEqual({ a: 2 });
    expect(decode('lines', 'a\r\nb\n')).toEqual(['a', 'b']);
    expect(refusal('lines', '\n'.repeat(200))).toBe('too-many');
  });
});

describe('xml', () => {
  it('reads a tree by local names, with attributes, text and lists', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
      <cap:alert xmlns:cap="urn:x"><cap:identifier>A&amp;1</cap:identifier><!-- c --><cap:info lang="zh"><cap:event>暴雨 &lt;红&gt; &#x6c34;</cap:event></cap:info>
      <note>t<b>1</b></note><raw><![CDATA[<x>&amp;]]></raw></cap:alert>`;
    expect(plain(decode({ xml: { arrays: ['info'] } }, text))).toMatchObject({
      alert: {
        identifier: 'A&1',
        info: [{ _lang: 'zh', event: '暴雨 <红> 水' }],
        note: { b: '1', _text: 't' },
      },
    });
  });
  it('reads the encoding it declares', () => {
    const head = bytes('<?xml version="1.0" encoding="GBK"?><a>');
    const payload = new Uint8Array([...head, 0xcb, 0xae, ...bytes('</a>')]);
    expect(plain(decode('xml', payload))).toEqual({ a: '水' });
    expect(refusal('xml', bytes('<?xml version="1.0" encoding="no-such"?><a/>'))).toBe('decode');
  });
  it.each([
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<!doctype a SYSTEM "file:///etc/passwd"><a/>',
    '<a><b></a>',
    'no markup',
    '',
  ])('refuses %s', (text) => {
    expect(refusal('xml', text)).toBe('decode');
  });
  it('refuses depth, and pollutes nothing', () => {
    expect(refusal('xml', '<a>'.repeat(33) + '</a>'.repeat(33))).toBe('too-deep');
    expect(refusal('xml', '<a>'.repeat(100_000))).toBe('too-deep');
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      refusal('xml', `<a><${name}><polluted>1</polluted></${name}></a>`);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('senml', () => {
  const read = (pack: unknown): unknown[] => plain(decode('senml', pack)) as unknown[];
  it('adds base values and sums', () => {
    expect(read([{ bn: 'm/', bv: 100, bs: 5, n: 'a', v: 2, s: 1 }])).toMatchObject([{ name: 'm/a', value: 102, s: 6 }]);
  });
  it('counts relative times from receipt, and leaves "now" to the caller', () => {
    expect(
      read([
        { n: 'a', v: 1, t: -5 },
        { n: 'b', v: 1, t: 0 },
        { n: 'c', v: 1 },
      ]),
    ).toMatchObject([
      { name: 'a', t: NOW / 1000 - 5 },
      expect.not.objectContaining({ t: expect.anything() }),
      expect.not.objectContaining({ t: expect.anything() }),
    ]);
  });
  it('takes a record of base fields alone as no measurement', () => {
    expect(read([{ bn: 'x', bt: 1783578900 }, { v: 1 }])).toMatchObject([{ name: 'x', t: 1783578900, value: 1 }]);
  });
  it('fails records alone', () => {
    const list = decode('senml', [
      { n: 'a', v: '1' },
      { n: 'b', vb: 1 },
      { n: 'c' },
      { n: 'd', v: 1, must_: 1 },
      { bver: 11, n: 'e', v: 1 },
      [],
      { n: 'f', v: 1 },
    ]) as unknown[];
    expect(list.map((one) => one instanceof Failure)).toEqual([true, true, true, true, true, true, false]);
  });
  it('refuses what is no pack, or too long a one', () => {
    expect(refusal('senml', '{}')).toBe('decode');
    expect(refusal('senml', '7')).toBe('decode');
    expect(refusal('senml', Array(200).fill({ n: 'a', v: 1 }))).toBe('too-many');
  });
});
