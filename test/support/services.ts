/**
 * Real processes for tests: Redis, mosquitto and the server itself, each on a free port or a unix socket, in a temporary
 * folder of its own. Every start resolves when the process answers (polled, never slept for) and rejects with its output
 * when it dies first. What a test forgets to stop dies with the test's own process (`setpriv --pdeathsig`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const START_DEADLINE_MS = 30_000;
const POLL_MS = 15;

/** A child process under a test's control. */
export interface Service {
  /** `unix:///…/redis.sock`, `mqtt://127.0.0.1:port` or `http://127.0.0.1:port`. The same after a restart. */
  readonly url: string;
  /** Working folder; kept over restarts, removed by `stop()` when the test did not bring its own. */
  readonly dir: string;
  /** Process id of the process running now. */
  readonly pid: number;
  /** All that was printed so far, of every start. */
  output(): string;
  /** Ends the process in good order (SIGTERM) and removes a temporary folder. May be called twice. */
  stop(): Promise<void>;
  /** Sends a signal (default SIGKILL) and resolves when the process is gone; the folder stays for `restart()`. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Sends a signal that need not end the process, such as SIGSTOP and SIGCONT. */
  signal(signal: NodeJS.Signals): void;
  /** Starts it again at the same address, ending it first (SIGTERM) if it runs. */
  restart(): Promise<void>;
}

interface Start {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd: string;
  /** Resolves when the process answers; is asked again and again until it does. */
  answers: (output: () => string) => Promise<boolean>;
}

const HAS_PDEATHSIG = process.platform === 'linux' && existsSync('/usr/bin/setpriv');
const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
const gone = (child: ChildProcess): Promise<void> =>
  ended(child) ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()));

/** The folder given, or a new temporary one with what removes it. */
function folder(dir: string | undefined, name: string): { path: string; remove: () => void } {
  if (dir !== undefined) return { path: dir, remove: () => {} };
  const path = mkdtempSync(join(tmpdir(), `citywall-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

async function run(url: string, dir: { path: string; remove: () => void }, start: Start): Promise<Service> {
  let printed = '';
  let child: ChildProcess;

  const launch = async () => {
    const [command, args] = HAS_PDEATHSIG
      ? ['/usr/bin/setpriv', ['--pdeathsig', 'KILL', start.command, ...start.args]]
      : [start.command, start.args];
    const started = spawn(command, args, {
      cwd: start.cwd,
      env: start.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    alive.add(started);
    started.once('exit', () => alive.delete(started));
    let failure: Error | undefined;
    started.once('error', (error) => {
      failure = error;
    });
    const from = printed.length;
    for (const stream of [started.stdout, started.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!(await start.answers(() => printed.slice(from)))) {
      if (failure) throw failure;
      if (ended(started)) {
        throw new Error(
          `${start.command} ended (${started.exitCode ?? started.signalCode}) before it answered:\n${printed}`,
        );
      }
      if (Date.now() > deadline) {
        started.kill('SIGKILL');
        throw new Error(`${start.command} did not answer at ${url} in ${START_DEADLINE_MS} ms:\n${printed}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };

  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal);
    await gone(child);
  };

  try {
    await launch();
  } catch (error) {
    dir.remove();
    throw error;
  }
  return {
    url,
    dir: dir.path,
    get pid() {
      return child.pid ?? -1;
    },
    output: () => printed,
    kill,
    signal: (signal) => void child.kill(signal),
    async stop() {
      // A stopped (SIGSTOP) process would never see the SIGTERM.
      child.kill('SIGCONT');
      await kill('SIGTERM');
      dir.remove();
    },
    async restart() {
      if (!ended(child)) await kill('SIGTERM');
      await launch();
    },
  };
}

/** A TCP port of the loopback address that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Whether somebody accepts a connection; with `say` and `hear`, whether the answer to `say` starts with `hear`. */
export function accepts(target: number | string, say?: string, hear = ''): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('connect', () => (say === undefined ? end(true) : void socket.write(say)));
    socket.once('data', (bytes: Buffer) => end(bytes.toString('latin1').startsWith(hear)));
  });
}

/** Looks a program up on PATH and where Debian keeps daemons. */
function program(name: string): string {
  for (const dir of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    if (existsSync(join(dir, name))) return join(dir, name);
  }
  throw new Error(`${name} is not installed. Run: npm test (it installs what the tests need)`);
}

/**
 * A Redis on a unix socket, with the settings of the launcher's private one (AOF, fsync always, no eviction).
 * @param options.dir keeps state there, e.g. on a small tmpfs; default: a temporary folder
 * @param options.args more settings in command line form, e.g. `['--maxmemory', '20mb']`; the last one of a name wins
 */
