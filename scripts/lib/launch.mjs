/**
 * The launcher: its phases in order, and its end. `npm start` is nothing but this.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { installPackages, packagesCurrent } from './install.mjs';
import { explain, phase, Stop, say } from './messages.mjs';
import { requirePort } from './ports.mjs';
import { privateMosquitto } from './private-mosquitto.mjs';
import { privateRedis } from './private-redis.mjs';
import { nameOf, parentOf } from './processes.mjs';
import { provide, SERVICES } from './provide.mjs';
import { endOrphans, openRunFolder, refuseHalfRestored, takeLauncherPlace } from './run-folder.mjs';
import { serverSpec, simulatorSpec, wallSpec } from './server.mjs';
import { keepWatchdog, serverAnswers, serviceManager } from './service-manager.mjs';
import { readSettings } from './settings.mjs';
import { Supervisor } from './supervisor.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const PARENT_CHECK_MS = 1_000;

/**
 * Brings everything up and keeps it up until a signal, or until something essential cannot be kept up.
 * @param {object} [options]
 * @param {boolean} [options.watch] run the sources and restart on change instead of building (`npm run dev`)
 */
export async function launch({ watch = false } = {}) {
  const stopping = new AbortController();
  const tellManager = serviceManager(process.env);
  /** @type {Supervisor | undefined} */
  let supervisor;
  let leavePlace = () => {};
  let ready = false;

  /** Ends everything once; later calls wait for the same end. @type {Promise<void> | undefined} */
  let finished;
  const finish = (/** @type {number} */ code) => {
    stopping.abort();
    finished ??= (async () => {
      void tellManager(['STOPPING=1']);
      await supervisor?.stop();
      leavePlace();
      process.exitCode = code;
      // Nothing may keep a finished launcher: neither a pipe nor a timer.
      process.exit();
    })();
    return finished;
  };
  const onSignal = (/** @type {string} */ signal) => {
    if (stopping.signal.aborted) return say('still stopping …');
    say(`\n${signal}: stopping …`);
    // While it is being brought up, the step under way ends first: a package manager must not be left half-way.
    if (ready) finish(0);
    else stopping.abort();
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, onSignal);
  process.on('uncaughtException', (error) => {
    explain(error, 'CityWall failed');
    finish(1);
  });
  process.on('exit', () => supervisor?.killAll());
  // A closed terminal must not end the launcher before its children.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  stopWhenNpmIsGone(() => onSignal('npm is gone'));

  try {
    requirePlatform();
    const settings = readSettings(process.env, ROOT);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    say(`CityWall ${version} · Node ${process.versions.node} · data in ${settings.dataDir}`);
    const runDir = openRunFolder(settings.dataDir);
    leavePlace = takeLauncherPlace(runDir);
    refuseHalfRestored(settings.dataDir);
    for (const orphan of await endOrphans(runDir)) {
      say(`  ${orphan.name} (process ${orphan.pid}) was left by a launcher that was killed; it is ${orphan.how} now`);
    }
    if (settings.serverRoles.length > 0) await requirePort(settings.host, settings.port);

    if (!packagesCurrent(ROOT)) {
      await phase(
        'packages',
        (progress) => installPackages(ROOT, progress, stopping.signal),
        () => 'npm ci',
      );
    }
    if (!watch) {
      await phase(
        'build',
        () => build(ROOT, { signal: stopping.signal }),
        (built) => built.join(', ') || 'unchanged',
      );
    }

    const children = new Supervisor({
      runDir,
      say,
      onGiveUp(stop) {
        explain(stop, 'CityWall stops');
        finish(1);
      },
    });
    supervisor = children;
    const interrupted = new Promise((_, reject) => {
      const give = () => reject(new Stop('interrupted', 'interrupted'));
      if (stopping.signal.aborted) give();
      else stopping.signal.addEventListener('abort', give);
    });
    interrupted.catch(() => {});
    const up = (/** @type {import('./supervisor.mjs').Spec} */ spec) =>
      phase(
        spec.name,
        () => Promise.race([children.start(spec), interrupted]),
        () => spec.url ?? '',
      );

    const { mqttUrl, redisUrl } = await startServices(settings, runDir, up);
    const env = {
      ...process.env,
      CITYWALL_HOST: settings.host,
      CITYWALL_PORT: String(settings.port),
      CITYWALL_DATA_DIR: settings.dataDir,
      CITYWALL_DEMO: settings.demo ? '1' : '0',
      CITYWALL_MQTT_URL: mqttUrl,
      CITYWALL_REDIS_URL: redisUrl,
      CITYWALL_PRIVATE: [settings.redisUrl ? '' : 'redis', settings.mqttUrl ? '' : 'mosquitto']
        .filter(Boolean)
        .join(','),
    };
    if (settings.serverRoles.length > 0) await startServer(serverSpec({ root: ROOT, settings, env, watch }), up);
    // A signal may have come in the very moment in which the server was ready.
    if (stopping.signal.aborted) return finish(130);
    ready = true;
    await tellManager(['READY=1', `STATUS=CityWall ${version}`]);
    const { host, port } = settings;
    const place = { host, port, secure: Boolean(process.env.CITYWALL_TLS_CERT) };
    keepWatchdog(process.env, () =>
      // without pages, or on a port that only the server knows, there is nobody to ask: that we live has to do
      port > 0 && settings.serverRoles.some((role) => role !== 'ingest') ? serverAnswers(place) : Promise.resolve(true),
    );
    if (settings.simulate) await children.start(simulatorSpec({ root: ROOT, env, watch }));
    if (watch) await children.start(wallSpec({ root: ROOT, settings, env }));
  } catch (error) {
    if (stopping.signal.aborted) return finish(130);
    explain(error, 'CityWall cannot start');
    await finish(1);
  }
}

