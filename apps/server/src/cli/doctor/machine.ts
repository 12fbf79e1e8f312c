import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { isLow, type Space, spaceOf } from '../../ops/disk.js';
import { about, bytes, type Finding } from './finding.js';

/** Open files a busy server needs: displays, brokers, Redis, recordings. */
export const LEAST_FILES = 4_096;
/** Free memory below this is worth a word, bytes. */
const LEAST_MEMORY = 300_000_000;

/** Disk of the data directory, memory, open files, Node. */
export async function judgeMachine(
  dataDir: string,
  look: { space(dir: string): Promise<Space>; files(): number | null; memory(): Space } = MACHINE,
): Promise<Finding[]> {
  const disk = about('disk');
  const space = await look.space(dataDir);
  const share = space.total > 0 ? Math.round((space.free / space.total) * 100) : 0;
  const says = `${dataDir}: ${bytes(space.free)} free (${share} %)`;
  if (isLow(space, false)) disk.warn(says, 'make room: when it is full, nothing is accepted any more');
  else disk.ok(says);
  const nearest = existing(dataDir);
  try {
    accessSync(nearest, constants.W_OK);
  } catch {
    disk.fail(`${nearest} cannot be written by this user`, 'give CITYWALL_DATA_DIR a folder that can');
  }

  const machine = about('machine');
  const memory = look.memory();
  const free = `${bytes(memory.free)} of ${bytes(memory.total)} memory free`;
  if (memory.free < LEAST_MEMORY) machine.warn(free, 'the server, Redis and the broker need about 300 MB to start');
  else machine.ok(`${free}; Node ${process.versions.node}`);
  const files = look.files();
  if (files === null) machine.note('the limit of open files cannot be read here');
  else if (files < LEAST_FILES)
    machine.warn(`${files} files may be open at once`, `ulimit -n 65536, or LimitNOFILE=65536 in the unit`);
  else machine.ok(`${files === Number.POSITIVE_INFINITY ? 'any number of' : files} files may be open at once`);
  return [...disk.findings, ...machine.findings];
}

const MACHINE = {
  space: spaceOf,
  memory: (): Space => ({ free: availableMemory(), total: totalmem() }),
  files: openFilesLimit,
};

/** What can be had without swapping: `free` alone leaves out the file cache. */
function availableMemory(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}

function openFilesLimit(): number | null {
  try {
    const text = existsSync('/proc/self/limits')
      ? /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
      : execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
    return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text) || null;
  } catch {
    return null;
  }
}

function existing(dir: string): string {
  return existsSync(dir) || dirname(dir) === dir ? dir : existing(dirname(dir));
}
