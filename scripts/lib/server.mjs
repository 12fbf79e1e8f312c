/**
 * How the server and the simulator are run as children.
 */
import { join } from 'node:path';
import { readable } from './log-lines.mjs';

/** @param {string} root @param {boolean} watch @returns {{ args: string[], env: NodeJS.ProcessEnv }} */
function program(root, watch) {
  if (!watch) return { args: [join(root, 'apps/server/dist/bundle/main.js')], env: { NODE_ENV: 'production' } };
  return {
    args: [
      '-C',
      'source',
      '--watch',
      '--import',
      '@swc-node/register/esm-register',
      join(root, 'apps/server/src/main.ts'),
    ],
    env: { SWC_NODE_PROJECT: join(root, 'apps/server/tsconfig.json') },
  };
}

/** With a page it names the address, without one (role `ingest` alone) the roles. */
const READY = /^CityWall ready( at |: )/;

/** @param {string} line @param {'stdout' | 'stderr'} stream */
const passOn = (line, stream) => process[stream].write(`${process[stream].isTTY ? readable(line) : line}\n`);

/**
 * The server's process; it says itself when it is ready.
 * @param {object} options
 * @param {string} options.root
 * @param {import('./settings.mjs').Settings} options.settings
 * @param {NodeJS.ProcessEnv} options.env
 * @param {boolean} options.watch
 * @returns {import('./supervisor.mjs').Spec}
 */
export function serverSpec({ root, settings, env, watch }) {
  const { args, env: more } = program(root, watch);
  return {
    name: 'server',
    command: process.execPath,
    args,
    cwd: root,
    env: { ...env, ...more, CITYWALL_ROLES: settings.serverRoles.join(',') },
    onLine: passOn,
    readyLine: READY,
    // An older state may have to be migrated first.
    readyWithinMs: 10 * 60_000,
    url: `http://${settings.host}:${settings.port || 'any'}`,
    essential: true,
    advice: 'What it printed above says why.',
  };
}

/**
 * The simulator's process: a publisher like any other, so it must not share the server's event loop.
 * @param {object} options
 * @param {string} options.root
 * @param {NodeJS.ProcessEnv} options.env
 * @param {boolean} options.watch
 * @returns {import('./supervisor.mjs').Spec}
 */
export function simulatorSpec({ root, env, watch }) {
  const { args, env: more } = program(root, watch);
  return {
    name: 'simulate',
    command: process.execPath,
    args,
    cwd: root,
    env: { ...env, ...more, CITYWALL_ROLES: 'simulate' },
    // There is one ready line, and it is the server's.
    onLine: (line, stream) => {
      if (!READY.test(line)) passOn(line, stream);
    },
    readyLine: READY,
    essential: false,
  };
}

/**
 * The wall from its sources, replaced in the browser as they change (`npm run dev` only).
 * @param {object} options
 * @param {string} options.root
 * @param {import('./settings.mjs').Settings} options.settings
 * @param {NodeJS.ProcessEnv} options.env
 * @returns {import('./supervisor.mjs').Spec}
 */
export function wallSpec({ root, settings, env }) {
  return {
    name: 'wall',
    command: process.execPath,
    args: [join(root, 'node_modules/vite/bin/vite.js'), join(root, 'apps/wall')],
    cwd: root,
    env: { ...env, CITYWALL_DEV_SERVER: `http://${settings.host}:${settings.port}` },
    onLine: passOn,
    essential: false,
  };
}
