/**
 * node_modules as the lock file says: `npm ci` when they differ, nothing when they do not.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stop } from './messages.mjs';
import { looksOffline, run } from './programs.mjs';

/** @param {string} root */
const stampFile = (root) => join(root, '.build', 'packages.json');

/**
 * What node_modules depends on. Native parts come as packages per platform, so a checkout that moved to another kind of
 * machine (a container, a Mac) needs them anew.
 * @param {string} root
 */
function wanted(root) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return { lock, platform: `${process.platform}-${process.arch}` };
}

/**
 * Whether node_modules already holds what the lock file asks for, by the record that npm writes when it has finished
 * (an interrupted npm leaves none). Covers a person who ran npm themselves.
 * @param {{ packages?: Record<string, LockEntry> }} lock package-lock.json
 * @param {{ packages?: Record<string, LockEntry> }} installed node_modules/.package-lock.json
 *
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} LockEntry
 */
export function covers(lock, installed) {
  const entries = Object.entries(lock.packages ?? {}).filter(([path]) => path.startsWith('node_modules/'));
  return entries.every(([path, entry]) => {
    // Packages for other platforms are optional and absent here.
    if (entry.optional) return true;
    const found = installed.packages?.[path];
    return found !== undefined && found.version === entry.version && found.integrity === entry.integrity;
  });
}

/**
 * @param {string} root
 * @returns {boolean}
 */
export function packagesCurrent(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const want = wanted(root);
  try {
    const stamp = JSON.parse(readFileSync(stampFile(root), 'utf8'));
    if (stamp.lock === want.lock && stamp.platform === want.platform) return true;
    if (stamp.platform !== want.platform) return false;
  } catch {
    // No stamp, or one that was cut off while written: compare in full.
  }
  const read = (/** @type {string} */ file) => JSON.parse(readFileSync(file, 'utf8'));
  if (!covers(read(join(root, 'package-lock.json')), read(record))) return false;
  stamp(root);
  return true;
}

/** @param {string} root */
function stamp(root) {
  mkdirSync(join(root, '.build'), { recursive: true });
  writeFileSync(stampFile(root), JSON.stringify(wanted(root)));
}

/**
 * The reason stands at the beginning of what npm says; a page of usage may follow.
 * @param {string} output
 */
const firstErrors = (output) =>
  output
    .split('\n')
    .filter((line) => /^npm error +\S/.test(line))
    .slice(0, 6)
    .join('\n');

/** Failed requests without one that succeeds in between, after which the rest would fail too. */
const HOPELESS = 100;
const OFFLINE = `npm error ${HOPELESS} requests in a row failed (ENOTFOUND, EAI_AGAIN or the like)`;

/**
 * Runs `npm ci`. Progress is counted in packages fetched, because npm shows its own bar only on a terminal.
 * @param {string} root
 * @param {(text: string) => void} progress
 * @param {AbortSignal} [signal]
 */
export async function installPackages(root, progress, signal) {
  rmSync(stampFile(root), { force: true });
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command = 'npm', ...first] = npm;
  let fetched = 0;
  let failedInARow = 0;
  // npm tries each of hundreds of packages again and again, for minutes, before it says that there is no network.
  const pointless = new AbortController();
  const patience = ['--fetch-retries=4', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000'];
  const { code, output } = await run(
    command,
    [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=http', ...patience],
    {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'development' },
      signal: signal ? AbortSignal.any([signal, pointless.signal]) : pointless.signal,
      onLine: (line) => {
        if (/^npm http (fetch GET 2|cache)/.test(line)) {
          failedInARow = 0;
          progress(`${++fetched} packages fetched`);
        } else if (/^npm http fetch .* failed with /.test(line)) {
          progress('the registry does not answer');
          if (looksOffline(line) && ++failedInARow >= HOPELESS) pointless.abort();
        }
      },
    },
  ).catch((error) => {
    if (pointless.signal.aborted) return { code: 1, output: OFFLINE };
    if (error instanceof Stop) throw error;
    throw new Stop('install-failed', `npm cannot be run (${error.message}).`, 'Install Node.js together with npm.');
  });
  if (code !== 0) {
    const said = firstErrors(output);
    if (looksOffline(output)) {
      throw new Stop(
        'no-network',
        `the packages could not be fetched, because the registry cannot be reached:\n${said}`,
        'Check the network or the proxy (npm config get proxy), then run the command again.',
      );
    }
    throw new Stop(
      'install-failed',
      `npm ci failed (exit code ${code}):\n${said}`,
      'Run npm ci by itself to see all of it; if the lock file is out of step, npm install brings it up to date.',
    );
  }
  stamp(root);
}
