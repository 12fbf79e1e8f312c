import { describe, expect, it } from '@jest/globals';
import { compileWalk, parsePath } from '../../../../libs/mapping/src/path.js';

const walk = (path: string, value: unknown): unknown => compileWalk(parsePath(path).segments)(value);

describe('paths', () => {
  const tree = { a: { 'b.c': [1, { d: 2 }], n: null }, '0': 'zero', length: 5, list: [[10, 11]] };

  it.each<[string, unknown]>([
    ['a["b.c"][0]', 1],
    ["a['b.c'][-1].d", 2],
    ['["0"]', 'zero'],
    ['length', 5],
    ['list[0][1]', 11],
    ['list.0.1', 11],
    ['a.n', null],
    ['a.n.x', undefined],
    ['a.b.c', undefined],
    ['list[5]', undefined],
    ['list[-9]', undefined],
    ['list.a.b.c.d.e', undefined],
  ])('%s', (path, value) => {
    expect(walk(path, tree)).toEqual(value);
  });

  it('reads own properties only', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'map', 'push']) {
      expect(walk(name, {})).toBeUndefined();
      expect(walk(name, [])).toBeUndefined();
      expect(walk(`a.${name}`, { a: 'text' })).toBeUndefined();
      expect(walk(`a.${name}`, { a: new Uint8Array(2) })).toBeUndefined();
    }
    expect(walk('constructor', JSON.parse('{"constructor": 7}'))).toBe(7);
    expect(walk('__proto__.x', JSON.parse('{"__proto__": {"x": 1}}'))).toBe(1);
    expect(walk('length', [1, 2])).toBe(2);
  });

  it('knows its origin and whether it goes through entries', () => {
    expect(parsePath('$.a')).toMatchObject({ origin: 'root', segments: ['a'], entries: false });
    expect(parsePath('@')).toMatchObject({ origin: 'current', segments: [] });
    expect(parsePath('^^.a')).toMatchObject({ origin: 2, segments: ['a'] });
    expect(parsePath('data.*')).toMatchObject({ segments: ['data'], entries: true });
    expect(parsePath('*')).toMatchObject({ segments: [], entries: true });
    expect(parsePath('$["*x"]')).toMatchObject({ origin: 'root', segments: ['*x'], entries: false });
  });

  it.each(['', '.a', 'a.', 'a..b', 'a[', 'a[x]', 'a["b]', '$a', '^a', 'a.*.b', Array(40).fill('a').join('.')])(
    'refuses %j',
    (path) => {
      expect(() => parsePath(path)).toThrow();
    },
  );
});
