/**
 * The private mosquitto: what it runs with and why.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, nextFreePort } from './ports.mjs';

/** Pinned for `docker run`, the same as in docker-compose.yml. */
export const MOSQUITTO_IMAGE = 'eclipse-mosquitto:2.0.20';

/**
 * @param {object} options
 * @param {number} options.port
 * @param {string} [options.bind] default: the loopback address, which is why it may let anybody in
 * @param {string} options.dir where sessions and their queues are kept
 * @param {boolean} [options.asRoot] whether it is started by root: it would drop to its own user, who may not write there
 * @returns {string} mosquitto.conf
 */
export function mosquittoConf({ port, bind = '127.0.0.1', dir, asRoot = false }) {
  return [
    '# Written by the launcher at every start; changes here are lost.',
    `listener ${port} ${bind}`,
    'allow_anonymous true',
    ...(asRoot ? ['user root'] : []),
    '# Sessions and what waits for them outlive a stop; a SIGKILL loses what came since the last save.',
    'persistence true',
    `persistence_location ${dir}/`,
    'autosave_interval 30',
    'persistent_client_expiration 14d',
    '# What the server may leave unacknowledged while its batch is written, and what waits while it is away.',
    'max_inflight_messages 500',
    'max_queued_messages 500000',
    'max_queued_bytes 268435456',
    'message_size_limit 16777216',
    'set_tcp_nodelay true',
    '# Somebody who connects is no news here; the server tells about its own connection.',
    'connection_messages false',
    'log_dest stderr',
    'log_type error',
    'log_type warning',
    '',
  ].join('\n');
}

/**
 * @param {object} place
 * @param {string} place.runDir
 * @param {string} place.dataDir
 * @param {string} place.logDir
 * @param {number} place.port wanted; the next free one is taken when somebody has it
 * @param {import('./provide.mjs').Provider} place.provider
 * @returns {Promise<{ url: string, port: number, spec: import('./supervisor.mjs').Spec }>}
 */
export async function privateMosquitto({ runDir, dataDir, logDir, port: wanted, provider }) {
  const dir = join(dataDir, 'mosquitto');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const port = await nextFreePort('127.0.0.1', wanted);
  const conf = join(runDir, 'mosquitto.conf');
  const log = join(logDir, 'mosquitto.log');
  const url = `mqtt://127.0.0.1:${port}`;
  const docker = provider.kind === 'docker';
  const asRoot = process.getuid?.() === 0;
  writeFileSync(
    conf,
    mosquittoConf(docker ? { port: 1883, bind: '0.0.0.0', dir: '/mosquitto/data', asRoot } : { port, dir, asRoot }),
    { mode: 0o600 },
  );
  const spec = {
    name: 'mosquitto',
    cwd: dir,
    log,
    url,
    essential: true,
    advice: `See ${log}`,
    ...(provider.kind === 'docker'
      ? provider.runContainer({
          image: MOSQUITTO_IMAGE,
          publish: `127.0.0.1:${port}:1883`,
          mounts: [`${dir}:/mosquitto/data`, `${conf}:/mosquitto/config/mosquitto.conf:ro`],
          command: ['mosquitto', '-c', '/mosquitto/config/mosquitto.conf'],
        })
      : { command: provider.path, args: ['-c', conf] }),
    readyWhen: () => answers({ host: '127.0.0.1', port }),
  };
  return { url, port, spec };
}
