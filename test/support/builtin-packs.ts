import { join } from 'node:path';
import type { Pack } from '@citywall/pack-schema';
import { DECODERS } from '../../apps/server/src/packs/decoders.js';
import { loadPacks } from '../../apps/server/src/packs/load.js';
import { PacksRepository } from '../../apps/server/src/packs/packs.repository.js';

const ROOT = join(import.meta.dirname, '../..');
const repository = new PacksRepository({
  builtinPacksDir: join(ROOT, 'libs/packs'),
  recipesDir: join(ROOT, 'libs/recipes'),
  packsDir: null,
});

/** Files of the packs and recipes that come with the product. */
export const texts = await repository.read();

/** Those packs as the server loads them, with their problems, by id. */
export const loaded = loadPacks(texts, { decoders: DECODERS });

/** The packs without a problem, in the order of the city. */
export const packs: Pack[] = [...loaded.values()]
  .flatMap(({ pack }) => (pack === undefined ? [] : [pack]))
  .sort((a, b) => a.order - b.order);
