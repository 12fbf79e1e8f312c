import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type LastBackup, lastBackupFile } from '../ops/last-backup.js';
import { atMachine } from './act.js';
import {
  BACKUP_FORMAT,
  BackupError,
  type BackupHead,
  HEAD_FILE,
  MANIFEST_FILE,
  SNAPSHOT_FILE,
  type StateFacts,
} from './backup.types.js';
import { packInto } from './packing.js';
import { snapshotRedis } from './redis-snapshot.gateway.js';
import { type Source, sourcesOf } from './sources.js';
import { layAppendOnly, redisProgram, startSpareRedis } from './spare-redis.gateway.js';
import { factsOf, openState, recordAct, versionsOf } from './state-report.repository.js';
import { workFolder } from './work-folder.js';

/** A day that ended is compressed while it is copied: then it is looked for again under its new name. */
const TRIES = 3;

export interface BackupPlan {
  /** path of the file; must not be there */
  to: string;
  dataDir: string;
  packsDir: string | null;
  redisUrl: string;
  /** of this CityWall */
  version: string;
  now(): number;
}

export interface BackupMade {
  file: string;
  bytes: number;
  sha256: string;
  files: number;
  /** null: no redis-server at hand that could read the snapshot */
  facts: StateFacts | null;
  /** the audit could not be told of it, and why */
  untold: string | null;
}

/** `citywall-20260709-143502.tar.gz`, by Asia/Shanghai. */
export function backupName(at: number): string {
  const [day = '', time = ''] = new Date(at + 8 * 3_600_000).toISOString().split('T');
  return `citywall-${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}.tar.gz`;
}
const OURS = /^citywall-\d{8}-\d{6}\.tar\.gz$/;

/**
 * Saves a running system: the state as it is at one moment, the archive, the site's packs.
 * @throws BackupError; then no file is left
 */
export async function makeBackup(plan: BackupPlan): Promise<BackupMade> {
  const { to, dataDir, packsDir, redisUrl, now } = plan;
  if (existsSync(to)) throw new BackupError('exists', `${to} is there already: name another file`);
  const folder = dirname(to);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const redis = await openState(redisUrl);
  const work = await workFolder(folder, '.backup');
  const part = join(work, basename(to));
  try {
    const untold = await recordAct(redis, atMachine('backup.make', now(), { to })).then(
      () => null,
      (error: Error) => error.message,
    );
    const at = new Date(now()).toISOString();
    const head: BackupHead = { backup: BACKUP_FORMAT, version: plan.version, at, ...(await versionsOf(redis)) };
    const snapshot = join(work, 'snapshot.rdb');
    await snapshotRedis(redisUrl, snapshot);
    const packing = packInto(part);
    try {
      await packing.text(HEAD_FILE, `${JSON.stringify(head, null, 2)}\n`);
      await packing.add({ name: SNAPSHOT_FILE, path: snapshot });
      await addAll(packing.add, () => sourcesOf(dataDir, packsDir));
      const facts = await readable(snapshot, work);
      await packing.text(MANIFEST_FILE, `${JSON.stringify({ files: packing.files(), facts }, null, 1)}\n`);
      const { bytes, sha256 } = await packing.finish();
      await rename(part, to);
      await syncFolder(folder);
      await remember(dataDir, { at, file: to, bytes, sha256 });
      return { file: to, bytes, sha256, files: packing.files().length, facts, untold };
    } catch (error) {
      await packing.abort();
      throw error;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new BackupError('no-space', `the disk of ${folder} is full: nothing was left there`);
    throw error;
  } finally {
    redis.disconnect();
    await rm(work, { recursive: true, force: true });
  }
}

/** Adds every file; those that went meanwhile are looked for again. */
async function addAll(add: (source: Source) => Promise<void>, list: () => Promise<Source[]>): Promise<void> {
  const taken = new Set<string>();
  for (let left = TRIES; left > 0; left--) {
    let gone = false;
    for (const source of await list()) {
      // a day has one file, plain or compressed
      const name = source.name.startsWith('archive/') ? source.name.replace(/\.gz$/, '') : source.name;
      if (taken.has(name)) continue;
      try {
        await add(source);
        taken.add(name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        gone = true;
      }
    }
    if (!gone) return;
  }
}

/** Proof that the snapshot can be read, and what is in it; null where no program can. */
async function readable(snapshot: string, work: string): Promise<StateFacts | null> {
  if (redisProgram() === null) return null;
  const dir = join(work, 'redis');
  await mkdir(dir);
  await layAppendOnly(snapshot, dir);
  const spare = await startSpareRedis(dir);
  try {
    return await factsOf(spare.redis);
  } finally {
    await spare.stop();
  }
}

async function remember(dataDir: string, last: LastBackup): Promise<void> {
  const file = lastBackupFile(dataDir);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.part`, `${JSON.stringify(last)}\n`, { mode: 0o600 });
  await rename(`${file}.part`, file);
}

/** Removes the oldest backups of a folder, by their names. @returns those removed */
export async function keepNewest(folder: string, keep: number): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => OURS.test(name)).sort();
  const old = names.slice(0, Math.max(0, names.length - keep));
  for (const name of old) await unlink(join(folder, name));
  return old;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
