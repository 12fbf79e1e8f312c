import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { PackLayer, Recipes } from '@citywall/pack-schema';

/** Where packs and recipes stand. */
export interface PackPlaces {
  /** packs that come with the program, one folder a system */
  builtinPacksDir: string;
  recipesDir: string;
  /** the site's own packs and patches; null: none */
  packsDir: string | null;
}

/** All texts as they stand on the disk now. */
export interface PackTexts {
  /** by folder name: the built-in layer, then the site's, whichever there are */
  packs: ReadonlyMap<string, PackLayer[]>;
  recipes: Recipes;
}

/** Files of a pack folder that are read; pictures and notes are not. */
const READ = /\.(ya?ml|geojson)$/i;
const SUBFOLDERS = ['cases', 'timelines', 'map', 'scenarios'];

/** Reads pack folders and tells when they change. The only place that touches their files. */
export class PacksRepository {
  constructor(private readonly places: PackPlaces) {}

  /**
   * All texts, and the print of the files as they were when the reading began.
   * @throws where a directory that exists cannot be read
   */
  async read(): Promise<PackTexts & { print: string }> {
    const { builtinPacksDir, packsDir, recipesDir } = this.places;
    const print = await fingerprint(this.directories());
    const packs = new Map<string, PackLayer[]>();
    for (const directory of [builtinPacksDir, packsDir]) {
      if (directory === null) continue;
      for (const layer of await readFolders(directory)) {
        const id = basename(layer.root);
        packs.set(id, [...(packs.get(id) ?? []), layer]);
      }
    }
    return { packs, recipes: await readRecipes(recipesDir), print };
  }

  /**
   * Calls `onChange` when anything below the directories is other than the last reading saw it: at once where the file system
   * tells, within `pollEvery` ms where it does not (network and container mounts). Returns the way to stop.
   * @param seen print of the last reading
   */
  watch(seen: () => string, onChange: () => void, pollEvery = 10_000): () => void {
    const directories = this.directories();
    const watchers: FSWatcher[] = [];
    for (const directory of directories) {
      try {
        const watcher = watch(directory, { recursive: true, persistent: false }, onChange);
        // a directory that goes away ends its watcher; the poll still sees it come back
        watcher.on('error', () => watcher.close());
        watchers.push(watcher);
      } catch {
        // not there (yet) or not watchable: the poll below is the promise, the watcher only makes it quick
      }
    }
    let stopped = false;
    const poll = async (): Promise<void> => {
      const now = await fingerprint(directories);
      if (stopped) return;
      if (seen() !== now) onChange();
      timer = setTimeout(poll, pollEvery).unref();
    };
    let timer: NodeJS.Timeout | undefined;
    void poll();
    return () => {
      stopped = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    };
  }

  private directories(): string[] {
    const { builtinPacksDir, packsDir, recipesDir } = this.places;
    return [builtinPacksDir, packsDir, recipesDir].filter((directory) => directory !== null);
  }
}

/** Recipe folders by name; none where the directory is absent. */
export async function readRecipes(directory: string): Promise<Recipes> {
  const layers = await readFolders(directory);
  return new Map(layers.map((layer) => [basename(layer.root), layer]));
}

/** Every folder in `directory` as a layer; those beginning with `.` or `_` are left alone. */
export async function readFolders(directory: string): Promise<PackLayer[]> {
  const layers: PackLayer[] = [];
  for (const name of await names(directory, 'folder')) {
    if (!/^[._]/.test(name)) layers.push(await readFolder(join(directory, name)));
  }
  return layers;
}

/** The texts of one pack or recipe folder; `root` is the path as a person in the current directory would write it. */
export async function readFolder(directory: string): Promise<PackLayer> {
  const files = new Map<string, string>();
  for (const folder of ['', ...SUBFOLDERS]) {
    for (const name of await names(join(directory, folder), 'file')) {
      if (READ.test(name))
        files.set(folder === '' ? name : `${folder}/${name}`, await text(join(directory, folder, name)));
    }
  }
  return { root: shownPath(directory), files };
}

/** Relative to the current directory where it lies below it, with `/`. */
export function shownPath(path: string): string {
  const near = relative(process.cwd(), path);
  const shown = near !== '' && !near.startsWith('..') ? near : path;
  return shown.split(sep).join('/');
}

/** Without a byte order mark, which editors on Windows leave behind. */
async function text(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
}

/** Sorted names of the files or folders (links to them included) in a directory; empty where there is none. */
async function names(directory: string, wanted: 'file' | 'folder'): Promise<string[]> {
  let entries: string[];
  try {
    entries = await readdir(directory);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
  const found: string[] = [];
  for (const name of entries.sort()) {
    try {
      const { isFile, isFolder } = await kindOf(join(directory, name));
      if (wanted === 'file' ? isFile : isFolder) found.push(name);
    } catch (error) {
      // gone between listing and looking: the change will be told again
      if (!isAbsent(error)) throw error;
    }
  }
  return found;
}

async function kindOf(path: string): Promise<{ isFile: boolean; isFolder: boolean }> {
  const found = await stat(path);
  return { isFile: found.isFile(), isFolder: found.isDirectory() };
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** A sum over names, sizes and times of everything that is read below the directories. */
async function fingerprint(directories: readonly string[]): Promise<string> {
  const parts: string[] = [];
  const walk = async (directory: string, depth: number): Promise<void> => {
    let entries: string[];
    try {
      entries = await readdir(directory);
    } catch {
      return;
    }
    for (const name of entries.sort()) {
      const path = join(directory, name);
      try {
        const found = await stat(path);
        if (found.isDirectory() && depth < 2) await walk(path, depth + 1);
        else if (READ.test(name)) parts.push(`${path}:${found.size}:${found.mtimeMs}`);
      } catch {
        // gone meanwhile: absent from the print, which is what changed
      }
    }
  };
  for (const directory of directories) await walk(directory, 0);
  return createHash('sha256').update(parts.join('\n')).digest('base64url');
}
