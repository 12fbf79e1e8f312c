import { SpecError } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { Failure } from '../../../../libs/mapping/src/failure.js';
import { compileTimeForm } from '../../../../libs/mapping/src/time-form.js';
import { parseZone } from '../../../../libs/mapping/src/zone.js';
import { NOW } from './support.js';

const SHANGHAI = 'Asia/Shanghai';
const utc = (text: string): number => Date.parse(text);
const iso = (text: unknown, zone = SHANGHAI) => compileTimeForm('iso', undefined, zone)(text, NOW);
const pattern = (form: string, text: unknown, zone = SHANGHAI) => compileTimeForm('pattern', form, zone)(text, NOW);

describe('iso', () => {
  it.each([
    ['2026-07-09T06:35:00Z', '2026-07-09T06:35:00Z'],
    ['2026-07-09T14:35:00+08:00', '2026-07-09T06:35:00Z'],
    ['2026-07-09T14:35:00+0800', '2026-07-09T06:35:00Z'],
    ['2026-07-09T14:35:00+08', '2026-07-09T06:35:00Z'],
    ['2026-07-09T02:05:00.5-04:30', '2026-07-09T06:35:00.500Z'],
    ['2022-07-18T09:34:15.775023242+00:00', '2022-07-18T09:34:15.775Z'],
    ['2026-07-09T06:35:00.1234567Z', '2026-07-09T06:35:00.123Z'],
    ['2026-07-09T06:35:00,25Z', '2026-07-09T06:35:00.250Z'],
    ['2026-07-09 14:35:00', '2026-07-09T06:35:00Z'],
    ['2026-07-09  14:35', '2026-07-09T06:35:00Z'],
    ['2026-07-09T14:35', '2026-07-09T06:35:00Z'],
    ['2026/07/09 14:35:00', '2026-07-09T06:35:00Z'],
    [' 2026-07-09 14:35:00 +08:00 ', '2026-07-09T06:35:00Z'],
    ['20260709T143500+08', '2026-07-09T06:35:00Z'],
    ['20260709T143500', '2026-07-09T06:35:00Z'],
    ['2026-07-09', '2026-07-08T16:00:00Z'],
    ['2026-07-09T24:00:00+08:00', '2026-07-09T16:00:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
  ])('%j', (text, wanted) => {
    expect(iso(text)).toBe(utc(wanted));
  });

  it.each([
    '2026-09-31T00:00:00Z',
    '2026-13-01',
    '2026-02-29T00:00',
    '2026-07-09T25:00:00Z',
    '2026-07-09T10:61:00Z',
    '2026-00-10',
  ])('%j has the form, but there is no such instant', (text) => {
    expect(iso(text)).toBeNaN();
  });

  it.each([
    '',
    'now',
    '09.07.2026',
    '2026-07-09T',
    '2026-07-09T1:05',
    '2026-07-09T10:05:00 CEST',
    '2026-07-09T10:05:00.Z',
    '2026-07-09T10:05:00+25:00',
    '2026-7-9',
    20260709,
    null,
    {},
    'x'.repeat(100),
  ])('%j is not of the form', (text) => {
    expect(iso(text)).toBeInstanceOf(Failure);
  });
});

describe('unix', () => {
  const read = (form: 'unix' | 'unix_s' | 'unix_ms' | 'unix_us' | 'unix_ns', value: unknown) =>
    compileTimeForm(form, undefined, SHANGHAI)(value, NOW);
  it('reads numbers and their text in every size', () => {
    expect(read('unix_s', 1783578900)).toBe(1783578900000);
    expect(read('unix_s', '1783578900.25')).toBe(1783578900250);
    expect(read('unix_s', 1648481184.757)).toBe(1648481184757);
    expect(read('unix_ms', '1783578900123')).toBe(1783578900123);
    expect(read('unix_us', 1783578900123456)).toBe(1783578900123);
    expect(read('unix_ns', '1783578900123456789')).toBe(1783578900123);
  });
  it('tells sizes apart by magnitude when asked to', () => {
    for (const value of [1783578900, 1783578900000, 1783578900000000, '1783578900000000000']) {
      expect(read('unix', value)).toBe(1783578900000);
    }
  });
  it.each(['', 'abc', '0x12', true, null, {}, '12 s'])('%j is none', (value) => {
    expect(read('unix_s', value)).toBeInstanceOf(Failure);
  });
});

describe('patterns', () => {
  it.each([
    ['yyyyMMddHHmmss', '20260709143500', '2026-07-09T06:35:00Z'],
    ['yyyyMMddHHmmss', 20260709143500, '2026-07-09T06:35:00Z'],
    ['yyyyMMddHHmmssSSS', '20260709143500123', '2026-07-09T06:35:00.123Z'],
    ['yyMMddHHmm', '2607091435', '2026-07-09T06:35:00Z'],
    ['yyyy年M月d日 H时m分', '2026年7月9日 14时5分', '2026-07-09T06:05:00Z'],
    ['yyyy年M月d日', '2026年12月31日', '2026-12-30T16:00:00Z'],
    ["dd.MM.yyyy 'um' HH:mm", '09.07.2026 um 14:35', '2026-07-09T06:35:00Z'],
    ['yyyy-MM-dd HH:mm:ssXXX', '2026-07-09 06:35:00Z', '2026-07-09T06:35:00Z'],
    ['yyyy-MM-ddTHH:mm:ss.SX', '2026-07-09T08:35:00.5+02', '2026-07-09T06:35:00.500Z'],
  ])('%s', (form, text, wanted) => {
    expect(pattern(form, text)).toBe(utc(wanted));
  });

  it('takes the time of day nearest to receipt', () => {
    expect(pattern('HH:mm', '14:30')).toBe(utc('2026-07-09T14:30:00+08:00'));
    expect(pattern('HHmmss', '235959')).toBe(utc('2026-07-09T23:59:59+08:00'));
    expect(compileTimeForm('pattern', 'HH:mm', SHANGHAI)('23:58', utc('2026-07-09T00:01:00+08:00'))).toBe(
      utc('2026-07-08T23:58:00+08:00'),
    );
  });

  it('takes the day nearest to receipt where no year is written', () => {
    expect(pattern('MM-dd HH:mm', '07-09 14:35')).toBe(utc('2026-07-09T14:35:00+08:00'));
    expect(pattern('M月d日', '7月8日')).toBe(utc('2026-07-08T00:00:00+08:00'));
    const at = (receivedAt: string, text: string) =>
      compileTimeForm('pattern', 'MM-dd HH:mm', SHANGHAI)(text, utc(receivedAt));
    // the last minute of the old year is told in the new one, and a clock that is fast in the old one
    expect(at('2027-01-01T00:00:30+08:00', '12-31 23:59')).toBe(utc('2026-12-31T23:59:00+08:00'));
    expect(at('2026-12-31T23:59:30+08:00', '01-01 00:00')).toBe(utc('2027-01-01T00:00:00+08:00'));
    expect(at('2028-03-01T08:00:00+08:00', '02-29 23:00')).toBe(utc('2028-02-29T23:00:00+08:00'));
    expect(at('2026-07-09T14:35:00+08:00', '02-30 23:00')).toBeNaN();
  });

  it('knows the right form of no instant from the wrong form', () => {
    expect(pattern('yyyyMMdd', '20260931')).toBeNaN();
    for (const text of ['2026093', '202609311', 'yyyyMMdd', null, {}])
      expect(pattern('yyyyMMdd', text)).toBeInstanceOf(Failure);
  });

  it.each([undefined, '', 'yyy-MM-dd', 'yyyy-MM', 'mm:ss', "yyyy'", 'yyyyMMdd dd', 'SSSSS', 'x'.repeat(80)])(
    'refuses the pattern %j',
    (form) => {
      expect(() => compileTimeForm('pattern', form, SHANGHAI)).toThrow(SpecError);
    },
  );
});

describe('zones', () => {
  it('knows fixed offsets and the one clock of China without asking Intl', () => {
    expect(parseZone('+05:30')(0)).toBe(19_800_000);
    expect(parseZone('-0330')(0)).toBe(-12_600_000);
    expect(parseZone('UTC')(0)).toBe(0);
    expect(parseZone('Asia/Chongqing')(0)).toBe(28_800_000);
  });
  it('follows summer time of other zones', () => {
    expect(iso('2026-01-15T12:00', 'Europe/Berlin')).toBe(utc('2026-01-15T11:00:00Z'));
    expect(iso('2026-07-15T12:00', 'Europe/Berlin')).toBe(utc('2026-07-15T10:00:00Z'));
    expect(iso('2026-07-15T12:00', 'Asia/Kathmandu')).toBe(utc('2026-07-15T06:15:00Z'));
  });
  it('takes the first of an hour that comes twice, and counts on over one that is skipped', () => {
    expect(iso('2026-10-25T02:30', 'Europe/Berlin')).toBe(utc('2026-10-25T00:30:00Z'));
    expect(iso('2026-03-29T02:30', 'Europe/Berlin')).toBe(utc('2026-03-29T01:30:00Z'));
    expect(iso('2026-03-29T03:30', 'Europe/Berlin')).toBe(utc('2026-03-29T01:30:00Z'));
  });
  it.each(['Asia/Atlantis', '+19:00', '8', ''])('refuses %j', (name) => {
    expect(() => parseZone(name)).toThrow(SpecError);
  });
});
