import { gunzipSync } from 'node:zlib';
import { simulatorPayload } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { compileBytes, toBase64, toHex } from '../../../../libs/simulator/src/bytes.js';
import { compilePayload as compileParsed } from '../../../../libs/simulator/src/payload.js';
import { assetScope } from '../../../../libs/simulator/src/streams.js';
import { TemplateError } from '../../../../libs/simulator/src/template.js';
import type { Values } from '../../../../libs/simulator/src/values.js';
import { assetOf, cityOf } from './city.js';

const at = Date.parse('2026-07-09T14:35:00+08:00');
const scope = (values: Values, key = 'S0012', attributes = {}) =>
  assetScope(assetOf(key, attributes, 'segment'), values, at, cityOf(), 'A');
/** As it stands in simulator.yaml, and with the result taken for text. */
const compilePayload =
  (payload: unknown) =>
  (...[own, rows]: Parameters<ReturnType<typeof compileParsed>>): string =>
    compileParsed(simulatorPayload.parse(payload))(own, rows) as string;
const bytesOf = (payload: unknown, values: Values = level, rows = [scope(values)]): Uint8Array =>
  compileParsed(simulatorPayload.parse(payload))(scope(values), rows) as Uint8Array;
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
  it('knows both byte orders, signs, wide and real numbers', () => {
    const hex = (fields: unknown[]) => compilePayload({ bytes: fields, as: 'hex' })(scope(level), []);
    expect(
      hex([
        ['u16be', 258],
        ['u16le', 258],
        ['i16be', -2],
        ['i16le', -2],
        ['u32le', 1],
        ['i8', -1],
      ]),
    ).toBe('01020201fffefeff01000000ff');
    expect(
      hex([
        ['u24be', 66051],
        ['u24le', 66051],
        ['u48be', 1783578900000],
      ]),
    ).toBe('010203030201019f45963620');
    expect(
      hex([
        ['u64be', 'time.unix_ms'],
        ['i64le', -2],
      ]),
    ).toBe('0000019f45963620feffffffffffffff');
    expect(
      hex([
        ['f32be', 12.5],
        ['f64le', 12.5],
      ]),
    ).toBe('414800000000000000002940');
  });

  it('scales values, but not what is sent where there is none', () => {
    const fields = [
      ['u16be', 'value.v', 10],
      ['i16be', 'value.none', 10],
      ['u8', 3, 2],
    ];
    const values: Values = { v: { number: 231.04, decimals: 1 }, none: { missing: -9999 } };
    expect(compilePayload({ bytes: fields, as: 'hex' })(scope(values), [])).toBe('0906d8f106');
  });

  it('writes texts: filled up behind, digits in front', () => {
    const fields = [
      ['ascii', '{key}', 8],
      ['bcd', '138{key}', 6],
      ['hex', '7e 0a'],
      ['gbk', '垫小二'],
      ['utf8', '水'],
    ];
    expect(compilePayload({ bytes: fields, as: 'hex' })(scope(level, 'S12'), [])).toBe(
      '5331320000000000' + '000000013812' + '7e0a' + 'b5e6d0a1b6fe' + 'e6b0b4',
    );
  });

  it('writes tag, length, value; without a value the tag is left out', () => {
    const payload = {
      json: [
        '{key}',
        7,
        '{time.unix_ms}',
        {
          $bytes: [
            { tlv: 1, fields: [['u8', 'value.hr']] },
            { tlv: 2, fields: [['u8', 'value.spo2']] },
            { tlv: 3, fields: [['u16be', 'value.temp', 10]] },
            { tlv: 4, fields: [['u8', 'value.event']] },
          ],
        },
      ],
    };
    const values: Values = {
      hr: { number: 112, decimals: 0 },
      spo2: { number: 94, decimals: 0 },
      temp: { number: 36.8, decimals: 1 },
      event: { code: '2' },
    };
    const encode = compilePayload(payload);
    expect(encode(scope(values, '867'), [])).toBe('["867",7,"1783578900000","AQFwAgFeAwIBcAQBAg=="]');
    expect(encode(scope({ ...values, event: { missing: null } }, '867'), [])).toBe(
      '["867",7,"1783578900000","AQFwAgFeAwIBcA=="]',
    );
  });

  it('repeats fields a row, their number first', () => {
    const rows = [scope({ v: { number: 1, decimals: 0 } }, 'A'), scope({ v: { number: 2, decimals: 0 } }, 'B')];
    const payload = {
      bytes: [
        ['u8', 9],
        {
          each: [
            ['ascii', '{key}'],
            ['u8', 'value.v'],
          ],
          count: 'u16be',
        },
      ],
      as: 'hex',
    };
    expect(compilePayload(payload)(scope(level), rows)).toBe('09000241014202');
  });

  it('says what is no field', () => {
    expect(() => compileBytes([['u128', 1]] as never)).toThrow(RangeError);
    expect(() => compileBytes([['constructor', 1]] as never)).toThrow(RangeError);
    const told = simulatorPayload.safeParse({ json: { a: [{ $bytes: [['u17', 1]] }] } });
    expect(told.error?.issues[0]?.path).toEqual(['json', 'a', 0, '$bytes', 0]);
    const typo = simulatorPayload.safeParse({ json: { a: { $eech: '{key}' } } });
    expect(typo.error?.issues[0]).toMatchObject({ path: ['json', 'a', '$eech'], message: /none of \$, \$each/ });
  });

  it.each([0, 1, 2, 3, 4, 5])('writes base64 as everybody does, %i bytes', (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => 250 + i * 3);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  });
});

