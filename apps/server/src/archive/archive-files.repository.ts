import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ArchivedJournal } from './archive.types.js';
import { type ReadLine, readLine } from './chain.js';
import { linesOf } from './lines.js';

const NAME = /^(\d{4}-\d{2}-\d{2})\.ndjson(\.gz)?$/;

/** A file of a day. */
export interface DayFile {
  day: string;
  path: string;
  /** the day is over: compressed, nothing is added */
  closed: boolean;
}

/** Files in a folder, by day; a day that is being compressed has two. */
export async function dayFiles(folder: string): Promise<DayFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.sort().flatMap((name) => {
    const [, day, gz] = NAME.exec(name) ?? [];
    return day === undefined ? [] : [{ day, path: join(folder, name), closed: gz !== undefined }];
  });
}

/** What is written: every byte of one call is on disk when it resolves. Only its owner may read it: it is raw. */
export class ArchiveFiles {
  constructor(private readonly directory: string) {}

  folder(journal: ArchivedJournal, system: string): string {
    return join(this.directory, journal, system);
  }

  /**
   * The files of a journal. Where a day has a plain and a compressed one, the compression was cut short before the plain
   * one was removed: the compressed one goes and is made again.
   */
  async list(journal: ArchivedJournal, system: string): Promise<DayFile[]> {
    const files = await dayFiles(this.folder(journal, system));
    const open = new Set(files.filter(({ closed }) => !closed).map(({ day }) => day));
    const left: DayFile[] = [];
    for (const file of files) {
      if (file.closed && open.has(file.day)) await rm(file.path, { force: true });
      else left.push(file);
    }
    return left;
  }

  path(journal: ArchivedJournal, system: string, day: string): string {
    return join(this.folder(journal, system), `${day}.ndjson`);
  }

  async size(path: string): Promise<number | null> {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Whole lines from `offset` on, as long as `accept` takes them.
   * @returns where the last one taken ends
   */
  async walk(path: string, offset: number, accept: (line: ReadLine) => boolean): Promise<number> {
    let end = offset;
    for await (const { bytes, whole } of linesOf(path, offset)) {
      const line = whole ? readLine(bytes) : null;
      if (!line || !accept(line)) break;
      end += bytes.length + 1;
    }
    return end;
  }

  /** The last whole line of a file, wherever the chain before it may be broken, and where it ends. */
  async last(path: string): Promise<{ line: ReadLine | null; end: number }> {
    let line: ReadLine | null = null;
    let end = 0;
    let at = 0;
    for await (const { bytes, whole } of linesOf(path)) {
      at += bytes.length + 1;
      const read = whole ? readLine(bytes) : null;
      if (read) {
        line = read;
        end = at;
      }
    }
    return { line, end };
  }

  async cut(path: string, size: number): Promise<void> {
    await this.synced(path, (file) => file.truncate(size));
  }

  /** Writes at a place (a repetition writes the same there), then waits for the disk. */
  async write(path: string, offset: number, bytes: Buffer): Promise<void> {
    const created = (await this.size(path)) === null;
    if (created) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await this.synced(path, async (file) => {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    });
    if (created) await syncFolder(dirname(path));
  }

  private async synced(path: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
    const file = await open(path, 'r+', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return open(path, 'w+', 0o600);
      throw error;
    });
    try {
      await work(file);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Compresses the file of a day that is over, beside it. @returns whether there is one */
  async compress(path: string): Promise<boolean> {
    const size = await this.size(path);
    if (size === 0) await rm(path);
    if (!size) return false;
    const part = `${path}.gz.part`;
    await pipeline(createReadStream(path), createGzip(), createWriteStream(part, { mode: 0o600 }));
    await this.synced(part, async () => {});
    return true;
  }

  /** Puts the compressed file in the plain one's place: at every instant one whole file of the day is there. */
  async seal(path: string): Promise<void> {
    await rename(`${path}.gz.part`, `${path}.gz`);
    await syncFolder(dirname(path));
    await rm(path);
    await syncFolder(dirname(path));
  }

  /** Removes compressed files of days before `day`. @returns how many */
  async prune(journal: ArchivedJournal, system: string, day: string): Promise<number> {
    const old = (await dayFiles(this.folder(journal, system))).filter((file) => file.closed && file.day < day);
    for (const { path } of old) await rm(path, { force: true });
    return old.length;
  }
}

/** A new name is only safe when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
