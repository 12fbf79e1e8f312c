import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leastPack } from '../../apps/server/src/cli/recipe-pack.js';

const SHELF = join(import.meta.dirname, '../../libs/recipes');

/** The least a pack must say to use a recipe of the shelf: the texts of pack.yaml and feeds.yaml. */
export function recipePack(recipe: string, system: string): ReturnType<typeof leastPack> {
  return leastPack(readFileSync(join(SHELF, recipe, 'recipe.yaml'), 'utf8'), recipe, system);
}
