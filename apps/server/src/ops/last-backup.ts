import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is known of the last backup; written by `citywall backup`, wherever its file went. */
export interface LastBackup {
  /** ISO 8601 */
  at: string;
  file: string;
  bytes: number;
  sha256: string;
}

export const lastBackupFile = (dataDir: string) => join(dataDir, 'backups', 'last.json');

/** When it was made, Unix s; 0: never, or nobody can tell. */
export async function lastBackupAt(dataDir: string): Promise<number> {
  try {
    const { at } = JSON.parse(await readFile(lastBackupFile(dataDir), 'utf8')) as LastBackup;
    return Date.parse(at) / 1000 || 0;
  } catch {
    return 0;
  }
}
