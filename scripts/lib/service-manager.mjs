/**
 * What a service manager (systemd, `Type=notify`) is told: ready, alive, stopping. Without one, nothing.
 */
import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { get as getSecure } from 'node:https';

const ANSWER_WITHIN_MS = 10_000;

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {(words: readonly string[]) => Promise<void>} sends lines of sd_notify(3); Node has no datagram sockets of the
 *   file system, so systemd's own program sends them (hence `NotifyAccess=all` in the unit)
 */
export function serviceManager(env) {
  if (!env.NOTIFY_SOCKET) return async () => {};
  return (words) =>
    new Promise((resolve) => {
      const child = spawn('systemd-notify', words, { stdio: 'ignore', env });
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
}

/** How often it wants to hear that we live, ms; undefined: never. @param {NodeJS.ProcessEnv} env */
export function watchdogEvery(env) {
  const wanted = Number(env.WATCHDOG_USEC);
  // Twice within the time it waits, as sd_watchdog_enabled(3) advises.
  return env.NOTIFY_SOCKET && wanted > 0 ? wanted / 2_000 : undefined;
}

/**
 * Whether the server's event loop turns.
 * @param {{ host: string, port: number, secure: boolean }} place
 * @returns {Promise<boolean>}
 */
export function serverAnswers({ host, port, secure }) {
  const name = ['0.0.0.0', '::', '[::]'].includes(host) ? '127.0.0.1' : host;
  const url = `${secure ? 'https' : 'http'}://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}/healthz`;
  return new Promise((resolve) => {
    // Its certificate names the public host, and this is only a sign of life.
    const options = { timeout: ANSWER_WITHIN_MS, rejectUnauthorized: false, headers: { host: 'localhost' } };
    const request = (secure ? getSecure : get)(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}

/**
 * Tells that we live as long as `alive` says so.
 * @param {NodeJS.ProcessEnv} env
 * @param {() => Promise<boolean>} alive
 */
export function keepWatchdog(env, alive) {
  const every = watchdogEvery(env);
  if (every === undefined) return;
  const tell = serviceManager(env);
  const timer = setInterval(async () => {
    if (await alive()) await tell(['WATCHDOG=1']);
  }, every);
  timer.unref();
}
