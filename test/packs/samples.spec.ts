import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFeeds, withDicts } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { recipeFile } from '../../libs/pack-schema/src/files/recipe.js';
import {
  compareLine,
  isPublishedFault,
  madeOf,
  readSamples,
  SAMPLES_PRESENT,
  sampledRecipes,
} from '../support/samples.js';

const SHELF = join(import.meta.dirname, '../../libs/recipes');
const RECEIVED = Date.parse('2026-07-09T14:35:02+08:00');

(SAMPLES_PRESENT ? describe : describe.skip)('recorded messages (CITYWALL_SAMPLES_DIR)', () => {
  it.each(sampledRecipes())('%s reads them all as it should', (name) => {
    const recipe = recipeFile.parse(parse(readFileSync(join(SHELF, name, 'recipe.yaml'), 'utf8')));
    const units = new Map(recipe.metrics?.map(({ id, unit }) => [id, unit]));
    const feeds = compileFeeds(withDicts(recipe.feeds, recipe.dicts), { system: 'try' });
    const { messages, expected } = readSamples(name);
    expect(expected.length).toBe(messages.length);
    const problems = messages.flatMap((message, i) => {
      const wanted = expected[i];
      if (!wanted) return [];
      const results = feeds.map({ ...message, receivedAt: RECEIVED, origin: 'live' });
      const rejected = results
        .flatMap(({ rejections }) => rejections)
        .filter((rejection) => !isPublishedFault(name, rejection));
      return [
        ...compareLine(wanted, madeOf(results, units), name),
        ...rejected.map((rejection) => `line ${wanted.line}: rejected ${JSON.stringify(rejection)}`),
      ];
    });
    expect(problems).toEqual([]);
  });
});
