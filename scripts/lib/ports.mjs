/**
 * Asking the system about TCP ports, and programs whether they answer.
 */
import { connect, createServer } from 'node:net';
import { Stop } from './messages.mjs';

/**
 * @param {string} host
 * @param {number} port 0: any
 * @returns {Promise<{ port: number } | { error: string }>} the port that could be listened on, or the system's error code
 */
export function tryListen(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      resolve({ error: error.code ?? error.message }),
    );
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve({ port: typeof address === 'object' && address ? address.port : port }));
    });
  });
}

/**
 * @param {string} host
 * @param {number} from
 * @param {number} [tries]
 * @returns {Promise<number>} the first port at or after `from` that nobody listens on; 0: any
 */
export async function nextFreePort(host, from, tries = 100) {
  if (from === 0) {
    const any = await tryListen(host, 0);
    if ('port' in any) return any.port;
  }
  for (let port = from; port < from + tries && port <= 65_535; port++) {
    if ('port' in (await tryListen(host, port))) return port;
  }
  throw new Stop('port-taken', `no port from ${from} to ${Math.min(from + tries - 1, 65_535)} of ${host} is free.`);
}

/**
 * Refuses a page port that cannot be had, before the long steps.
 * @param {string} host
 * @param {number} port
 */
export async function requirePort(host, port) {
  if (port === 0) return;
  const answer = await tryListen(host, port);
  if ('port' in answer) return;
  if (answer.error === 'EADDRINUSE') {
    const other = await nextFreePort(host, port + 1).catch(() => port + 1);
    throw new Stop(
      'port-taken',
      `port ${port} is taken by another program (on ${host}).`,
      `CITYWALL_PORT=${other} npm start`,
    );
  }
  if (answer.error === 'EACCES') {
    throw new Stop('port-taken', `this user may not listen on port ${port}.`, 'CITYWALL_PORT=8080 npm start');
  }
  throw new Stop(
    'setting',
    `CITYWALL_HOST=${host} is no address of this machine (${answer.error}).`,
    'CITYWALL_HOST=127.0.0.1 npm start',
  );
}

/**
 * @param {{ host: string, port: number } | { path: string }} target
 * @param {string} [say] sent first
 * @param {string} [hear] what the answer must start with
 * @returns {Promise<boolean>} whether it accepts a connection, and answers so
 */
export function answers(target, say, hear = '') {
  return new Promise((resolve) => {
    const socket = connect(target);
    const finish = (/** @type {boolean} */ answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('connect', () => (say === undefined ? finish(true) : socket.write(say)));
    socket.once('data', (bytes) => finish(bytes.toString('latin1').startsWith(hear)));
  });
}
