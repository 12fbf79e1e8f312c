import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DayFile, dayFiles } from './archive-files.repository.js';
import { GENESIS, readLine } from './chain.js';
import { linesOf } from './lines.js';

/** What the files of one journal of one system hold. */
export interface Verified {
  journal: string;
  system: string;
  days: number;
  firstDay: string;
  lastDay: string;
  lines: number;
  /** entries told as missing by lines of the chain */
  missing: number;
  /** number of the first line; above 1 when older files were removed */
  firstN: number;
  lastN: number;
  lastHash: string;
  /** null: the chain holds */
  break: { file: string; line: number; what: string } | null;
}

/** Walks an archive, one result a journal and system, in the order of their names. @throws when it cannot be read */
export async function* verifyArchive(directory: string): AsyncGenerator<Verified> {
  for (const journal of await foldersOf(directory)) {
    for (const system of await foldersOf(join(directory, journal))) {
      const files = await dayFiles(join(directory, journal, system));
      if (files.length > 0) yield await verifyFiles(journal, system, files);
    }
  }
}

async function foldersOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function verifyFiles(journal: string, system: string, all: DayFile[]): Promise<Verified> {
  // A day that is being compressed has two files: the plain one counts until it is gone.
  const files = all.filter((file) => !file.closed || !all.some(({ day, closed }) => !closed && day === file.day));
  const found: Verified = {
    journal,
    system,
    days: files.length,
    firstDay: files[0]?.day ?? '',
    lastDay: files.at(-1)?.day ?? '',
    lines: 0,
    missing: 0,
    firstN: 0,
    lastN: 0,
    lastHash: GENESIS,
    break: null,
  };
  for (const file of files) {
    // The file under way may end in the middle of what is being written, or be cut there by a crash: that is mended.
    const open = file === files.at(-1) && !file.closed;
    const what = await verifyFile(file.path, found, open);
    if (what) return { ...found, break: what };
  }
  return found;
}

async function verifyFile(file: string, found: Verified, open: boolean): Promise<Verified['break']> {
  let number = 0;
  try {
    for await (const { bytes, whole } of linesOf(file)) {
      number += 1;
      const stop = (what: string) => ({ file, line: number, what });
      const line = readLine(bytes);
      if (!whole && open) break;
      if (!whole) return stop('the line is torn');
      if (!line) return stop('not a line of the archive');
      if (found.lines === 0) {
        // Files before this one may have been removed for their age: it says itself what it continues.
        found.firstN = line.n;
        found.lastN = line.n - 1;
        found.lastHash = line.prev ?? '';
        if (line.n === 1 && line.prev !== GENESIS) return stop('the first line of all does not begin a chain');
      }
      if (number === 1 && line.prev === undefined) return stop('the first line of the file is missing');
      if (line.n !== found.lastN + 1)
        return stop(`line ${found.lastN + 1} of the journal is missing, this is ${line.n}`);
      if (line.prev !== undefined && line.prev !== found.lastHash) return stop('does not continue the file before it');
      if (!line.follows(found.lastHash)) return stop('the line, or the one before it, was changed');
      found.lines += 1;
      found.missing += line.gap?.missing ?? 0;
      found.lastN = line.n;
      found.lastHash = line.hash;
    }
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { file, line: number + 1, what: `cannot be read: ${what}` };
  }
  return number === 0 && !open ? { file, line: 1, what: 'the file is empty' } : null;
}
