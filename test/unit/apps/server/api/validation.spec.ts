import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../../../../../apps/server/src/api/problem.js';
import { queries } from '../../../../../apps/server/src/api/schemas/city.js';
import { durationParameter, timeParameter } from '../../../../../apps/server/src/api/schemas/common.js';
import { logInBody } from '../../../../../apps/server/src/api/schemas/session.js';
import { Validated } from '../../../../../apps/server/src/api/validation.js';

function refused(schema: keyof typeof queries, query: unknown): Problem {
  try {
    new Validated(queries[schema], 'query').transform(query);
  } catch (error) {
    return error as Problem;
  }
  throw new Error('was taken');
}

describe('query', () => {
  it('has defaults and turns texts into what they mean', () => {
    const taken = new Validated(queries.assets, 'query').transform({ bbox: '107.2,30.1,107.6,30.5', limit: '7' });
    expect(taken).toEqual({ bbox: [107.2, 30.1, 107.6, 30.5], limit: 7 });
    expect(new Validated(queries.assets, 'query').transform(undefined)).toEqual({ limit: 100 });
  });

  it('names an unknown parameter and the known ones', () => {
    const problem = refused('assets', { sytem: 'water' });
    expect(problem.reason).toBe('invalid-parameter');
    expect(problem.extra.parameters).toEqual([
      {
        name: 'sytem',
        in: 'query',
        detail: 'is not a parameter here',
        allowed: ['system', 'bbox', 'q', 'limit', 'cursor'],
      },
    ]);
  });

  it('names the allowed values', () => {
    const [parameter] = refused('rejections', { reason: 'whatever' }).extra.parameters ?? [];
    expect(parameter).toMatchObject({
      name: 'reason',
      in: 'query',
      allowed: expect.arrayContaining(['decode', 'missing']),
    });
  });

  it('tells everything at once', () => {
    const names = refused('assets', { limit: '0', bbox: '1,2', x: '1' }).extra.parameters?.map(({ name }) => name);
    expect(names?.sort()).toEqual(['bbox', 'limit', 'x']);
  });

  it.each(['0', '1001', '-1', '1.5', 'ten', '', '1e2', '99999999'])('refuses limit %p', (limit) => {
    expect(refused('systems', { limit }).extra.parameters).toMatchObject([{ name: 'limit' }]);
  });

  it('refuses a parameter given twice, and a prototype', () => {
    expect(refused('systems', { limit: ['1', '2'] }).extra.parameters).toEqual([
      { name: 'limit', in: 'query', detail: 'is given more than once' },
    ]);
    expect(refused('systems', JSON.parse('{"__proto__":"1"}')).extra.parameters).toMatchObject([{ name: '__proto__' }]);
    expect(refused('systems', JSON.parse('{"constructor":"1"}')).extra.parameters).toMatchObject([
      { name: 'constructor' },
    ]);
  });

  it.each(['107,30,106,31', '1,2,3', 'a,b,c,d', '1,2,3,4,5', '-181,0,0,0', ',,,', '0,0,0,91'])(
    'refuses bbox %s',
    (bbox) => {
      expect(refused('assets', { bbox }).extra.parameters).toMatchObject([{ name: 'bbox' }]);
    },
  );

  it('since is a time or a seq', () => {
    const since = (text: string) => new Validated(queries.readings, 'query').transform({ since: text }).since;
    expect(since('7380000000000123')).toEqual({ seq: 7_380_000_000_000_123 });
    expect(since('1970-01-01T08:00:01+08:00')).toEqual({ at: 1_000 });
    expect(refused('readings', { since: 'yesterday' }).extra.parameters).toMatchObject([
      { name: 'since', detail: 'must be ISO 8601 with offset, or the seq of a reading' },
    ]);
  });
});

describe('time', () => {
  it('needs an offset; an unencoded plus arrives as a blank', () => {
    expect(timeParameter.parse('2026-07-09T14:35:02+08:00')).toBe(Date.UTC(2026, 6, 9, 6, 35, 2));
    expect(timeParameter.parse('2026-07-09T14:35:02 08:00')).toBe(Date.UTC(2026, 6, 9, 6, 35, 2));
    expect(timeParameter.parse('2026-07-09T06:35:02.5Z')).toBe(Date.UTC(2026, 6, 9, 6, 35, 2, 500));
    for (const text of ['2026-07-09T14:35:02', '2026-07-09', '1783578902000', '2026-13-09T14:35:02Z']) {
      expect(timeParameter.safeParse(text).success).toBe(false);
    }
  });
});

describe('duration', () => {
  it.each([
    ['60000', 60_000],
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
  ])('%s', (text, ms) => {
    expect(durationParameter.parse(text)).toBe(ms);
  });

  it.each(['1w', '-1m', '1.5h', 'm', ''])('refuses %p', (text) => {
    expect(durationParameter.safeParse(text).success).toBe(false);
  });
});

describe('body', () => {
  it('says what is missing', () => {
    const check = () => new Validated(logInBody, 'body').transform({ user: 'admin' });
    expect(check).toThrow(/invalid-parameter/);
    try {
      check();
    } catch (error) {
      expect((error as Problem).extra.parameters).toEqual([{ name: 'password', in: 'body', detail: 'is missing' }]);
    }
  });

  it.each([[[]], ['text'], [7], [null], [undefined]])('refuses %p', (body) => {
    expect(() => new Validated(logInBody, 'body').transform(body)).toThrow(/invalid-parameter/);
  });
});
