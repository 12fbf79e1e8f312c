import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { BackupError } from './backup.types.js';

const POLL_MS = 25;
/** Loading a large state takes its time. */
const READY_WITHIN_MS = 10 * 60_000;
const CLIENT = { replyMapping: 'legacy', lazyConnect: true, retryStrategy: () => null } as const;

/** A Redis of our own over a folder, for as long as a state is looked at or prepared. */
export interface SpareRedis {
  redis: Redis;
  /** Ends it; what was written is on disk. */
  stop(): Promise<void>;
}

/** Path of `redis-server`, null where it is not installed. */
export function redisProgram(path: string = process.env.PATH ?? ''): string | null {
  const folders = [...path.split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'redis-server')).find((file) => existsSync(file)) ?? null;
}

/**
 * Makes a snapshot the beginning of an append-only file, which is what the private Redis reads at its start.
 * @param dir folder of a Redis (`dir`); the snapshot is moved there
 */
export async function layAppendOnly(snapshot: string, dir: string): Promise<void> {
  const folder = join(dir, 'appendonlydir');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(snapshot, join(folder, 'appendonly.aof.1.base.rdb'));
  writeFileSync(join(folder, 'appendonly.aof.1.incr.aof'), '', { mode: 0o600 });
  const manifest = 'file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n';
  writeFileSync(join(folder, 'appendonly.aof.manifest'), manifest, { mode: 0o600 });
}

/** @throws BackupError `no-program`; `damaged` where it cannot read what is there, with its own words */
export async function startSpareRedis(dir: string): Promise<SpareRedis> {
  const program = redisProgram();
  if (program === null)
    throw new BackupError(
      'no-program',
      'redis-server is not installed here: it reads the state. Install it (redis-server)',
    );
  // a unix socket's path has to be short, the folder's may be long
  const place = mkdtempSync(join(tmpdir(), 'cw-'));
  const socket = join(place, 'r.sock');
  const log = join(place, 'log');
  const settings = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--dir', dir, '--save', ''];
  settings.push('--appendonly', 'yes', '--appendfsync', 'no', '--hash-max-listpack-value', '512');
  settings.push('--maxmemory-policy', 'noeviction', '--daemonize', 'no', '--logfile', log);
  const child = spawn(program, settings, { cwd: dir, stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const clean = () => rmSync(place, { recursive: true, force: true });
  const dead = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const redis = await answering(socket);
    if (redis) return { redis, stop: () => end(redis, child, gone, clean) };
    if (dead() || Date.now() > deadline) {
      const said = lastWords(log);
      child.kill('SIGKILL');
      await gone;
      clean();
      throw new BackupError('damaged', `redis-server cannot read the state: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function answering(socket: string): Promise<Redis | null> {
  if (!existsSync(socket)) return null;
  const redis = new Redis({ ...CLIENT, path: socket });
  redis.on('error', () => {});
  try {
    await redis.connect();
    if ((await redis.ping()) === 'PONG') return redis;
  } catch {
    // It loads, or is not there yet: asked again.
  }
  if (redis.status !== 'end') redis.disconnect();
  return null;
}

async function end(redis: Redis, child: ChildProcess, gone: Promise<void>, clean: () => void): Promise<void> {
  redis.disconnect();
  // with an append-only file this writes and syncs it
  child.kill('SIGTERM');
  await gone;
  clean();
}

function lastWords(log: string): string {
  try {
    const lines = readFileSync(log, 'utf8').trim().split('\n').slice(-40);
    const said = lines.filter((line) => /fatal|error|bad|can't|format|wrong|failed|unexpected/i.test(line));
    return (said.length > 0 ? said.slice(-3) : lines.slice(-2))
      .map((line) => line.replace(/^\d+:\S+ .*? [*#.-] /, ''))
      .join(' ');
  } catch {
    return 'it said nothing';
  }
}
