import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Surroundings } from '../command.js';

/** A service of this installation: somebody else's by its URL, or the launcher's own. */
export interface ServicePlace {
  /** null: it is the launcher's own and does not run */
  url: string | null;
  /** the launcher's own */
  own: boolean;
}

/** Where everything of an installation is, as the environment and the launcher's records say. */
export interface Installation {
  dataDir: string;
  packsDir: string | null;
  broker: ServicePlace;
  redis: ServicePlace;
  /** pid of the server, null where none runs */
  server: number | null;
  /** `autosave_interval` of the launcher's own mosquitto, s */
  autosave: number | null;
}

/** Reads the environment, and for private services the launcher's records in `DATA_DIR/run`. */
export function findInstallation({ env, places }: Pick<Surroundings, 'env' | 'places'>): Installation {
  const dataDir = resolve(env.CITYWALL_DATA_DIR || join(places.builtinPacksDir, '../../data'));
  const run = join(dataDir, 'run');
  const conf = read(join(run, 'mosquitto.conf'));
  return {
    dataDir,
    packsDir: env.CITYWALL_PACKS_DIR ? resolve(env.CITYWALL_PACKS_DIR) : null,
    broker: env.CITYWALL_MQTT_URL
      ? { url: env.CITYWALL_MQTT_URL, own: false }
      : { url: running(run, 'mosquitto')?.url ?? null, own: true },
    redis: env.CITYWALL_REDIS_URL
      ? { url: env.CITYWALL_REDIS_URL, own: false }
      : { url: withPassword(running(run, 'redis')?.url ?? null, read(join(run, 'redis.conf'))), own: true },
    server: running(run, 'server')?.pid ?? null,
    autosave: Number(/^autosave_interval (\d+)$/m.exec(conf)?.[1] ?? Number.NaN) || null,
  };
}

/** Launcher and children that live on a data directory. */
export function processesOf(dataDir: string): { name: string; pid: number }[] {
  const run = join(dataDir, 'run');
  return ['launcher', 'server', 'simulate', 'redis', 'mosquitto'].flatMap((name) => {
    const found = running(run, name);
    return found === null ? [] : [{ name, pid: found.pid }];
  });
}

/** The record of a child that lives. */
function running(run: string, name: string): { pid: number; url?: string } | null {
  try {
    const record: unknown = JSON.parse(read(join(run, `${name}.json`)));
    if (typeof record !== 'object' || record === null || !('pid' in record)) return null;
    const pid = Number(record.pid);
    process.kill(pid, 0);
    // after a crash of the machine another process has that number by now
    if ('identity' in record && isAnother(pid, String(record.identity))) return null;
    const url = 'url' in record && typeof record.url === 'string' ? record.url : undefined;
    return { pid, ...(url === undefined ? {} : { url }) };
  } catch (error) {
    // EPERM: it lives, and is another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
    return { pid: 0 };
  }
}

/** Whether a process is not the one of a record, by boot and start (as the launcher writes them on Linux). */
function isAnother(pid: number, identity: string): boolean {
  const [boot, start, more] = identity.split(':');
  if (!boot || !/^\d+$/.test(start ?? '') || more !== undefined) return false;
  const stat = read(`/proc/${pid}/stat`);
  if (stat === '') return false;
  const now = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return read('/proc/sys/kernel/random/boot_id').trim() !== boot || now !== start;
}

/** The launcher's Redis has a password where it has a port; only its configuration knows it. */
function withPassword(url: string | null, conf: string): string | null {
  const password = /^requirepass "(.*)"$/m.exec(conf)?.[1];
  if (url === null || password === undefined || !url.startsWith('redis:')) return url;
  const parsed = new URL(url);
  parsed.password = password;
  return parsed.toString();
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** First line a program says of itself, null where it is not installed. */
export function versionOf(program: string, args: readonly string[]): string | null {
  for (const path of [program, `/usr/sbin/${program}`, `/usr/local/sbin/${program}`]) {
    try {
      const text = execFileSync(path, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 5_000 });
      return text.split('\n')[0] ?? '';
    } catch (error) {
      // mosquitto says its version, and ends with a code that is no success.
      const { stdout } = error as { stdout?: string };
      if (stdout) return stdout.split('\n')[0] ?? '';
    }
  }
  return null;
}