export async function startRedis(options: { dir?: string; args?: string[] } = {}): Promise<Service> {
  const dir = folder(options.dir, 'redis');
  const socket = join(dir.path, 'redis.sock');
  if (socket.length > 107) throw new Error(`${socket} is longer than a unix socket's path may be (107)`);
  const settings = ['--port', '0', '--unixsocket', socket, '--dir', dir.path, '--save', ''];
  settings.push('--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction');
  settings.push('--hash-max-listpack-value', '512', '--daemonize', 'no');
  return run(`unix://${socket}`, dir, {
    command: program('redis-server'),
    args: [...settings, ...(options.args ?? [])],
    cwd: dir.path,
    // -LOADING and -MISCONF are answers too, but only +PONG means that it can be used.
    answers: () => accepts(socket, 'PING\r\n', '+PONG'),
  });
}

/**
 * A mosquitto on a free port of 127.0.0.1, with the settings of the launcher's private one.
 * @param options.persistence keeps sessions and queues over `restart()`; default true. They are written on SIGTERM and
 *   every 30 s; a SIGKILL loses what came since.
 * @param options.settings more lines for its configuration
 */
export async function startMosquitto(
  options: { dir?: string; persistence?: boolean; port?: number; settings?: string[] } = {},
): Promise<Service & { readonly port: number }> {
  const dir = folder(options.dir, 'mosquitto');
  const port = options.port ?? (await freePort());
  const conf = join(dir.path, 'mosquitto.conf');
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'set_tcp_nodelay true',
    'max_inflight_messages 500',
  ];
  lines.push('max_queued_messages 100000', 'message_size_limit 16777216');
  if (options.persistence ?? true)
    lines.push('persistence true', `persistence_location ${dir.path}/`, 'autosave_interval 30');
  // As root, mosquitto would drop to its own user, who may not write here.
  if (process.getuid?.() === 0) lines.push('user root');
  writeFileSync(conf, [...lines, ...(options.settings ?? []), ''].join('\n'));
  const service = await run(`mqtt://127.0.0.1:${port}`, dir, {
    command: program('mosquitto'),
    args: ['-c', conf],
    cwd: dir.path,
    answers: () => accepts(port),
  });
  return Object.assign(Object.defineProperties({}, Object.getOwnPropertyDescriptors(service)) as Service, { port });
}

/** A server process under a test's control; `url` is where its pages and its HTTP interface are. */
export interface ServerProcess extends Service {
  /** The broker that the ready line names. */
  readonly mqttUrl: string;
}

/** A process without pages names its roles in place of its address. */
const READY = /CityWall ready(?: at (\S+)|: [a-z, ]+) \((\S+)\)/;

/**
 * The server as its own process: the built one under `npm test`, else its sources. Resolves at the ready line.
 * @param env `CITYWALL_*`; `CITYWALL_MQTT_URL` and `CITYWALL_REDIS_URL` must be there. `CITYWALL_PORT` and
 *   `CITYWALL_DATA_DIR` default to a free port and a temporary folder; no other `CITYWALL_*` of the caller is passed on.
 * @param options.built whether to run `apps/server/dist/bundle`, as the launcher does; default: whether `npm test` has just built
 *   it, and then with source maps, so that what a test prints names the sources
 */
export async function startServer(
  env: Record<string, string>,
  options: { built?: boolean } = {},
): Promise<ServerProcess> {
  const dir = folder(env.CITYWALL_DATA_DIR, 'server');
  const port = env.CITYWALL_PORT ?? String(await freePort());
  const main = join(ROOT, 'apps/server/dist/bundle/main.js');
  // A build left from yesterday would be tested instead of the sources: only `npm test`, which has just built, says so.
  const built = options.built ?? process.env.CITYWALL_TEST_BUILT === '1';
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('CITYWALL_') && name !== 'NODE_OPTIONS' && name !== 'NODE_ENV',
  );
  let ready: RegExpExecArray | null = null;
  const service = await run(`http://127.0.0.1:${port}`, dir, {
    command: process.execPath,
    args: built
      ? [...(options.built ? [] : ['--enable-source-maps']), main]
      : ['-C', 'source', '--import', '@swc-node/register/esm-register', join(ROOT, 'apps/server/src/main.ts')],
    cwd: ROOT,
    env: {
      ...Object.fromEntries(inherited),
      ...(options.built ? { NODE_ENV: 'production' } : {}),
      ...(built ? {} : { SWC_NODE_PROJECT: join(ROOT, 'apps/server/tsconfig.json') }),
      CITYWALL_DATA_DIR: dir.path,
      CITYWALL_PORT: port,
      ...env,
    },
    answers: async (output) => {
      ready = READY.exec(output());
      return ready !== null;
    },
  });
  const described = Object.defineProperties({}, Object.getOwnPropertyDescriptors(service)) as Service;
  return Object.assign(described, { mqttUrl: (ready as RegExpExecArray | null)?.[2] ?? '' });
}
