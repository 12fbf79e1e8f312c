/**
 * Telling one process from another that later got the same pid, and ending processes.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const POLL_MS = 25;

/**
 * A name for the process that no later process with the same pid shares: on Linux the boot and the clock tick of its
 * start, elsewhere the second of its start as `ps` tells it.
 * @param {number} pid
 * @returns {string | undefined} undefined when there is no such process, or only its zombie
 */
export function identityOf(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') {
    const fields = statOf(pid);
    if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${fields[19]}`;
  }
  const [state = '', ...start] = ps(pid, 'stat=,lstart=').split(/\s+/);
  return state === '' || state.startsWith('Z') ? undefined : start.join(' ');
}

/**
 * @param {number} pid
 * @returns {string[] | undefined} `/proc/PID/stat` from its third field (the state) on
 */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name in parentheses, which may itself contain spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** @param {number} pid @returns {number | undefined} the process that started it, or the one that took it over */
export function parentOf(pid) {
  if (process.platform === 'linux') {
    const parent = statOf(pid)?.[1];
    return parent === undefined ? undefined : Number(parent);
  }
  const said = ps(pid, 'ppid=');
  return said === '' ? undefined : Number(said);
}

/** @param {number} pid @returns {string | undefined} name of its program, without folder */
export function nameOf(pid) {
  if (process.platform !== 'linux') return ps(pid, 'comm=').split('/').pop();
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  } catch {
    return undefined;
  }
}

/** @param {number} pid @param {string} fields @returns {string} empty when there is no such process */
function ps(pid, fields) {
  try {
    return execFileSync('ps', ['-o', fields, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}

/** @param {{ pid: number, identity: string }} record @returns {boolean} whether that very process still runs */
export const isAlive = (record) => identityOf(record.pid) === record.identity;

/** @param {number} pid @param {NodeJS.Signals} signal @returns {boolean} whether there was a process to send it to */
export function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * Ends a process that need not be our child: SIGTERM, and SIGKILL when it is still there after its grace.
 * @param {{ pid: number, identity: string }} record
 * @param {number} graceMs
 * @returns {Promise<'gone' | 'ended' | 'killed'>} gone: it did not run any more
 */
export async function end(record, graceMs) {
  if (!isAlive(record)) return 'gone';
  send(record.pid, 'SIGTERM');
  // A stopped process acts on SIGTERM only when it goes on.
  send(record.pid, 'SIGCONT');
  const deadline = Date.now() + graceMs;
  while (isAlive(record)) {
    if (Date.now() > deadline) {
      if (isAlive(record)) send(record.pid, 'SIGKILL');
      while (isAlive(record)) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      return 'killed';
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return 'ended';
}
