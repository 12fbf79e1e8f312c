/**
 * Running other programs once (not supervised ones), and finding them.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Stop } from './messages.mjs';

/** Where daemons are that a plain user's PATH does not list: Debian, local builds, Homebrew on both kinds of Mac. */
const MORE_FOLDERS = [
  '/usr/sbin',
  '/sbin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
];

/**
 * @param {string} name
 * @param {string} [path] like `process.env.PATH`
 * @param {readonly string[]} [more] folders looked at after it
 * @returns {string | undefined} absolute path of the first executable file of that name
 */
export function findProgram(name, path = process.env.PATH ?? '', more = MORE_FOLDERS) {
  for (const folder of [...path.split(delimiter), ...more]) {
    const file = join(folder || '.', name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/**
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null, output: string }} Ended
 *
 * Runs a program to its end and keeps what it printed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {AbortSignal} [options.signal] ends the program with SIGTERM, after 3 s with SIGKILL; the promise then rejects with Stop `interrupted`
 * @param {(line: string, stream: 'stdout' | 'stderr') => void} [options.onLine] told every line as it comes
 * @param {boolean} [options.passThrough] prints as it comes, too
 * @param {boolean} [options.ownGroup] Ctrl-C in the terminal does not reach it, because it must not be left half-way
 * @param {number} [options.timeoutMs] ends it with SIGKILL after this time
 * @returns {Promise<Ended>} rejects only when the program cannot be run, or on `signal`
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) return reject(new Stop('interrupted', 'interrupted'));
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: options.ownGroup ?? false,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    const abort = () => {
      child.kill('SIGTERM');
      // A program that is too busy to notice is not waited for.
      const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
      child.once('exit', () => clearTimeout(timer));
    };
    options.signal?.addEventListener('abort', abort, { once: true });
    let output = '';
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      let rest = '';
      child[name].setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        output += text;
        if (options.passThrough) process[name].write(text);
        if (!options.onLine) return;
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) options.onLine(line, name);
      });
    }
    child.once('error', (error) => {
      options.signal?.removeEventListener('abort', abort);
      reject(error);
    });
    child.once('close', (code, signal) => {
      options.signal?.removeEventListener('abort', abort);
      if (options.signal?.aborted) reject(new Stop('interrupted', 'interrupted'));
      else resolve({ code, signal, output });
    });
  });
}

/**
 * @param {string} output
 * @param {number} [count]
 */
export const lastLines = (output, count = 15) => output.trimEnd().split('\n').slice(-count).join('\n');

/** What npm, apt and git print when there is no way out of the machine. */
const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|Temporary failure resolving|Could not resolve|Could not connect|Network is unreachable|Connection timed out|Connection refused/;

/** @param {string} output */
export const looksOffline = (output) => NO_NETWORK.test(output);
