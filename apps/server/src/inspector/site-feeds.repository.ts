import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackLayer, ParseResult } from '@citywall/pack-schema';
import { DECODERS } from '../packs/decoders.js';
import { type PackPlaces, readFolder, readRecipes, shownPath } from '../packs/packs.repository.js';

/** The `feeds.yaml` of a pack as it stands on the disk, layer by layer. */
export interface FeedsTexts {
  builtin: string | null;
  site: string | null;
}

const FILE = 'feeds.yaml';

/** Reads, judges and writes the site's `feeds.yaml` of a pack. Pack ids are file names: only checked ones come here. */
export class SiteFeedsRepository {
  constructor(private readonly places: PackPlaces) {}

  get writable(): boolean {
    return this.places.packsDir !== null;
  }

  async texts(id: string): Promise<FeedsTexts> {
    const { builtinPacksDir, packsDir } = this.places;
    return {
      builtin: await textOf(join(builtinPacksDir, id, FILE)),
      site: packsDir === null ? null : await textOf(join(packsDir, id, FILE)),
    };
  }

  /** The pack as it would be with this text as the site's `feeds.yaml`; problems name file:line:col. */
  async parse(id: string, feeds: string): Promise<ParseResult> {
    const { builtinPacksDir, packsDir, recipesDir } = this.places;
    const layers: PackLayer[] = [];
    const builtin = await readFolder(join(builtinPacksDir, id));
    if (builtin.files.size > 0) layers.push(builtin);
    const site = packsDir === null ? { root: '', files: new Map() } : await readFolder(join(packsDir, id));
    layers.push({ root: site.root, files: new Map([...site.files, [FILE, feeds]]) });
    // loaded when somebody edits feeds: who only runs has no use for the reader of packs
    const { parsePack } = await import('../packs/load.js');
    return parsePack(layers, await readRecipes(recipesDir), { id, decoders: DECODERS });
  }

  /** Replaces the file whole: who reads it meanwhile sees the old or the new one. Answers its path as people write it. */
  async write(id: string, feeds: string): Promise<string> {
    const directory = join(this.places.packsDir ?? '', id);
    await mkdir(directory, { recursive: true });
    const file = join(directory, FILE);
    const unfinished = `${file}.${randomBytes(6).toString('hex')}.new`;
    try {
      await writeFile(unfinished, feeds, { encoding: 'utf8', flag: 'wx' });
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    return shownPath(file);
  }
}

/** Tells one text from another; of none too. */
export function versionOf(text: string | null): string {
  return text === null ? 'none' : createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
