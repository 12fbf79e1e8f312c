/**
 * Where Redis and mosquitto come from: found on this machine → installed by its package manager → run by docker → the one
 * command to type.
 */
import { createHash } from 'node:crypto';
import { Stop } from './messages.mjs';
import { findProgram, run } from './programs.mjs';
import { aptInstall, brewInstall, installAdvice, systemInstaller } from './system-packages.mjs';

/**
 * @typedef {{ image: string, publish: string, mounts: readonly string[], command: readonly string[] }} Container
 * @typedef {{ kind: 'program', path: string }
 *   | { kind: 'docker', runContainer: (container: Container) => { command: string, args: string[], container: string } }} Provider
 */

/**
 * @typedef {object} Service
 * @property {'redis' | 'mosquitto'} name
 * @property {readonly string[]} programs names of the program; forks that speak the same count
 * @property {number} oldest major version
 * @property {readonly string[]} versionArgs
 * @property {RegExp} version where the major version stands in what it prints
 * @property {readonly string[]} debian
 * @property {readonly string[]} brew
 * @property {'no-redis' | 'no-mosquitto'} reason
 */

/** @type {Readonly<Record<'redis' | 'mosquitto', Service>>} */
export const SERVICES = {
  redis: {
    name: 'redis',
    programs: ['redis-server', 'valkey-server'],
    oldest: 7,
    versionArgs: ['--version'],
    version: /v=(\d+)\.(\d+\.\d+)/,
    debian: ['redis-server'],
    brew: ['redis'],
    reason: 'no-redis',
  },
  mosquitto: {
    name: 'mosquitto',
    programs: ['mosquitto'],
    oldest: 2,
    versionArgs: ['-h'],
    version: /mosquitto version (\d+)\.(\d+\.\d+)/,
    debian: ['mosquitto'],
    brew: ['mosquitto'],
    reason: 'no-mosquitto',
  },
};

/**
 * @param {Service} service
 * @param {readonly string[]} [folders] where daemons are beside PATH
 * @returns {Promise<{ path?: string, tooOld?: string }>} the program when it is new enough; else what was found
 */
async function findService(service, folders) {
  let tooOld;
  for (const name of service.programs) {
    const path = findProgram(name, process.env.PATH, folders);
    if (!path) continue;
    const { output } = await run(path, service.versionArgs, { timeoutMs: 10_000 }).catch(() => ({ output: '' }));
    const version = service.version.exec(output);
    if (version && Number(version[1]) >= service.oldest) return { path };
    tooOld = `${path} is version ${version ? `${version[1]}.${version[2]}` : 'unknown'}`;
  }
  return tooOld === undefined ? {} : { tooOld };
}

/** Whether a docker engine answers (the client alone starts nothing). */
async function dockerAnswers() {
  if (!findProgram('docker')) return false;
  const said = await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 8_000 }).catch(
    () => undefined,
  );
  return said?.code === 0;
}

/**
 * Provides the services, installing what is missing in one go.
 * @param {readonly Service[]} services
 * @param {object} options
 * @param {string} options.dataDir names the containers, so that two data directories do not share one
 * @param {(text: string) => void} options.progress
 * @param {'apt' | 'brew' | null} [options.installer] what may install packages here; null: nothing
 * @param {readonly string[]} [options.folders] where daemons are beside PATH
 * @returns {Promise<Map<string, Provider>>} by name; rejects with Stop when one cannot be had
 */
export async function provide(services, { dataDir, progress, installer = systemInstaller(), folders }) {
  /** @type {Map<string, Provider>} */
  const found = new Map();
  /** @type {Map<string, string>} */
  const remarks = new Map();
  const look = async () => {
    for (const service of services) {
      if (found.has(service.name)) continue;
      const { path, tooOld } = await findService(service, folders);
      if (path) found.set(service.name, { kind: 'program', path });
      else if (tooOld) remarks.set(service.name, `${tooOld}, and ${service.oldest} or newer is needed`);
    }
    return services.filter((service) => !found.has(service.name));
  };

  let missing = await look();
  if (missing.length === 0) return found;
  /** @type {unknown} */
  let failure;
  if (installer) {
    progress(`installing ${missing.map((service) => service[installer === 'apt' ? 'debian' : 'brew']).join(' ')}`);
    const install = installer === 'apt' ? aptInstall : brewInstall;
    await install(
      missing.flatMap((service) => service[installer === 'apt' ? 'debian' : 'brew']),
      progress,
    ).catch((error) => {
      failure = error;
    });
    missing = await look();
    if (missing.length === 0) return found;
  }
  if (await dockerAnswers()) {
    for (const service of missing) found.set(service.name, dockerProvider(service.name, dataDir));
    return found;
  }
  if (failure) throw failure;
  const [first] = missing;
  if (!first) return found;
  const remark = missing.map((service) => remarks.get(service.name)).find(Boolean);
  throw new Stop(
    first.reason,
    `no ${missing.map(({ name }) => (name === 'redis' ? 'Redis' : name)).join(' and no ')} to be had: not on PATH, ${installer ? 'not from the package manager' : 'no package manager that this user may run'}, and no docker engine answers${remark ? ` (${remark})` : ''}.`,
    `${installAdvice({ debian: missing.flatMap((s) => s.debian), brew: missing.flatMap((s) => s.brew) })}\n  → or use your own: CITYWALL_REDIS_URL=redis://… CITYWALL_MQTT_URL=mqtt://… npm start`,
  );
}

/**
 * @param {string} name
 * @param {string} dataDir
 * @returns {Provider}
 */
export function dockerProvider(name, dataDir) {
  const container = `citywall-${name}-${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`;
  const user = process.getuid && process.getgid ? ['--user', `${process.getuid()}:${process.getgid()}`] : [];
  return {
    kind: 'docker',
    runContainer: ({ image, publish, mounts, command }) => ({
      command: 'docker',
      args: [
        ...['run', '--rm', '--name', container, '--publish', publish, ...user],
        ...mounts.flatMap((mount) => ['--volume', mount]),
        image,
        ...command,
      ],
      container,
    }),
  };
}
