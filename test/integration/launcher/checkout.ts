/**
 * A small checkout around the real launcher: `scripts/` as it stands, a server of thirty lines, and a compiler and
 * bundlers that only copy. So the launcher's own work is tested in a second, with real Redis and mosquitto, and whatever
 * state the real server's sources are in.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/services.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A server as the launcher sees one: listens, prints the ready line, says what it was told, ends on SIGTERM. */
const SERVER = `
import { createServer } from 'node:http';
import { appendFileSync } from 'node:fs';
const told = (text) => appendFileSync(process.env.CITYWALL_DATA_DIR + '/told.log', process.env.CITYWALL_ROLES + ' ' + text + '\\n');
process.on('SIGTERM', () => { told('SIGTERM'); process.exit(0); });
told('started');
if (process.env.CITYWALL_ROLES === 'simulate') {
  console.log('CityWall ready: simulate (' + process.env.CITYWALL_MQTT_URL + ')');
  setInterval(() => {}, 1000);
}
else if (process.env.FIXTURE_FAIL) { console.error('the fixture cannot start'); process.exit(3); }
else {
  const environment = () => JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([n]) => n.startsWith('CITYWALL_'))));
  const server = createServer((request, response) => response.end(environment()));
  server.listen(Number(process.env.CITYWALL_PORT), process.env.CITYWALL_HOST, () =>
    console.log('CityWall ready at http://' + process.env.CITYWALL_HOST + ':' + process.env.CITYWALL_PORT + ' (' + process.env.CITYWALL_MQTT_URL + ')'));
}
`;

const COPY_ONLY = (from: string, to: string) => `
const { cpSync, mkdirSync } = process.getBuiltinModule('node:fs');
const { dirname } = process.getBuiltinModule('node:path');
if (process.env.FIXTURE_BUILD_FAIL) { console.error('main.ts(1,1): error TS1005'); process.exit(2); }
mkdirSync(dirname('${to}'), { recursive: true });
cpSync('${from}', '${to}');
`;

/** Makes the checkout in a temporary folder. Remove it with `remove()`. */
export function makeCheckout(): { root: string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'citywall-launcher-'));
  const write = (file: string, text: string) => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  cpSync(join(ROOT, 'scripts'), join(root, 'scripts'), { recursive: true });
  write('package.json', JSON.stringify({ name: 'fixture', version: '0.0.1', type: 'module', private: true }));
  const packages = { 'node_modules/typescript': { version: '0.0.1', integrity: 'x' } };
  write('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }));
  write('node_modules/.package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }));
  write('tsconfig.json', '{}');
  write('tsconfig.base.json', '{}');
  write('libs/model/package.json', '{}');
  write('apps/server/src/main.js', SERVER);
  write('apps/server/src/state/apply/begin.lua', 'return 1');
  write('apps/wall/index.html', '<!doctype html>');
  const commonJs = '{"type":"commonjs"}';
  write('node_modules/typescript/package.json', commonJs);
  write('node_modules/vite/package.json', commonJs);
  write('node_modules/rolldown/package.json', commonJs);
  write('node_modules/typescript/bin/tsc', COPY_ONLY('apps/server/src/main.js', 'apps/server/dist/main.js'));
  write('node_modules/rolldown/bin/cli.mjs', COPY_ONLY('apps/server/dist/main.js', 'apps/server/dist/bundle/main.js'));
  write('node_modules/vite/bin/vite.js', COPY_ONLY('apps/wall/index.html', 'apps/wall/dist/index.html'));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** A launcher under test. */
export interface Launcher {
  readonly child: ChildProcess;
  readonly dataDir: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  output(): string;
  /** Resolves when the output contains it (in what came after `from` characters); rejects with the output when the launcher ends first. */
  printed(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** Starts `scripts/start.mjs` of a checkout on a free port, with a data directory of its own unless one is given. */
export async function startLauncher(root: string, env: NodeJS.ProcessEnv = {}): Promise<Launcher> {
  const port = Number(env.CITYWALL_PORT ?? (await freePort()));
  const dataDir = env.CITYWALL_DATA_DIR ?? mkdtempSync(join(root, 'data-'));
  const inherited = Object.entries(process.env).filter(([name]) => !/^(CITYWALL_|npm_|NODE_)/.test(name));
  const full = {
    ...Object.fromEntries(inherited),
    CITYWALL_DATA_DIR: dataDir,
    CITYWALL_PORT: String(port),
    CITYWALL_MQTT_PORT: String(await freePort()),
    ...env,
  };
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: full,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      for (const watcher of watchers) watcher();
    });
  }
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  return {
    child,
    dataDir,
    port,
    env: full,
    output: () => text,
    ended,
    printed: (pattern, from = 0) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text.slice(from));
          if (!match) return;
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        look();
        ended.then((how) => reject(new Error(`the launcher ended (${how}) and never printed ${pattern}:\n${text}`)));
      }),
  };
}

/** What the run folder says of each process: name → pid. */
export function recorded(dataDir: string): Record<string, number> {
  const run = join(dataDir, 'run');
  if (!existsSync(run)) return {};
  return Object.fromEntries(
    readdirSync(run)
      .filter((file) => file.endsWith('.json'))
      .map((file) => [file.slice(0, -5), JSON.parse(readFileSync(join(run, file), 'utf8')).pid as number]),
  );
}

/** Whether a process is there (a zombie is not). */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Processes that were told of the data directory, recorded or not: what a launcher left behind. */
export function leftBehind(dataDir: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      const about = command.includes(dataDir) || environment.includes(`CITYWALL_DATA_DIR=${dataDir}`);
      if (about && isRunning(Number(pid))) found.push(`${pid} ${command}`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Resolves when the condition holds; asked again and again, and rejected after ten seconds or `withinMs`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
