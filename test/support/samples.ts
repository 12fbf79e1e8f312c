import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSamples as readFamily } from '../../apps/server/src/cli/samples.js';

export { compareLine, isPublishedFault, type Made, madeOf } from '../../apps/server/src/cli/samples.js';

/**
 * Real recorded messages with the readings and events a correct mapping gives (`CITYWALL_SAMPLES_DIR`, by default
 * `../shared/samples` beside the repository). They are not part of the repository: tests that want them skip visibly
 * where the folder is absent. Rules of comparison: its README, and `apps/server/src/cli/samples.ts`.
 */
export const SAMPLES_DIR = resolve(
  process.env.CITYWALL_SAMPLES_DIR ?? join(import.meta.dirname, '../../../shared/samples'),
);
export const SAMPLES_PRESENT = existsSync(join(SAMPLES_DIR, 'README.md'));

/** Recipes on the shelf of which there are recorded messages. */
export function sampledRecipes(): string[] {
  if (!SAMPLES_PRESENT) return ['(no samples)'];
  return readdirSync(join(import.meta.dirname, '../../libs/recipes'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(SAMPLES_DIR, entry.name, 'expected.json')))
    .map(({ name }) => name)
    .sort();
}

export const readSamples = (family: string): ReturnType<typeof readFamily> => readFamily(SAMPLES_DIR, family);
