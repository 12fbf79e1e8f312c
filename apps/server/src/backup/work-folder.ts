import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A folder to work in, beside where the result goes. Those of the same kind that killed processes left are removed: they hold
 * a whole state each.
 * @param kind `.backup`, `.restore`
 */
export async function workFolder(folder: string, kind: string): Promise<string> {
  const ours = new RegExp(`^\\${kind}-(\\d+)-\\w{6}$`);
  for (const name of await readdir(folder)) {
    const pid = Number(ours.exec(name)?.[1] ?? 0);
    if (pid > 0 && pid !== process.pid && !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
  return mkdtemp(join(folder, `${kind}-${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