describe('json in other forms', () => {
  it('writes a tree as text inside the tree', () => {
    const payload = {
      json: { msgId: '{key}', data: { $json: { bedUsed: '{value.level}', icu: { $: 'value.level' } } } },
    };
    expect(compilePayload(payload)(scope(level), [])).toBe(
      '{"msgId":"S0012","data":"{\\"bedUsed\\":\\"462.44\\",\\"icu\\":462.44}"}',
    );
  });

  it('leaves out keys and rows that have no value', () => {
    const payload = {
      json: {
        a: { $: 'value.level', optional: true },
        b: { $: 'value.nothing', optional: true },
        c: { $: 'value.level', as: 'text', optional: true },
        rows: { $each: '{key}', when: 'value.level' },
        map: { $each: { z: { $: 'value.level' } }, key: '{key}' },
      },
    };
    const rows = [scope(level, 'S1'), scope({ ...level, level: { missing: null } }, 'S2')];
    expect(JSON.parse(compilePayload(payload)(scope(level), rows))).toEqual({
      a: 462.44,
      c: '462.44',
      rows: ['S1'],
      map: { S1: { z: 462.44 }, S2: { z: null } },
    });
  });

  it('writes numbers and times as platforms do', () => {
    const values: Values = {
      done: { number: 1204, decimals: 0 },
      sum: { number: -1234567.891, decimals: 3 },
      few: { number: 12, decimals: 0 },
      share: { number: 99.314, decimals: 2 },
      mask: { number: 5, decimals: 0 },
      none: { missing: '—' },
    };
    const payload = {
      json: {
        sljs: '{value.done:,}',
        sum: '{value.sum:,}',
        few: '{value.few:,}/{value.few:4}',
        hpl: '{value.share}%',
        al: '{value.mask:b8}',
        reg: '{value.done:x4}',
        none: '{value.none:,}',
        tze: '{value.share}亿元',
        gxsj: '{time.ago.1d:yyyy年MM月dd日}',
        day: '{time:yyyy/M/d HH:mm}',
        short: '{time:MM-dd HH:mm}',
        dense: '{time:yyyyMMddHHmmssSSS}',
        ms: '{time.unix_ms}',
        z: '{time.utc}',
        later: '{time.utc.in.6h:HH:mm}',
      },
    };
    expect(JSON.parse(compilePayload(payload)(scope(values), []))).toEqual({
      sljs: '1,204',
      sum: '-1,234,567.891',
      few: '12/0012',
      hpl: '99.31%',
      al: '00000101',
      reg: '04b4',
      none: '—',
      tze: '99.31亿元',
      gxsj: '2026年07月08日',
      day: '2026/7/9 14:35',
      short: '07-09 14:35',
      dense: '20260709143500000',
      ms: '1783578900000',
      z: '2026-07-09T06:35:00Z',
      later: '12:35',
    });
  });

  it('writes dates that lie as many days away as a value or an attribute says', () => {
    const encode = compilePayload({
      json: {
        gxsj: '{time.ago.value.idle:yyyy年MM月dd日}',
        qx: '{time.in.attribute.left:yyyyMMdd}',
        z: '{time.utc.ago.value.idle}',
      },
    });
    const row = scope({ idle: { number: 2, decimals: 0 } }, 'ZS031', { left: -4 });
    expect(JSON.parse(encode(row, []))).toEqual({ gxsj: '2026年07月07日', qx: '20260705', z: '2026-07-07T06:35:00Z' });
    expect(() => compilePayload({ text: '{time.ago.value.none}' })(scope(level), [])).toThrow(TemplateError);
    expect(() => compilePayload({ text: '{time.ago.soon}' })(scope(level), [])).toThrow(TemplateError);
  });
});

