import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import en from '../../../../../apps/wall/src/locales/en.js';
import zhCN from '../../../../../apps/wall/src/locales/zh-CN.js';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
const root = join(import.meta.dirname, '../../../../../apps/wall/src');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(vue|ts)$/.test(path) && !path.startsWith('locales'))
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n');

describe('words of the wall', () => {
  const chinese = new Map(flat(zhCN as Tree));
  const english = new Map(flat(en as Tree));

  it('are there in both languages, with the same blanks', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    for (const [key, text] of chinese) {
      expect([key, placeholders(english.get(key)!)]).toEqual([key, placeholders(text)]);
    }
  });

  it('every one that the sources ask for is there', () => {
    const asked = [...sources.matchAll(/\bt\('([\w.-]+)'/g)].map((match) => match[1]!);
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((key) => !chinese.has(key))).toEqual([]);
  });

  it('none is there that nobody asks for', () => {
    const unused = [...chinese.keys()].filter(
      (key) => !sources.includes(`'${key}'`) && !sources.includes(`${key.slice(0, key.lastIndexOf('.') + 1)}\${`),
    );
    expect(unused).toEqual([]);
  });

  it('no Chinese sentence takes half-width brackets, commas or colons', () => {
    expect([...chinese].filter(([, text]) => /[一-鿿][,;:()]|[,;:()][一-鿿]/.test(text))).toEqual([]);
  });
});