/**
 * Starts the private Redis and mosquitto where no others are named.
 * @param {import('./settings.mjs').Settings} settings
 * @param {string} runDir
 * @param {(spec: import('./supervisor.mjs').Spec) => Promise<unknown>} up
 * @returns {Promise<{ mqttUrl: string, redisUrl: string }>}
 */
async function startServices(settings, runDir, up) {
  const needed = [...(settings.redisUrl ? [] : [SERVICES.redis]), ...(settings.mqttUrl ? [] : [SERVICES.mosquitto])];
  let { mqttUrl = '', redisUrl = '' } = settings;
  if (needed.length === 0) return { mqttUrl, redisUrl };
  const { dataDir } = settings;
  const providers = await phase(
    'services',
    (progress) => provide(needed, { dataDir, progress }),
    (found) => [...found].map(([name, { kind }]) => (kind === 'docker' ? `${name} by docker` : name)).join(', '),
  );
  const logDir = join(dataDir, 'logs');
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const redis = providers.get('redis');
  if (redis) {
    const service = await privateRedis({ runDir, dataDir, logDir, provider: redis });
    await up(service.spec);
    redisUrl = service.url;
  }
  const mosquitto = providers.get('mosquitto');
  if (mosquitto) {
    const service = await privateMosquitto({ runDir, dataDir, logDir, port: settings.mqttPort, provider: mosquitto });
    if (settings.mqttPort !== 0 && service.port !== settings.mqttPort) {
      say(`  Port ${settings.mqttPort} is taken by another program: this broker listens on ${service.port}.`);
    }
    await up(service.spec);
    mqttUrl = service.url;
  }
  return { mqttUrl, redisUrl };
}

/**
 * Starts the server and holds its ready line back until the phases are told, so that it is the last line of the start.
 * @param {import('./supervisor.mjs').Spec} spec
 * @param {(spec: import('./supervisor.mjs').Spec) => Promise<unknown>} up
 */
async function startServer(spec, up) {
  /** @type {string[] | undefined} */
  let held = [];
  await up({
    ...spec,
    onLine(line, stream) {
      if (held && spec.readyLine?.test(line)) held.push(line);
      else spec.onLine?.(line, stream);
    },
  });
  for (const line of held) say(line);
  held = undefined;
}

function requirePlatform() {
  if (process.platform !== 'win32') return;
  throw new Stop(
    'platform',
    'Redis and mosquitto as private processes need Linux or macOS.',
    'Run it inside WSL 2, or with: docker compose up',
  );
}

/**
 * npm does not pass a SIGTERM on, and when it is killed it cannot: without it nobody could stop this process from the
 * terminal. Between npm and us there may be a shell, which outlives it and waits for us.
 * @param {() => void} stop
 */
function stopWhenNpmIsGone(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  // Where npm itself is the parent, its own parent is the person's shell, which may be left (nohup).
  const shell = /^(ba|da|z|k)?sh$/.test(nameOf(process.ppid) ?? '');
  const ancestors = () => `${process.ppid} ${shell ? parentOf(process.ppid) : ''}`;
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    stop();
  }, PARENT_CHECK_MS);
  timer.unref();
}
