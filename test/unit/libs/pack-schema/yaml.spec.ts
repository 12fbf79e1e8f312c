import { describe, expect, it } from '@jest/globals';
import { Places } from '../../../../libs/pack-schema/src/places.js';
import { readYaml } from '../../../../libs/pack-schema/src/yaml.js';

const read = (text: string) => readYaml(text, 'a.yaml', new Places());

describe('an alias', () => {
  it('means the last anchor of its name before it', () => {
    expect(read('a: &x 1\nb: *x\nc: &x 2\nd: *x\n').value).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  it('of a map is another map each time, also where the map holds an alias', () => {
    const { value } = read('one: &one { n: &n [1, 2] }\ntwo: &two { one: *one, n: *n }\nthree: [*two, *one]\n');
    const one = { n: [1, 2] };
    expect(value).toEqual({ one, two: { one, n: [1, 2] }, three: [{ one, n: [1, 2] }, one] });
  });

  it('does not find an anchor anew where only an alias repeats it', () => {
    expect(read('a: &a { x: &x 1 }\nb: &x 2\nc: *a\nd: *x\n').value).toEqual({ a: { x: 1 }, b: 2, c: { x: 1 }, d: 2 });
  });

  it('may mean a key', () => {
    expect(read('&k name: 1\nsame: *k\n').value).toEqual({ name: 1, same: 'name' });
  });

  it('of nothing is an error with its place', () => {
    const problem = { file: 'a.yaml', line: 2, col: 4, message: 'nothing before this is named &x', path: '' };
    expect(read('a: 1\nb: *x\nc: &x 2\n').problems).toEqual([problem]);
  });
});
