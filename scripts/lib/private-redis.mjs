/**
 * The private Redis: what it runs with and why.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, tryListen } from './ports.mjs';

/** Linux keeps a unix socket's path in 108 bytes, with the zero at its end. */
const LONGEST_SOCKET_PATH = 107;

/** Pinned for `docker run`, the same as in docker-compose.yml. */
export const REDIS_IMAGE = 'redis:7.2.7-bookworm';

/**
 * @param {object} options
 * @param {string} options.dir where the append-only file is kept
 * @param {string} [options.socket] unix socket; without one, a port of the loopback address with a password
 * @param {number} [options.port]
 * @param {string} [options.password]
 * @param {string} [options.bind] address for `port`
 * @returns {string} redis.conf
 */
export function redisConf({ dir, socket, port = 0, password, bind = '127.0.0.1' }) {
  const lines = [
    '# Written by the launcher at every start; changes here are lost.',
    'daemonize no',
    `dir ${quoted(dir)}`,
  ];
  if (socket !== undefined) lines.push('port 0', `unixsocket ${quoted(socket)}`, 'unixsocketperm 700');
  else lines.push(`port ${port}`, `bind ${bind}`, `requirepass ${quoted(password ?? '')}`);
  lines.push(
    '# A reading is acknowledged when Redis has answered, so its answer must mean: on the disk.',
    'appendonly yes',
    'appendfsync always',
    '# The append-only file is the one copy; snapshots beside it would only cost.',
    'save ""',
    '# Refuse and say so, never forget silently.',
    'maxmemory-policy noeviction',
    '# One latest value with its times and flags is longer than the default of 64 bytes.',
    'hash-max-listpack-value 512',
    '',
  );
  return lines.join('\n');
}

/** @param {string} text a value of redis.conf */
const quoted = (text) => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/**
 * @param {object} place
 * @param {string} place.runDir
 * @param {string} place.dataDir
 * @param {string} place.logDir
 * @param {import('./provide.mjs').Provider} place.provider
 * @returns {Promise<{ url: string, shown: string, spec: import('./supervisor.mjs').Spec }>}
 */
export async function privateRedis({ runDir, dataDir, logDir, provider }) {
  const dir = join(dataDir, 'redis');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const conf = join(runDir, 'redis.conf');
  const socket = join(runDir, 'redis.sock');
  const common = {
    name: 'redis',
    cwd: dir,
    log: join(logDir, 'redis.log'),
    essential: true,
    advice: `See ${join(logDir, 'redis.log')}`,
  };
  if (provider.kind === 'program' && Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH) {
    rmSync(socket, { force: true });
    writeFileSync(conf, redisConf({ dir, socket }), { mode: 0o600 });
    const url = `unix://${socket}`;
    const spec = {
      ...common,
      command: provider.path,
      args: [conf],
      url,
      readyWhen: () => answers({ path: socket }, 'PING\r\n', '+PONG'),
      // Loading a large state takes its time, and the log tells.
      readyWithinMs: 10 * 60_000,
    };
    return { url, shown: url, spec };
  }
  const free = await tryListen('127.0.0.1', 0);
  const port = 'port' in free ? free.port : 0;
  const password = randomBytes(24).toString('base64url');
  const inside = provider.kind === 'docker' ? { dir: '/data', port: 6379, bind: '0.0.0.0' } : { dir, port };
  writeFileSync(conf, redisConf({ ...inside, password }), { mode: 0o600 });
  const hello = `AUTH ${password}\r\n`;
  const spec = {
    ...common,
    ...(provider.kind === 'docker'
      ? provider.runContainer({
          image: REDIS_IMAGE,
          publish: `127.0.0.1:${port}:6379`,
          mounts: [`${dir}:/data`, `${conf}:/etc/redis.conf:ro`],
          command: ['redis-server', '/etc/redis.conf'],
        })
      : { command: provider.path, args: [conf] }),
    url: `redis://127.0.0.1:${port}`,
    readyWhen: () => answers({ host: '127.0.0.1', port }, hello, '+OK'),
    readyWithinMs: 10 * 60_000,
  };
  return { url: `redis://:${password}@127.0.0.1:${port}`, shown: spec.url, spec };
}
