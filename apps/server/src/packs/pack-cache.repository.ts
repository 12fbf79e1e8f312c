import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { LoadedPack } from './load.js';

const SUM_BYTES = 32;

/**
 * Checked packs of the last start, so that the next one has to check only what changed. Each is kept with the sum of the texts
 * it was made of (`print`): `loadPacks` takes it where that is the same. All of it counts only for the program that wrote
 * it, and only whole.
 */
export class PackCacheRepository {
  /**
   * @param file in the data directory, which belongs to this server alone
   * @param program tells this build from every other
   */
  constructor(
    private readonly file: string,
    private readonly program: string,
  ) {}

  /** By id; empty where there is none, or none that can be trusted. */
  async read(): Promise<Map<string, LoadedPack>> {
    try {
      const bytes = await readFile(this.file);
      const packs = bytes.subarray(SUM_BYTES);
      if (!bytes.subarray(0, SUM_BYTES).equals(this.sum(packs))) return new Map();
      return new Map((deserialize(packs) as LoadedPack[]).map((loaded) => [loaded.id, loaded]));
    } catch {
      // whatever is wrong with it, the packs themselves are there
      return new Map();
    }
  }

  /** Keeps the packs without problems. Replaced whole: who reads meanwhile reads the old one or the new one. */
  async write(loaded: Iterable<LoadedPack>): Promise<void> {
    const good = [...loaded].filter(({ pack, problems }) => pack !== undefined && problems.length === 0);
    // as it goes between threads: JSON has no infinity
    const packs = serialize(good);
    const unfinished = `${this.file}.${randomBytes(6).toString('hex')}.new`;
    try {
      await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
      await writeFile(unfinished, Buffer.concat([this.sum(packs), packs]), { mode: 0o600, flag: 'wx' });
      await rename(unfinished, this.file);
    } catch {
      // a full or read-only disk is told by whoever needs it more: without this file a start only takes longer
      await rm(unfinished, { force: true }).catch(() => {});
    }
  }

  private sum(packs: Uint8Array): Buffer {
    return createHash('sha256').update(`${this.program} ${process.versions.v8}\n`).update(packs).digest();
  }
}

/** A sum over the bundle that a program is in: the names of its parts, which hold sums of their contents, and the program itself. */
export async function buildOf(program: URL): Promise<string> {
  const names = await readdir(fileURLToPath(new URL('.', program)));
  const hash = createHash('sha256').update(names.sort().join('\n'));
  return hash.update(await readFile(program)).digest('base64url');
}
