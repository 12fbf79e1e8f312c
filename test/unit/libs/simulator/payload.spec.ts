import { describe, expect, it } from '@jest/globals';
import { packBytes, toBase64, toHex } from '../../../../libs/simulator/src/bytes.js';
import { compilePayload } from '../../../../libs/simulator/src/payload.js';
import { assetScope } from '../../../../libs/simulator/src/streams.js';
import { TemplateError } from '../../../../libs/simulator/src/template.js';
import type { Values } from '../../../../libs/simulator/src/values.js';
import { assetOf, cityOf } from './city.js';

const at = Date.parse('2026-07-09T14:35:00+08:00');
const scope = (values: Values, key = 'S0012', attributes = {}) =>
  assetScope(assetOf(key, attributes, 'segment'), values, at, cityOf(), 'A');
const level: Values = {
  level: { number: 462.4449, decimals: 2 },
  none: { missing: '-9999' },
  nothing: { missing: null },
  mode: { code: '1' },
};

describe('json', () => {
  it('fills texts and keeps types where asked', () => {
    const encode = compilePayload({
      json: {
        id: '{key}',
        z: '{value.level}',
        n: { $: 'value.level' },
        tm: '{time:yyyy-MM-dd HH:mm:ss}',
        t: { $: 'time.unix_s' },
        ok: true,
        none: null,
        of: '{name} at {attribute.town}',
      },
    });
    expect(JSON.parse(encode(scope(level, 'S0012', { town: '桂溪街道' }), []))).toEqual({
      id: 'S0012',
      z: '462.44',
      n: 462.44,
      tm: '2026-07-09 14:35:00',
      t: 1783578900,
      ok: true,
      none: null,
      of: 'asset S0012 at 桂溪街道',
    });
  });

  it('sends what the platform sends for a value it does not have', () => {
    const encode = compilePayload({
      json: {
        a: '{value.none}',
        b: { $: 'value.none' },
        c: '{value.nothing}',
        d: { $: 'value.nothing' },
        e: 'is {value.nothing}.',
      },
    });
    expect(JSON.parse(encode(scope(level), []))).toEqual({ a: '-9999', b: '-9999', c: null, d: null, e: 'is .' });
  });

  it('writes no minus zero', () => {
    const encode = compilePayload({ json: { a: '{value.x}', b: { $: 'value.x' } } });
    expect(encode(scope({ x: { number: -0.004, decimals: 2 } }), [])).toBe('{"a":"0.00","b":0}');
  });

  it('makes a columnar table out of the rows', () => {
    const encode = compilePayload({
      json: { t: { $: 'time.unix_s' }, cols: ['id', 'v'], rows: { $each: ['{key}', { $: 'value.level' }] } },
    });
    const rows = [scope(level, 'S1'), scope({ ...level, level: { missing: null } }, 'S2')];
    expect(encode(scope(level), rows)).toBe('{"t":1783578900,"cols":["id","v"],"rows":[["S1",462.44],["S2",null]]}');
  });

  it('packs bytes as published: version, tilt 38, water, battery 87, RSRP -101, time', () => {
    const encode = compilePayload({
      json: {
        data: {
          $bytes: [
            ['u8', 1],
            ['u8', 'value.tilt'],
            ['u8', 1],
            ['u8', 87],
            ['i8', -101],
            ['u32be', 'time.unix_s'],
          ],
        },
      },
    });
    expect(encode(scope({ tilt: { number: 38, decimals: 0 } }), [])).toBe('{"data":"ASYBV5tqT0EU"}');
  });

  it('names a placeholder that nothing stands behind', () => {
    const encode = compilePayload({ json: { a: '{value.lvel}' } });
    expect(() => encode(scope(level), [])).toThrow(TemplateError);
    expect(() => encode(scope(level), [])).toThrow('{value.lvel}');
    expect(() => compilePayload({ text: '{constructor}' })(scope(level), [])).toThrow(TemplateError);
    expect(() => compilePayload({ text: '{attribute.__proto__}' })(scope(level), [])).toThrow(TemplateError);
  });
});

describe('other encoders', () => {
  it('text and lines', () => {
    expect(compilePayload({ text: 'state {value.mode}' })(scope(level), [])).toBe('state 1');
    const rows = [scope(level, 'L1'), scope({ ...level, level: { missing: '' } }, 'L2')];
    expect(compilePayload({ lines: '{key},{value.level}' })(scope(level), rows)).toBe('L1,462.44\r\nL2,\r\n');
  });

  it('xml escapes values and nothing else', () => {
    const hostile = scope({ x: { code: '<a href="1">&\'' } });
    expect(compilePayload({ xml: '<v a="{value.x}"/>' })(hostile, [])).toBe(
      '<v a="&lt;a href=&quot;1&quot;&gt;&amp;&apos;"/>',
    );
  });
});

describe('bytes', () => {
  it('knows both byte orders and signs', () => {
    const bytes = packBytes([
      ['u16be', 258],
      ['u16le', 258],
      ['i16be', -2],
      ['i16le', -2],
      ['u32le', 1],
      ['i8', -1],
    ]);
    expect(toHex(bytes)).toBe('01020201fffefeff01000000ff');
    expect(() => packBytes([['u128', 1]])).toThrow(RangeError);
    expect(() => packBytes([['constructor', 1]])).toThrow(RangeError);
  });

  it.each([0, 1, 2, 3, 4, 5])('writes base64 as everybody does, %i bytes', (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => 250 + i * 3);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  });
});
