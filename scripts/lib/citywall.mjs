/**
 * `npm run citywall`: what it prints on standard output is the command's alone, so that it can be piped.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { partsToBuild } from './build.mjs';
import { packagesCurrent } from './install.mjs';

const ROOT = join(import.meta.dirname, '..', '..');

/** @param {readonly string[]} args of the command line in apps/server/src/cli */
export function citywall(args) {
  const node = (
    /** @type {readonly string[]} */ more,
    /** @type {import('node:child_process').SpawnSyncOptions} */ options,
  ) => spawnSync(process.execPath, more, options).status ?? 1;
  if (!packagesCurrent(ROOT) || partsToBuild(ROOT, ['server']).length > 0) {
    const status = node([join(ROOT, 'scripts/build.mjs'), 'server'], { stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      process.exitCode = status;
      return;
    }
  }
  // npm changes to the root of the checkout; paths that a person types are meant from where they are.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  process.exitCode = node([join(ROOT, 'apps/server/dist/bundle/citywall.js'), ...args], { cwd, stdio: 'inherit' });
}
