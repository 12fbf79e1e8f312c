import { OPERATORS, SpecError } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { argsProblem } from '../../../../libs/mapping/src/args.js';
import { Failure } from '../../../../libs/mapping/src/failure.js';
import { compileOp } from '../../../../libs/mapping/src/ops/index.js';
import { conversion, unitSpellings } from '../../../../libs/mapping/src/ops/units.js';
import { made, mapOne } from './support.js';

const run = (op: string | Record<string, unknown>, value: unknown): unknown => compileOp(op).work(value);
const reason = (op: string | Record<string, unknown>, value: unknown): unknown => {
  const result = run(op, value);
  return result instanceof Failure ? result.reason : { not: 'failed', result };
};

describe('the table of operators', () => {
  it('has each name once, a sentence and an example for each', () => {
    const names = OPERATORS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const { name, doc, examples } of OPERATORS) {
      expect(name).toMatch(/^[a-z][a-z0-9]*$/);
      expect(doc).toMatch(/^[A-Z].*[^.]$/);
      expect(examples.length).toBeGreaterThan(0);
    }
  });

  it('knows what the grammar promises', () => {
    const promised =
      'number text bool lookup scale offset round clamp abs unit trim replace split regex slug pad upper lower hex base64 substr default';
    expect(OPERATORS.map(({ name }) => name)).toEqual(expect.arrayContaining(promised.split(' ')));
  });

  const examples = OPERATORS.flatMap((operator) => operator.examples.map((example, i) => ({ operator, example, i })));
  it.each(examples.map((one) => [`${one.operator.name} ${one.i + 1}`, one] as const))(
    'example %s works as written',
    (_title, { operator, example }) => {
      if (example.args !== undefined) {
        expect(argsProblem(operator.args ?? {}, example.args, operator.name)).toBeNull();
      }
      const spec = example.args === undefined ? operator.name : { [operator.name]: example.args };
      expect(run(spec, example.in)).toEqual(example.out);
    },
  );
});

describe('compileOp', () => {
  it.each<[string | Record<string, unknown>, RegExp]>([
    ['numbre', /is no operator/],
    [{ scale: 2, offset: 1 }, /one key/],
    [{}, /one key/],
    ['scale', /needs arguments/],
    [{ abs: 1 }, /takes no arguments/],
    [{ scale: '2' }, /must be a number/],
    [{ round: 1.5 }, /whole number/],
    [{ round: 99 }, /at most/],
    [{ clamp: [5, 1] }, /least comes first/],
    [{ divide: 0 }, /zero/],
    [{ unit: ['kPa', 'm'] }, /pressure/],
    [{ unit: ['kPa', 'furlong'] }, /not known/],
    [{ pad: [3, 'ab'] }, /too long/],
    [{ number: { lose: true } }, /does not know lose/],
    [{ regex: '(a+)+' }, /repetition/],
    [{ regex: { pattern: '(a)', group: 2 } }, /no group 2/],
    [{ regex: { pattern: '(a)', group: 'x' } }, /no group/],
    [{ regex: '(' }, /./],
    [{ get: 'a..b' }, /missing/],
    [{ constructor: 1 }, /is no operator/],
    [{ kv: { pair: ';' } }, /"kv" is no operator but a decoder: it stands in decode/],
    [{ time: { as: 'pattern', pattern: 'YYYY-MM-DD' } }, /YYYY is not known; the letters are yyyy MM dd HH mm ss/],
    [{ time: { as: 'pattern', pattern: 'yyyy-MM-dd hh:mm' } }, /hh is not known/],
    [{ time: { as: 'pattern', pattern: 'yyyy-MM HH:mm' } }, /needs year, month and day/],
    [{ is: null }, /is must be a text, a number, true or false, or a list, not null$/],
    [{ regex: { patern: 'a' } }, /^\W*regex needs pattern$/],
    [{ quantity: { to: 'm', comma: 'point' } }, /quantity\.comma must be one of decimal/],
    [{ quantity: { to: 'furlong', comma: 'decimal' } }, /not known/],
  ])('%j is refused with a sentence', (spec, said) => {
    expect(() => compileOp(spec)).toThrow(SpecError);
    expect(() => compileOp(spec)).toThrow(said);
  });
});

