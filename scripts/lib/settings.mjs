/**
 * The part of the environment that the launcher itself needs (design: public contract). The server checks all of it.
 */
import { resolve } from 'node:path';
import { Stop } from './messages.mjs';

/**
 * @typedef {object} Settings
 * @property {string} host
 * @property {number} port
 * @property {string} dataDir absolute
 * @property {string | undefined} mqttUrl undefined: a private broker
 * @property {string | undefined} redisUrl undefined: a private Redis
 * @property {number} mqttPort wanted port of the private broker
 * @property {boolean} demo demo mode; the simulator runs only then
 * @property {boolean} simulate whether to start the simulator's process
 * @property {readonly string[]} serverRoles roles of the server's process
 */

const ROLES = ['ingest', 'push', 'api', 'simulate'];

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root of the checkout; the data directory is `data` in it unless the environment says otherwise
 * @returns {Settings}
 */
export function readSettings(env, root) {
  const mqttUrl = env.CITYWALL_MQTT_URL || undefined;
  const roles = (env.CITYWALL_ROLES || ROLES.join(',')).split(',').map((role) => role.trim());
  const unknown = roles.find((role) => !ROLES.includes(role));
  if (unknown !== undefined) {
    throw new Stop(
      'setting',
      `CITYWALL_ROLES names ${JSON.stringify(unknown)}, which is no role.`,
      `Use some of: ${ROLES.join(',')}`,
    );
  }
  const demo = flag(env, 'CITYWALL_DEMO', mqttUrl === undefined);
  return {
    host: env.CITYWALL_HOST || '127.0.0.1',
    port: port(env, 'CITYWALL_PORT', 8080),
    dataDir: env.CITYWALL_DATA_DIR ? resolve(env.CITYWALL_DATA_DIR) : resolve(root, 'data'),
    mqttUrl,
    redisUrl: env.CITYWALL_REDIS_URL || undefined,
    mqttPort: port(env, 'CITYWALL_MQTT_PORT', 1883),
    demo,
    simulate: demo && roles.includes('simulate'),
    serverRoles: roles.filter((role) => role !== 'simulate'),
  };
}

/** @param {NodeJS.ProcessEnv} env @param {string} name @param {number} fallback */
function port(env, name, fallback) {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Stop(
    'setting',
    `${name}=${text} is no port.`,
    `Set it to a number up to 65535, such as ${name}=${fallback}, or to 0 for any free one.`,
  );
}

/** @param {NodeJS.ProcessEnv} env @param {string} name @param {boolean} fallback */
function flag(env, name, fallback) {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  if (text === '1' || text === '0') return text === '1';
  throw new Stop('setting', `${name}=${text} is neither 0 nor 1.`, `${name}=1 or ${name}=0`);
}
