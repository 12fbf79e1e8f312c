import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BackupError } from './backup.types.js';

/** In a data directory: what stands there is half of before and half of a backup. The launcher does not start on it. */
export const UNFINISHED_FILE = 'restore-unfinished.json';

/** A folder or file that takes its place. */
export interface Place {
  /** what it is called among what was there before */
  name: string;
  /** null: nothing comes, only what was there goes */
  from: string | null;
  to: string;
}

export interface Placing {
  dataDir: string;
  places: readonly Place[];
  /** folder that takes what was there */
  aside: string;
  /** the backup, for whoever finds the unfinished rest */
  file: string;
  /** who uses the data directory at this moment, as words; null: nobody */
  usedBy(): string | null;
}

/**
 * Puts everything in place or nothing: what fails half-way is taken back, what is killed half-way leaves {@link UNFINISHED_FILE}.
 * @returns whether anything was there before
 * @throws BackupError `running`, `not-placed`
 */
export async function putInPlace({ dataDir, places, aside, file, usedBy }: Placing): Promise<boolean> {
  const mark = join(dataDir, UNFINISHED_FILE);
  const wasUnfinished = existsSync(mark);
  // before it is asked who runs: a launcher takes its place first and then looks for the mark, so one of both sees the other
  await writeFile(mark, `${JSON.stringify({ file, aside })}\n`, { mode: 0o600 });
  const undo: (() => Promise<void>)[] = [];
  let moved = false;
  try {
    const users = usedBy();
    if (users !== null)
      throw new BackupError(
        'running',
        `${dataDir} is in use by ${users}: stop CityWall there first; nothing was put there`,
      );
    for (const { name, from, to } of places) {
      if (await isThere(to)) {
        await mkdir(aside, { recursive: true, mode: 0o700 });
        await move(to, join(aside, name));
        undo.unshift(() => move(join(aside, name), to));
        moved = true;
      }
      if (from === null) continue;
      undo.unshift(() => removed(to));
      await move(from, to);
    }
  } catch (error) {
    try {
      for (const back of undo) await back();
      await rm(aside, { recursive: true, force: true });
      if (!wasUnfinished) await rm(mark, { force: true });
    } catch (second) {
      throw notPlaced(error, `and could not be taken back (${words(second)}): what was there is in ${aside}`);
    }
    throw error instanceof BackupError ? error : notPlaced(error, 'all is as it was');
  }
  await rm(mark, { force: true });
  return moved;
}

function notPlaced(error: unknown, then: string): BackupError {
  const reason = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'no-space' : 'not-placed';
  return new BackupError(reason, `a folder could not be put in place: ${words(error)}; ${then}`);
}

const words = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function removed(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
    // where a part of the path is a file, nothing can have been put there
    if (error.code !== 'ENOTDIR') throw error;
  });
}

/** An empty folder is nothing. */
export async function isThere(path: string): Promise<boolean> {
  const about = await stat(path).catch(() => null);
  if (about === null) return false;
  return !about.isDirectory() || (await readdir(path)).length > 0;
}

/** Over the bounds of file systems too: packs may be anywhere. @param to not there, or an empty folder */
async function move(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true });
    await rm(from, { recursive: true });
  }
}