describe('numbers', () => {
  it.each(['', ' ', '12x', '0x10', '1e', '--', '1,5', 'NaN', 'Infinity', '1_000', '１２'])(
    '%j is no number',
    (text) => {
      expect(reason('number', text)).toBe('type');
    },
  );
  it.each([true, {}, [], null, new Uint8Array(1)])('%p is no number', (value) => {
    expect(reason('number', value)).toBe('type');
  });
  it('refuses what is not finite, in and out', () => {
    expect(reason('number', Number.POSITIVE_INFINITY)).toBe('value');
    expect(reason('number', '1e999')).toBe('value');
    expect(reason({ scale: 1e300 }, 1e300)).toBe('value');
    expect(reason({ scale: 2 }, '4')).toBe('type');
  });
  it('scales by decimal fractions without a binary tail', () => {
    expect(run({ scale: 0.01 }, 321)).toBe(3.21);
    expect(run({ scale: 0.1 }, 3)).toBe(0.3);
    expect(run({ scale: 1e-7 }, 1073402000)).toBe(107.3402);
  });
  it('rounds small, large and negative numbers', () => {
    expect(run({ round: 1 }, 1e-10)).toBe(0);
    expect(run({ round: 2 }, 1e21)).toBe(1e21);
    expect(run({ round: -2 }, 1251)).toBe(1300);
    expect(run({ round: 1 }, -0.25)).toBe(-0.3);
  });
  it('reads bits of whole numbers only', () => {
    expect(run({ bit: 31 }, 2 ** 31)).toBe(true);
    expect(reason({ bit: 1 }, 1.5)).toBe('value');
    expect(reason({ bits: [0, 4] }, -1)).toBe('value');
  });
});

describe('quantities', () => {
  const DECIMAL = { quantity: { to: 'm', comma: 'decimal' } };

  it.each<[string | Record<string, unknown>, string, number]>([
    [{ quantity: 'm2' }, '5 m2', 5],
    [{ quantity: 'm³/h' }, '3.5L/s', 12.6],
    [{ quantity: 'µg/m3' }, '0.035 mg/m3', 35],
    [{ quantity: 'm' }, '1,250.5 mm', 1.2505],
    [DECIMAL, '48,2 m', 48.2],
    [DECIMAL, '-1,25 m', -1.25],
    [DECIMAL, '71.3', 71.3],
    [DECIMAL, ',5 km', 500],
  ])('%j of %j', (spec, text, value) => {
    expect(run(spec, text)).toBeCloseTo(value, 9);
  });
  it('takes half a number or half a unit for neither', () => {
    expect(reason({ quantity: 'm' }, '48,2 m')).toBe('type');
    expect(reason({ quantity: 'm' }, '1,2345 m')).toBe('type');
    expect(reason({ quantity: 'm' }, '5 m2')).toBe('value');
    expect(reason(DECIMAL, '1.234,5 m')).toBe('type');
    expect(reason(DECIMAL, '1,234,567 m')).toBe('type');
  });
});

describe('units', () => {
  it.each<[string, string, number, number]>([
    ['inHg', 'hPa', 29.92, 1013.207],
    ['GJ', 'kWh', 3.6, 1000],
    ['m3/h', 'l/h', 1.5, 1500],
    ['degF', 'Cel', 32, 0],
    ['K', 'Cel', 273.15, 0],
    ['Cel', 'K', 20, 293.15],
    ['km/h', 'm/s', 36, 10],
    ['mm', 'm', 1500, 1.5],
    ['L/s', 'm³/s', 250, 0.25],
    ['亩', 'm2', 15, 10_000],
    ['%RH', '%', 55, 55],
    ['mg/m³', 'µg/m³', 0.035, 35],
  ])('%s → %s', (from, to, value, wanted) => {
    const convert = conversion(from, to);
    expect(typeof convert).toBe('function');
    expect((convert as (n: number) => number)(value)).toBeCloseTo(wanted, 2);
  });
  it('converts there and back for every pair of a dimension', () => {
    for (const names of Object.values(unitSpellings())) {
      for (const from of names) {
        for (const to of names) {
          const there = conversion(from, to) as (n: number) => number;
          const back = conversion(to, from) as (n: number) => number;
          expect(back(there(12.5))).toBeCloseTo(12.5, 6);
        }
      }
    }
  });
});

