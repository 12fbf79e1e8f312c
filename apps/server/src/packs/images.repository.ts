import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { PackPlaces } from './packs.repository.js';

/** Largest picture that is given out: a wall shows many panels, and decodes every one of them. */
export const MAX_IMAGE_BYTES = 8 * 1024 * 1024;

/** Types that browsers draw and that this server gives out, by the ending of the name. */
const TYPES: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  webp: 'image/webp',
};

export type PackImage =
  | { found: 'yes'; path: string; type: string }
  | { found: 'no' }
  | { found: 'too-large'; bytes: number };

/** Pictures in the folder `images` of a pack; those of the site stand before the built-in ones. */
export class ImagesRepository {
  constructor(private readonly places: Pick<PackPlaces, 'builtinPacksDir' | 'packsDir'>) {}

  async find(pack: string, name: string): Promise<PackImage> {
    const type = TYPES[/^[A-Za-z0-9][\w.-]{0,99}\.([a-z]{3,4})$/.exec(name)?.[1] ?? ''];
    if (type === undefined || !/^[a-z][a-z0-9-]{0,99}$/.test(pack)) return { found: 'no' };
    for (const directory of [this.places.packsDir, this.places.builtinPacksDir]) {
      if (directory === null) continue;
      const file = await regularFile(join(directory, pack, 'images'), name);
      if (file === null) continue;
      return file.bytes > MAX_IMAGE_BYTES
        ? { found: 'too-large', bytes: file.bytes }
        : { found: 'yes', path: file.path, type };
    }
    return { found: 'no' };
  }
}

/** A file in exactly this folder: a link that leads out of it is none. */
async function regularFile(folder: string, name: string): Promise<{ path: string; bytes: number } | null> {
  try {
    const [home, path] = await Promise.all([realpath(folder), realpath(join(folder, name))]);
    const found = await stat(path);
    return found.isFile() && path.startsWith(home + sep) ? { path, bytes: found.size } : null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
    throw error;
  }
}
