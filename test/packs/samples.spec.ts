import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFeeds, type FeedResult } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { recipeFile } from '../../libs/pack-schema/src/files/recipe.js';
import {
  compareLine,
  isPublishedFault,
  type Made,
  readSamples,
  SAMPLES_PRESENT,
  sampledRecipes,
} from '../support/samples.js';

const SHELF = join(import.meta.dirname, '../../libs/recipes');
const RECEIVED = Date.parse('2026-07-09T14:35:02+08:00');

function madeOf(results: readonly FeedResult[], units: ReadonlyMap<string, string | undefined>): Made {
  return {
    readings: results.flatMap(({ readings }) =>
      readings.map(({ type, key, metric, value, at, quality, flags }) => ({
        asset: key,
        metric,
        value,
        unit: units.get(`${type}/${metric}`) ?? null,
        at: flags.includes('no-time') ? null : at,
        quality,
      })),
    ),
    occurrences: results.flatMap(({ occurrences }) =>
      occurrences.map(({ type, asset, at, level, place, fields, flags }) => ({
        type,
        asset: asset?.key ?? null,
        at: flags.includes('no-time') ? null : at,
        level: level ?? null,
        place: place ?? null,
        fields,
      })),
    ),
  };
}

(SAMPLES_PRESENT ? describe : describe.skip)('recorded messages (CITYWALL_SAMPLES_DIR)', () => {
  it.each(sampledRecipes())('%s reads them all as it should', (name) => {
    const recipe = recipeFile.parse(parse(readFileSync(join(SHELF, name, 'recipe.yaml'), 'utf8')));
    const units = new Map(recipe.metrics?.map(({ id, unit }) => [id, unit]));
    const feeds = compileFeeds(recipe.feeds, { system: 'try' });
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
