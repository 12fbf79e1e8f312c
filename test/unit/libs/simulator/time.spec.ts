import { describe, expect, it } from '@jest/globals';
import { formatTime, zoneOf } from '../../../../libs/simulator/src/time.js';

const at = Date.parse('2026-07-09T14:05:09.042+08:00');

describe('zoneOf', () => {
  it('knows zones by name and by offset', () => {
    for (const name of ['Asia/Shanghai', '+08:00']) {
      const local = zoneOf(name).local(at);
      expect(local).toMatchObject({
        year: 2026,
        month: 7,
        day: 9,
        hour: 14,
        minute: 5,
        second: 9,
        weekday: 4,
        offset: 480,
      });
    }
    expect(zoneOf('-03:30').offset(at)).toBe(-210);
    expect(() => zoneOf('Mars/Olympus')).toThrow(RangeError);
  });

  it('begins the day at local midnight, also where clocks change', () => {
    const china = zoneOf('Asia/Shanghai');
    expect(china.midnight(china.dayNumber(at))).toBe(Date.parse('2026-07-09T00:00:00+08:00'));
    const berlin = zoneOf('Europe/Berlin');
    // the day that has 23 hours
    const spring = Date.parse('2026-03-29T12:00:00+02:00');
    expect(berlin.midnight(berlin.dayNumber(spring))).toBe(Date.parse('2026-03-29T00:00:00+01:00'));
    expect(berlin.midnight(berlin.dayNumber(spring) + 1)).toBe(Date.parse('2026-03-30T00:00:00+02:00'));
  });

  it('counts from local midnight', () => {
    expect(zoneOf('Asia/Shanghai').local(at).sinceMidnight).toBe((14 * 3600 + 5 * 60 + 9) * 1000 + 42);
  });
});

describe('formatTime', () => {
  const zone = zoneOf('Asia/Shanghai');
  it.each([
    ['yyyy-MM-dd HH:mm:ss', '2026-07-09 14:05:09'],
    ['yyyyMMddHHmmss', '20260709140509'],
    ['yy/MM/dd HH:mm:ss.SSS', '26/07/09 14:05:09.042'],
    ["yyyy-MM-dd'T'HH:mm:ssXXX", '2026-07-09T14:05:09+08:00'],
  ])('%s', (pattern, text) => {
    expect(formatTime(at, pattern, zone)).toBe(text);
  });
});
