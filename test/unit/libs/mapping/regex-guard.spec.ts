import { describe, expect, it } from '@jest/globals';
import { REGEX_INPUT, safeRegex } from '../../../../libs/mapping/src/regex-guard.js';

describe('safeRegex', () => {
  it.each([
    '(a+)+',
    '(a*)*b',
    '(a|aa)+',
    '(?:x+y?)*',
    '([a-z]+)*$',
    '(\\d{1,3})+',
    '((a+))+',
    '.*.*',
    'a+a+x',
    '\\d+\\.?\\d+x',
    '\\d+(?:a)?\\d+x',
    '\\d+1\\d+x',
    '(?:x|\\d+)\\d+y',
    '(a)\\1',
    '(?=a)b',
    '(?<!a)b',
    'x.*y.*z.*w',
    '^.*a.*b.*c.*d',
    '[',
    'a'.repeat(501),
  ])('refuses %s', (pattern) => {
    expect(() => safeRegex(pattern)).toThrow();
  });

  it.each([
    ['(\\d+(?:\\.\\d+)?) ?km', '12.3 km'],
    ['^\\s*[^,\\s]+,([^,\\s]+),', 'sender,identifier,sent'],
    ['K(?<from>\\d+)\\+(?<m>\\d{3})', 'K1703+200'],
    ['降雨(\\d+)毫米.{0,40}?(\\d+)小时', '降雨32毫米，预计3小时'],
    ['\\w+@\\w+\\.cn', 'a@b.cn'],
    ['^.*a.*b', 'xxaxxb'],
    ['^\\d+\\.?\\d+$', '12.5'],
    ['(red|orange|yellow|blue)', 'orange'],
    ['^.*水位(\\d+)', '龙滩水位462'],
    ['(?:[0-9a-f]{2}:){5}[0-9a-f]{2}', '00:11:22:33:44:55'],
  ])('accepts %s', (pattern, text) => {
    expect(safeRegex(pattern).test(text)).toBe(true);
  });

  it('what it accepts does not run away on the worst texts', () => {
    const patterns = ['(\\d+(?:\\.\\d+)?) ?km', '^.*a.*b', 'a.*b', '(?:ab){2}\\d+', '^[^,]+,[^,]+,x', '\\w+@\\w+\\.'];
    const hostile = ['a', 'ab', '1', '1.', ',', 'a,', 'w@'].map((unit) =>
      unit.repeat(REGEX_INPUT).slice(0, REGEX_INPUT),
    );
    for (const pattern of patterns) {
      const regex = safeRegex(pattern);
      for (const text of hostile) {
        const start = performance.now();
        regex.test(text);
        expect(performance.now() - start).toBeLessThan(500);
      }
    }
  });
});
