import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import {
  BACKUP_FORMAT,
  BackupError,
  type BackupHead,
  type BackupManifest,
  HEAD_FILE,
  headSchema,
  MANIFEST_FILE,
  manifestSchema,
} from './backup.types.js';
import type { Source } from './sources.js';

export type PackedFile = BackupManifest['files'][number];

/** Head and manifest are read whole; larger ones are none of ours, bytes. */
const MAX_TEXT = 64 * 1024 * 1024;
/** Names we write; nothing of a backup is ever put outside its folder. */
const NAME = /^(redis|archive|packs)(\/[^/\\\0]+)+$/;

/** A backup that is being written, entry by entry. */
export interface Packing {
  add(source: Source): Promise<void>;
  text(name: string, text: string): Promise<void>;
  files(): PackedFile[];
  /** @returns bytes of the whole, and their SHA-256 */
  finish(): Promise<{ bytes: number; sha256: string }>;
  abort(): Promise<void>;
}

/** @param file is made, mode 0600; must not be there */
export function packInto(file: string): Packing {
  const tar = pack();
  const out = createWriteStream(file, { mode: 0o600, flags: 'wx' });
  const whole = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      whole.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  // tar-stream's streams are not Node's own: the pipeline wants one that is
  const bridge = new PassThrough();
  tar.on('error', (error: Error) => bridge.destroy(error));
  tar.pipe(bridge);
  const written = pipeline(bridge, createGzip({ level: 6 }), count, out);
  written.catch((error) => tar.destroy(error));
  const files: PackedFile[] = [];
  const times = { mode: 0o600, mtime: new Date(0) };

  const add = async ({ name, path }: Source) => {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const hash = createHash('sha256');
      const entry = tar.entry({ name, size, ...times });
      const done = new Promise<void>((resolve, reject) => {
        entry.on('finish', resolve);
        entry.on('error', reject);
        entry.on('close', () => reject(new Error(`${name} was not taken whole`)));
      });
      done.catch(() => {});
      // a journal grows while it is read: as much of it as there was when it was opened
      if (size > 0)
        for await (const chunk of handle.createReadStream({ start: 0, end: size - 1, autoClose: false })) {
          hash.update(chunk as Buffer);
          if (!entry.write(chunk as Buffer))
            await Promise.race([new Promise<void>((resolve) => entry.once('drain', resolve)), written, done]);
        }
      entry.end();
      await Promise.race([done, written]);
      files.push({ name, size, sha256: hash.digest('hex') });
    } finally {
      await handle.close();
    }
  };
  return {
    add,
    text: (name, text) =>
      new Promise((resolve, reject) => {
        tar.entry({ name, ...times }, text, (error) => (error ? reject(error) : resolve()));
      }),
    files: () => files,
    async finish() {
      tar.finalize();
      await written;
      const handle = await open(file, 'r');
      await handle.sync().finally(() => handle.close());
      return { bytes, sha256: whole.digest('hex') };
    },
    async abort() {
      tar.destroy();
      bridge.destroy();
      await written.catch(() => {});
    },
  };
}

/** A backup that was taken apart. */
export interface Unpacked {
  head: BackupHead;
  manifest: BackupManifest;
}

/**
 * Takes a backup apart, and compares every file with what its manifest says.
 * @param into a folder that is empty
 * @param accept looks at the head before anything is written; throws to refuse it
 * @throws BackupError `not-a-backup`, `damaged`
 */
export async function unpack(file: string, into: string, accept: (head: BackupHead) => void): Promise<Unpacked> {
  await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new BackupError('not-a-backup', `${file} cannot be read: ${error.code ?? error.message}`);
  });
  const tar = extract();
  const bridge = new PassThrough();
  bridge.on('data', (chunk: Buffer) => {
    if (tar.write(chunk)) return;
    bridge.pause();
    tar.once('drain', () => bridge.resume());
  });
  bridge.once('end', () => tar.end());
  const read = pipeline(createReadStream(file), createGunzip(), bridge);
  read.catch((error) => tar.destroy(error));

  let head: BackupHead | undefined;
  let manifest: BackupManifest | undefined;
  const found = new Map<string, PackedFile>();
  try {
    for await (const entry of tar) {
      const { name, type } = entry.header;
      if (type !== 'file') throw new BackupError('not-a-backup', `${file} holds ${name}, which is no file`);
      if (head === undefined) {
        if (name !== HEAD_FILE)
          throw new BackupError('not-a-backup', `${file} is no backup of CityWall: it begins with ${name}`);
        head = readHead(await textOf(entry, name), file);
        accept(head);
      } else if (name === MANIFEST_FILE) {
        manifest = readManifest(await textOf(entry, name), file);
      } else {
        if (!NAME.test(name) || name.split('/').includes('..') || found.has(name))
          throw new BackupError('not-a-backup', `${file} holds ${name}, which is none of its names`);
        found.set(name, await written(entry, name, join(into, name)));
      }
    }
    await read;
  } catch (error) {
    if (error instanceof BackupError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC')
      throw new BackupError('no-space', `the disk of ${into} is full: ${file} needs more room there`);
    if (head === undefined) throw new BackupError('not-a-backup', `${file} is no backup of CityWall: ${message}`);
    throw new BackupError('damaged', `${file} is damaged or cut off: ${message}`);
  }
  if (head === undefined) throw new BackupError('not-a-backup', `${file} is no backup of CityWall: it is empty`);
  if (manifest === undefined) throw new BackupError('damaged', `${file} is cut off: its manifest is missing`);
  compare(file, manifest, found);
  return { head, manifest };
}

function compare(file: string, manifest: BackupManifest, found: ReadonlyMap<string, PackedFile>): void {
  const named = new Set(manifest.files.map(({ name }) => name));
  const wrong = manifest.files.flatMap(({ name, size, sha256 }) => {
    const there = found.get(name);
    if (!there) return [`${name} is missing`];
    return there.size === size && there.sha256 === sha256 ? [] : [`${name} is not what was saved`];
  });
  for (const name of found.keys()) if (!named.has(name)) wrong.push(`${name} was added`);
  if (wrong.length === 0) return;
  const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : '';
  throw new BackupError('damaged', `${file} is damaged: ${wrong.slice(0, 3).join('; ')}${more}`);
}

async function written(content: AsyncIterable<Uint8Array>, name: string, path: string): Promise<PackedFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    content,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o600, flags: 'wx' }),
  );
  return { name, size, sha256: hash.digest('hex') };
}

async function textOf(content: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > MAX_TEXT) throw new BackupError('damaged', `${name} is too long`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readHead(text: string, file: string): BackupHead {
  const parsed = headSchema.safeParse(json(text));
  const format = (json(text) as { backup?: unknown } | undefined)?.backup;
  if (typeof format === 'number' && format > BACKUP_FORMAT)
    throw new BackupError(
      'newer',
      `${file} has backup format ${format}, this CityWall understands ${BACKUP_FORMAT}: restore it with the newer CityWall that made it`,
    );
  if (!parsed.success)
    throw new BackupError('not-a-backup', `${file} is no backup of CityWall: its head is unreadable`);
  return parsed.data;
}

function readManifest(text: string, file: string): BackupManifest {
  const parsed = manifestSchema.safeParse(json(text));
  if (!parsed.success) throw new BackupError('damaged', `${file} is damaged: its manifest is unreadable`);
  return parsed.data;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
