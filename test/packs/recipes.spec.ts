import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompiledFeeds, compileFeeds, withDicts } from '@citywall/mapping';
import { runCase } from '@citywall/pack-schema';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { caseFile } from '../../libs/pack-schema/src/files/cases.js';
import { recipeFile } from '../../libs/pack-schema/src/files/recipe.js';

const SHELF = join(import.meta.dirname, '../../libs/recipes');
const names = readdirSync(SHELF, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

const yamlOf = (...path: string[]): unknown =>
  parse(readFileSync(join(SHELF, ...path), 'utf8'), { merge: false, maxAliasCount: 100 });
const casesOf = (name: string): string[] =>
  readdirSync(join(SHELF, name, 'cases')).filter((file) => file.endsWith('.yaml'));

describe('the shelf of recipes', () => {
  it('holds the first five', () => {
    expect(names).toEqual(expect.arrayContaining(['chirpstack-v4', 'hsl-hfp', 'owntracks', 'senml', 'zigbee2mqtt']));
  });
});

describe.each(names)('recipe %s', (name) => {
  const recipe = recipeFile.parse(yamlOf(name, 'recipe.yaml'));
  const cases = casesOf(name).map((file): [string, ReturnType<typeof caseFile.parse>] => [
    file,
    caseFile.parse(yamlOf(name, 'cases', file)),
  ]);
  let feeds: CompiledFeeds;
  beforeAll(() => {
    feeds = compileFeeds(withDicts(recipe.feeds, recipe.dicts), { system: 'try' });
  });

  it('is named as its folder, says where the format is published, and has a README', () => {
    expect(recipe.id).toBe(name);
    expect(recipe.source).toMatch(/https:\/\//);
    expect(readFileSync(join(SHELF, name, 'README.md'), 'utf8')).toContain(`use: ${name}`);
  });

  it('every feed that yields something is proven by a case, and a case shows bad input', () => {
    const proven = new Set(
      cases.flatMap(([, { expect: wanted }]) => [...wanted.readings, ...wanted.occurrences].map(({ feed }) => feed)),
    );
    const unproven = recipe.feeds.filter(({ id, ignore }) => !ignore && !proven.has(id)).map(({ id }) => id);
    expect(unproven).toEqual([]);
    expect(cases.some(([, { expect: wanted }]) => wanted.rejections.length > 0)).toBe(true);
  });

  it('what its cases bring with a unit is in its catalogue', () => {
    const kinds = new Set(recipe.metrics?.map(({ id }) => id.split('/')[0]));
    const types = cases.flatMap(([, { expect: wanted }]) => wanted.readings.map(({ asset }) => asset.split('/')[0]));
    for (const type of types) expect(kinds).toContain(type);
  });

  it.each(cases)('case %s', (_file, spec) => {
    expect(runCase(feeds, spec)).toEqual([]);
  });
});
