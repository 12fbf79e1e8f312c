import { type Dirent, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NOTIFICATIONS_FILE } from '@citywall/pack-schema';
import { ARCHIVE_FOLDER, PACKS_FOLDER } from './backup.types.js';

/** A file that goes into a backup. */
export interface Source {
  /** within the backup, `archive/audit/house/2026-07-09.ndjson` */
  name: string;
  path: string;
}

/** Folders deeper than this can only be a link to one of their own parents. */
const MAX_DEPTH = 12;
/** Half-written by the archiver or an editor. */
const DRAFT = /\.(part|tmp)$/;

/** Every file of the archive and of the site's packs, `notifications.yaml` with them. A folder that is not there has none. */
export async function sourcesOf(dataDir: string, packsDir: string | null): Promise<Source[]> {
  const found = await filesOf(join(dataDir, 'archive'), ARCHIVE_FOLDER);
  if (packsDir !== null) return [...found, ...(await filesOf(packsDir, PACKS_FOLDER))];
  // of a site without packs it stands here
  const path = join(dataDir, NOTIFICATIONS_FILE);
  return existsSync(path) ? [...found, { name: `${PACKS_FOLDER}${NOTIFICATIONS_FILE}`, path }] : found;
}

async function filesOf(folder: string, name: string, depth = 0): Promise<Source[]> {
  if (depth > MAX_DEPTH || !existsSync(folder)) return [];
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  const found: Source[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    // mounted secrets and packs are links
    const about = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
    if (about?.isDirectory()) found.push(...(await filesOf(path, `${name}${entry.name}/`, depth + 1)));
    else if (about?.isFile() && !DRAFT.test(entry.name)) found.push({ name: `${name}${entry.name}`, path });
  }
  return found;
}