describe('texts', () => {
  it('keeps whole numbers beyond 2^53 that came as text', () => {
    expect(made({ path: 'id', ops: ['text'] }, { id: '18446744073709551615' })).toBe('18446744073709551615');
  });
  it('replaces literally', () => {
    expect(run({ replace: ['.', '$&'] }, 'a.b.c')).toBe('a$&b$&c');
  });
  it('bounds what it makes', () => {
    const long = 'a'.repeat(60_000);
    expect(reason({ replace: ['a', 'bbbb'] }, long)).toBe('value');
    expect(reason('upper', 'a'.repeat(70_000))).toBe('value');
    expect(reason({ join: ',' }, Array(70_000).fill('ab'))).toBe('value');
    expect(reason({ regex: 'a' }, 'a'.repeat(1001))).toBe('value');
  });
  it('does not read what lookup or bool never heard of', () => {
    expect(reason({ lookup: { a: 1 } }, 'constructor')).toBe('value');
    expect(reason({ lookup: { a: 1 } }, '__proto__')).toBe('value');
    expect(reason('bool', 'maybe')).toBe('value');
    expect(run('bool', ' Off ')).toBe(false);
  });
  it('says what a lookup has, as far as it can be read at a glance', () => {
    const detail = (table: Record<string, number>): unknown =>
      mapOne({ asset: 'a/1', readings: { m: { path: 'v', lookup: table } } }, { v: 'H' }).rejections[0]?.detail;
    expect(detail({ O: 1, C: 2 })).toBe('m: "H" is not in the lookup; it has O, C');
    expect(detail(Object.fromEntries([...'abcdefghij'].map((word) => [word, 1])))).toBe(
      'm: "H" is not in the lookup; it has a, b, c, d, e, f, g, h …',
    );
  });
  it('gives no slug for what holds no letter', () => {
    expect(reason('slug', '水位')).toBe('value');
    expect(run('slug', '--Ünit 7--')).toBe('U-nit-7');
  });
});

describe('bytes', () => {
  it('reads base64url without padding, refuses what is none', () => {
    expect(run('base64', 'aGkgCg')).toEqual(new TextEncoder().encode('hi \n'));
    expect(run('base64', '-_8')).toEqual(new Uint8Array([0xfb, 0xff]));
    expect(reason('base64', 'a')).toBe('value');
    expect(reason('base64', '水')).toBe('value');
    expect(reason('unhex', 'abc')).toBe('value');
    expect(reason('utf8', new Uint8Array([0xff]))).toBe('value');
  });
  it('reads numbers of any size, from the end too', () => {
    const bytes = new Uint8Array([0xff, 0xfe, 0x01, 0x02, 0x03, 0x04]);
    expect(run({ int: { size: 2, signed: true } }, bytes)).toBe(-2);
    expect(run({ int: { at: -2, size: 2, little: true } }, bytes)).toBe(0x0403);
    expect(run({ int: { size: 6 } }, bytes)).toBe(0xfffe01020304);
    expect(run({ int: { at: -9, size: 1 } }, bytes)).toBeUndefined();
    expect(run({ float: { size: 8 } }, bytes)).toBeUndefined();
    expect(reason({ float: { size: 4 } }, new Uint8Array([0x7f, 0x80, 0, 0]))).toBe('value');
  });
});

describe('a chain', () => {
  it('stops at the first failure and skips the missing', () => {
    expect(made({ path: 'v', ops: ['number', { scale: 2 }] }, { v: 'x' })).toBe('type');
    expect(made({ path: 'v', ops: ['number', { default: 7 }, { scale: 2 }] }, {})).toBe(14);
    expect(made({ path: 'v', ops: [{ split: [',', 9] }, 'number'], default: -1 }, { v: 'a,b' })).toBe(-1);
    expect(made({ path: 'v', ops: ['json', { get: 'a.b' }] }, { v: '{"a":{"b":5}}' })).toBe(5);
    expect(made({ path: 'v', ops: ['json'] }, { v: `${'['.repeat(40)}${']'.repeat(40)}` })).toBe('value');
  });
});
