import { describe, expect, it } from '@jest/globals';
import { crc16Arc, hex16 } from '../../../../../libs/mapping/src/decode/checks.js';
import { Failure } from '../../../../../libs/mapping/src/failure.js';
import { decode, text, wrong } from './support.js';

function telegram(lines: string[], crc?: string): Uint8Array {
  const open = `/KFM5 test\r\n\r\n${lines.join('\r\n')}\r\n!`;
  return text(`${open}${crc ?? hex16(crc16Arc(text(open)))}\r\n`);
}
const rows = (lines: string[]): unknown[] => (decode('dsmr', telegram(lines)) as { rows: unknown[] }).rows;
const OWN = '0-0:96.1.1(4530303436)';

describe('dsmr', () => {
  it('gives meter, time and rows with number and unit', () => {
    expect(decode('dsmr', telegram(['0-0:1.0.0(260709083500S)', OWN, '1-0:1.8.1(001234.567*kWh)']))).toEqual({
      header: 'KFM5 test',
      id: '4530303436',
      at: '2026-07-09T08:35:00+02:00',
      valid: true,
      rows: [
        { obis: '0-0:1.0.0', text: '260709083500S', channel: 0, meter: '4530303436' },
        { obis: '0-0:96.1.1', text: '4530303436', value: 4_530_303_436, channel: 0, meter: '4530303436' },
        { obis: '1-0:1.8.1', text: '001234.567*kWh', value: 1234.567, unit: 'kWh', channel: 0, meter: '4530303436' },
      ],
    });
  });

  it('lines of a channel belong to the meter on it, with their own time; an empty id is none', () => {
    const list = rows([
      OWN,
      '0-1:96.1.0(47AB)',
      '0-1:24.2.1(260109083000W)(00812.345*m3)',
      '0-2:96.1.0()',
      '0-2:24.1.0(003)',
    ]);
    expect(list[2]).toMatchObject({ meter: '47AB', at: '2026-01-09T08:30:00+01:00', value: 812.345, unit: 'm3' });
    expect(list[4]).toEqual({ obis: '0-2:24.1.0', text: '003', value: 3, channel: 2 });
  });

  it('a broken line is a failure in its place', () => {
    expect(rows([OWN, '1-0:1.7.0(01.1'])[1]).toBeInstanceOf(Failure);
  });

  it('verifies the CRC where there is one', () => {
    expect(wrong('dsmr', telegram([OWN], '0000'))).toMatch(
      /^the CRC behind ! is 0000, the telegram gives [0-9A-F]{4}$/,
    );
    expect(decode({ dsmr: { check: 'mark' } }, telegram([OWN], '0000'))).toMatchObject({ valid: false });
    expect(decode('dsmr', text(`/old\r\n\r\n${OWN}\r\n!\r\n`))).not.toHaveProperty('valid');
  });

  it('says what is no telegram, and is bounded', () => {
    expect(wrong('dsmr', text('{}'))).toBe('a telegram begins with /');
    expect(wrong('dsmr', text('/abc\r\n1-0:1.7.0(1)'))).toBe('the telegram has no end (!)');
    expect(wrong('dsmr', text('/abc\r\n!12x'))).toBe('behind ! comes "12x", no CRC of four digits');
    expect(wrong('dsmr', telegram(Array.from({ length: 200 }, () => OWN)), { elements: 100 })).toBe(
      'more than 100 lines',
    );
  });
});
