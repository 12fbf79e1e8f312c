import { createHash } from 'node:crypto';
import { type Dirent, type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { PackLayer, ParseOptions, Recipes } from '@citywall/pack-schema';

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
/** Folders in a pack's folder, with the part of a pack that they are. */
const SUBFOLDERS: Readonly<Record<string, 'cases' | 'simulator' | null>> = {
  cases: 'cases',
  timelines: 'cases',
  map: null,
  scenarios: 'simulator',
};

/** Reads pack folders and tells when they change. The only place that touches their files. */
export class PacksRepository {
  constructor(private readonly places: PackPlaces) {}

  /**
   * All texts, and the print of the files as they were when the reading began.
   * @param without parts that nobody will ask for: their folders are not read
   * @throws where a directory that exists cannot be read
   */
  async read(without: ParseOptions['without'] = []): Promise<PackTexts & { print: string }> {
    const { builtinPacksDir, packsDir, recipesDir } = this.places;
    const print = await fingerprint(this.directories());
    const packs = new Map<string, PackLayer[]>();
    for (const directory of [builtinPacksDir, packsDir]) {
      if (directory === null) continue;
      for (const layer of await readFolders(directory, without)) {
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
export async function readFolders(directory: string, without: ParseOptions['without'] = []): Promise<PackLayer[]> {
  const folders = (await names(directory, 'folder')).filter((name) => !/^[._]/.test(name));
  return Promise.all(folders.map((name) => readFolder(join(directory, name), without)));
}

/** The texts of one pack or recipe folder; `root` is the path as a person in the current directory would write it. */
export async function readFolder(directory: string, without: ParseOptions['without'] = []): Promise<PackLayer> {
  const folders = ['', ...Object.keys(SUBFOLDERS).filter((name) => !without.some((part) => part === SUBFOLDERS[name]))];
  const texts = await Promise.all(
    folders.map(async (folder) => {
      const files = (await names(join(directory, folder), 'file')).filter((name) => READ.test(name));
      return Promise.all(
        files.map(
          async (name): Promise<[string, string]> => [
            folder === '' ? name : `${folder}/${name}`,
            await text(join(directory, folder, name)),
          ],
        ),
      );
    }),
  );
  return { root: shownPath(directory), files: new Map(texts.flat()) };
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
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
  const kinds = await Promise.all(
    entries.map(async (entry): Promise<Pick<Dirent, 'isFile' | 'isDirectory'> | null> => {
      if (!entry.isSymbolicLink()) return entry;
      try {
        return await stat(join(directory, entry.name));
      } catch (error) {
        // gone between listing and looking: the change will be told again
        if (isAbsent(error)) return null;
        throw error;
      }
    }),
  );
  return entries
    .filter((_, at) => (wanted === 'file' ? kinds[at]?.isFile() : kinds[at]?.isDirectory()))
    .map(({ name }) => name)
    .sort();
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
    await Promise.all(
      entries.map(async (name) => {
        const path = join(directory, name);
        try {
          const found = await stat(path);
          if (found.isDirectory() && depth < 2) await walk(path, depth + 1);
          else if (READ.test(name)) parts.push(`${path}:${found.size}:${found.mtimeMs}`);
        } catch {
          // gone meanwhile: absent from the print, which is what changed
        }
      }),
    );
  };
  await Promise.all(directories.map((directory) => walk(directory, 0)));
  return createHash('sha256').update(parts.sort().join('\n')).digest('base64url');
}