describe('bytes of texts', () => {
  it('writes GBK, with ? for what it has no sign for', () => {
    expect(toHex(bytesOf({ text: '垫小二🌊!', charset: 'gbk' }))).toBe('b5e6d0a1b6fe3f21');
  });

  it('writes GB 18030 so that it can be read back, whatever it is', () => {
    const text = '垫江 ÿ ḿ €·🌊𠀀ǹ end';
    const bytes = bytesOf({ text, charset: 'gb18030' });
    expect(new TextDecoder('gb18030', { fatal: true }).decode(bytes)).toBe(text);
  });

  it('puts the mark of UTF-8 in front, rows below a head, lines that end in CR LF', () => {
    const rows = [scope(level, 'S1'), scope({ ...level, level: { missing: '' } }, 'S2')];
    const payload = {
      lines: '{key},{time:yyyy/M/d HH:mm},{value.level}',
      header: 'station,time,sm',
      charset: 'utf-8-bom',
    };
    expect(Buffer.from(bytesOf(payload, level, rows)).toString()).toBe(
      '\uFEFFstation,time,sm\r\nS1,2026/7/9 14:35,462.44\r\nS2,2026/7/9 14:35,\r\n',
    );
    expect(compilePayload({ lines: '{key}', end: 'lf', when: 'value.level' })(scope(level), rows)).toBe('S1\n');
  });

  it('compresses, the same message always to the same bytes', () => {
    const payload = { json: { gw: '{key}', hex: { $bytes: [['u16be', 2310]], as: 'hex' } }, gzip: true };
    const bytes = bytesOf(payload);
    expect(toHex(bytes).startsWith('1f8b08000000000')).toBe(true);
    expect(gunzipSync(bytes).toString()).toBe('{"gw":"S0012","hex":"0906"}');
    expect(bytesOf(payload)).toEqual(bytes);
  });

  it('puts a packet of HJ 212 around its data, as the published one', () => {
    const hj212 =
      'QN={time:yyyyMMddHHmmss}123;ST=39;CN=2011;PW=123456;MN=DJGD5002310017;Flag=5;CP=&&DataTime={time:yyyyMMddHHmmss};' +
      'a34002-Rtd=86.0,a34002-Flag=N;a34004-Rtd=41.0,a34004-Flag=N;a01007-Rtd=6.4,a01007-Flag=N;LA-Rtd=68.2,LA-Flag=N&&';
    const told = Buffer.from(bytesOf({ hj212 })).toString();
    expect(told.slice(0, 6)).toBe('##0211');
    expect(told.slice(-6)).toBe('C181\r\n');
    expect(() => bytesOf({ hj212: 'x'.repeat(10_000) })).toThrow('10000 bytes');
  });
});
