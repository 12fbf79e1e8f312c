import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { PACK_FILES, type PackLayer } from '@citywall/pack-schema';
import { DECODERS } from '../packs/decoders.js';
import { type LoadedPack, loadPacks } from '../packs/load.js';
import { readFolder, readFolders, readRecipes } from '../packs/packs.repository.js';
import { type Surroundings, UsageError } from './command.js';

/** Packs as the server would see them, and which of them the person asked about. */
export interface Workspace {
  loaded: ReadonlyMap<string, LoadedPack>;
  /** ids, in order */
  asked: string[];
}

/**
 * Reads the built-in packs, the site's (`CITYWALL_PACKS_DIR`) and the given folders over them, so that a patch is judged
 * with what it patches. A folder is a pack, or holds packs; without any all packs in use are asked about.
 * @param options.packless whether folders may hold no pack
 * @throws UsageError for a folder that is not there or holds no pack
 */
export async function openWorkspace(
  folders: readonly string[],
  io: Surroundings,
  { packless = false }: { packless?: boolean } = {},
): Promise<Workspace> {
  const packs = new Map<string, PackLayer[]>();
  const seen = new Set<string>();
  const add = async (directory: string, layer: PackLayer): Promise<string> => {
    const id = basename(resolve(directory));
    const real = await realpath(directory);
    if (!seen.has(real)) packs.set(id, [...(packs.get(id) ?? []), layer]);
    seen.add(real);
    return id;
  };
  const site = io.env.CITYWALL_PACKS_DIR;
  for (const directory of [io.places.builtinPacksDir, ...(site ? [resolve(site)] : [])]) {
    for (const layer of await readFolders(directory)) await add(join(directory, basename(layer.root)), layer);
  }
  const asked = folders.length === 0 ? [...packs.keys()] : [];
  for (const folder of folders) {
    const directory = resolve(folder);
    for (const pack of await packFolders(directory, folder, packless))
      asked.push(await add(pack, await readFolder(pack)));
  }
  const recipes = await readRecipes(io.places.recipesDir);
  return { loaded: loadPacks({ packs, recipes }, { decoders: DECODERS }), asked: [...new Set(asked)] };
}

/** The folder itself where it is a pack, else the pack folders in it. */
async function packFolders(directory: string, written: string, packless: boolean): Promise<string[]> {
  const found = await stat(directory).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`there is no folder ${written}`);
  const names = await readdir(directory);
  if (names.some((name) => (PACK_FILES as readonly string[]).includes(name))) return [directory];
  const packs: string[] = [];
  for (const name of names.sort()) {
    if (/^[._]/.test(name)) continue;
    const inside = await readdir(join(directory, name)).catch((): string[] => []);
    if (inside.some((file) => (PACK_FILES as readonly string[]).includes(file))) packs.push(join(directory, name));
  }
  if (packs.length === 0 && !packless)
    throw new UsageError(`${written} is no pack and holds none: a pack is a folder with pack.yaml`);
  return packs;
}
