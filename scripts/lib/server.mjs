/**
 * How the server and the simulator are run as children.
 */
import { join } from 'node:path';

/** @param {string} root @param {boolean} watch @returns {{ args: string[], env: NodeJS.ProcessEnv }} */
function program(root, watch) {
  if (!watch) return { args: [join(root, 'apps/server/dist/main.js')], env: { NODE_ENV: 'production' } };
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

/** @param {string} line @param {'stdout' | 'stderr'} stream */
const passOn = (line, stream) => process[stream].write(`${line}\n`);

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
    readyLine: /^CityWall ready at /,
    // An older state may have to be migrated first.
    readyWithinMs: 10 * 60_000,
    url: `http://${settings.host}:${settings.port}`,
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
    onLine: passOn,
    essential: false,
  };
}
