import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { dayFiles } from '../archive/archive-files.repository.js';

/** How far a journal's files go: the day of the newest one, and its bytes. */
export interface ArchiveBound {
  day: string;
  offset: number;
}

/**
 * Takes out of a copied archive what was written after the moment of the state it belongs to; the audit and the journals
 * would otherwise go on beside what is told there already.
 * @param bounds by `journal/system`; a journal without one is left as it is
 */
export async function cutArchive(archive: string, bounds: ReadonlyMap<string, ArchiveBound>): Promise<void> {
  for (const [name, { day, offset }] of bounds) {
    for (const file of await dayFiles(join(archive, name))) {
      if (file.day > day) await rm(file.path);
      else if (file.day === day && file.closed) await reopen(file.path, offset);
      else if (file.day === day && (await stat(file.path)).size > offset) await truncate(file.path, offset);
    }
  }
}

/** The day was over before its file was copied: it becomes again the plain one it was. */
async function reopen(path: string, offset: number): Promise<void> {
  const plain = path.replace(/\.gz$/, '');
  let left = offset;
  const cut = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const taken = chunk.subarray(0, left);
      left -= taken.length;
      done(null, taken);
    },
  });
  if (offset > 0)
    await pipeline(createReadStream(path), createGunzip(), cut, createWriteStream(plain, { mode: 0o600 }));
  await rm(path);
}
