/**
 * `DATA_DIR/run`: who runs on this data directory. One JSON file a process, so that a new launcher finds the children
 * of one that was killed, and a second launcher finds the first.
 */
import { execFileSync } from 'node:child_process';
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Stop } from './messages.mjs';
import { end, identityOf, isAlive } from './processes.mjs';

/**
 * @typedef {object} RunRecord
 * @property {string} name
 * @property {number} pid
 * @property {string} identity see `identityOf`
 * @property {string} startedAt ISO 8601
 * @property {string} [url] where it listens
 * @property {string} [container] its docker container, which outlives the `docker run` that started it
 */

const LAUNCHER = 'launcher';

/** The order in which the processes of a data directory end, so that nobody's writes go nowhere. Others come first. */
const ENDING = ['simulate', 'server', 'mosquitto', 'redis'];

/** How long each may take to end in good order, ms: the server drains, Redis and mosquitto write what they hold. */
export const GRACE_MS = /** @type {Readonly<Record<string, number>>} */ ({
  simulate: 3_000,
  server: 10_000,
  mosquitto: 10_000,
  redis: 20_000,
});

/** @param {string} dir @param {string} name */
const fileOf = (dir, name) => join(dir, `${name}.json`);

/**
 * @param {string} dir the run folder
 * @param {string} name
 * @returns {RunRecord | undefined} undefined when there is none, or it was cut off while written
 */
export const readRecord = (dir, name) => parseRecord(fileOf(dir, name));

/** @param {string} file @returns {RunRecord | undefined} */
function parseRecord(file) {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8'));
    return Number.isInteger(record.pid) && typeof record.identity === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} dir
 * @param {{ name: string, pid: number, url?: string | undefined, container?: string | undefined }} about
 */
export function writeRecord(dir, about) {
  const record = { ...about, identity: identityOf(about.pid) ?? '', startedAt: new Date().toISOString() };
  writeWhole(fileOf(dir, about.name), record);
}

/** @param {string} dir @param {string} name */
export const removeRecord = (dir, name) => rmSync(fileOf(dir, name), { force: true });

/** @param {string} file @param {unknown} content a reader sees all of it or nothing */
function writeWhole(file, content) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/**
 * Makes the data directory and its run folder.
 * @param {string} dataDir
 * @returns {string} the run folder
 */
export function openRunFolder(dataDir) {
  const dir = join(dataDir, 'run');
  try {
    makeFolder(dir);
    const probe = join(dir, `.probe.${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? String(error);
    throw new Stop(
      'data-dir',
      `the data directory ${dataDir} cannot be written (${code}${REASON[code] ? `: ${REASON[code]}` : ''}).`,
      'CITYWALL_DATA_DIR=/a/folder/you/may/write npm start',
    );
  }
  return dir;
}

/**
 * Refuses a data directory that a restore left half-way: what it lacks would be made anew, empty.
 * Called when this process is the launcher already: a restore writes its mark first and then looks for a launcher.
 * @param {string} dataDir
 */
export function refuseHalfRestored(dataDir) {
  const mark = join(dataDir, 'restore-unfinished.json');
  if (!existsSync(mark)) return;
  let about = { file: 'FILE', aside: 'before-restore-…' };
  try {
    about = { ...about, ...JSON.parse(readFileSync(mark, 'utf8')) };
  } catch {
    // cut off while it was written: that it is there says enough
  }
  throw new Stop(
    'half-restored',
    `${dataDir} is half restored: a restore was cut off. What was there before is in ${about.aside}.`,
    `npm run citywall -- restore ${about.file}   (or put back what was there, and remove ${mark})`,
  );
}

/**
 * Like `mkdirSync` with `recursive`, which never returns where the parent is there and takes no folders (/proc).
 * @param {string} dir
 */
function makeFolder(dir) {
  if (!existsSync(dirname(dir))) makeFolder(dirname(dir));
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST' || !statSync(dir).isDirectory()) throw error;
  }
}

/** @type {Readonly<Record<string, string>>} */
const REASON = {
  EROFS: 'the file system is read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
  ENOSPC: 'the disk is full',
};

/**
 * Makes this process the launcher of the data directory, or refuses when another one is.
 * @param {string} dir the run folder
 * @returns {() => void} gives the place up
 */
export function takeLauncherPlace(dir) {
  const file = fileOf(dir, LAUNCHER);
  const draft = `${file}.${process.pid}`;
  const aside = `${draft}.dead`;
  const identity = identityOf(process.pid) ?? '';
  const mine = { name: LAUNCHER, pid: process.pid, identity, startedAt: new Date().toISOString() };
  writeFileSync(draft, `${JSON.stringify(mine)}\n`, { mode: 0o600 });
  try {
    while (!placeWhole(draft, file)) {
      refuse(parseRecord(file));
      // The launcher of this record is dead. Of two that see so at once, the slower may move the faster one's record.
      try {
        renameSync(file, aside);
      } catch {
        continue;
      }
      const moved = parseRecord(aside);
      if (moved && isAlive(moved)) placeWhole(aside, file);
      rmSync(aside, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (parseRecord(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/**
 * Puts a copy of a finished file in place, whole or not at all.
 * @param {string} from
 * @param {string} to
 * @returns {boolean} false when there is one already
 */
function placeWhole(from, to) {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST') return false;
    // Some shared folders of virtual machines know no hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP') throw error;
    try {
      copyFileSync(from, to, constants.COPYFILE_EXCL);
    } catch {
      return false;
    }
  }
  return true;
}

/** @param {RunRecord | undefined} record */
function refuse(record) {
  if (!record || !isAlive(record)) return;
  throw new Stop(
    'already-running',
    `already running with this data directory, as process ${record.pid} since ${record.startedAt}.`,
    `Stop that one (kill ${record.pid}), or give this one its own: CITYWALL_DATA_DIR=./data2 CITYWALL_PORT=8081 npm start`,
  );
}

/**
 * Ends what a killed launcher of this data directory left running, in the order in which a launcher would.
 * @param {string} dir the run folder
 * @param {Readonly<Record<string, number>>} [graceMs]
 * @returns {Promise<{ name: string, pid: number, how: 'ended' | 'killed' }[]>} the processes that still ran
 */
export async function endOrphans(dir, graceMs = GRACE_MS) {
  const names = readdirSync(dir)
    .filter((file) => file.endsWith('.json') && file !== `${LAUNCHER}.json`)
    .map((file) => basename(file, '.json'))
    .sort((a, b) => ENDING.indexOf(a) - ENDING.indexOf(b));
  const ended = [];
  for (const name of names) {
    const record = readRecord(dir, name);
    if (record) {
      const how = await end(record, graceMs[name] ?? 5_000);
      if (record.container) removeContainer(record.container);
      if (how !== 'gone') ended.push({ name, pid: record.pid, how });
    }
    removeRecord(dir, name);
  }
  return ended;
}

/** @param {string} name */
export function removeContainer(name) {
  try {
    execFileSync('docker', ['rm', '--force', name], { stdio: 'ignore' });
  } catch {
    // No such container, or no docker any more: nothing is left to remove.
  }
}
