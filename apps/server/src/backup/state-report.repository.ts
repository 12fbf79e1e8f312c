import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { verifyArchive } from '../archive/verify.js';
import { AuditRepository } from '../audit/audit.repository.js';
import { AuditService, type AuditVerdict } from '../audit/audit.service.js';
import type { AuditAct } from '../audit/audit.types.js';
import { AuditFiles } from '../audit/audit-files.repository.js';
import { type RedisConnection, redisOptions } from '../infra/redis.connection.js';
import { BackupError, type Proof, type StateFacts } from './backup.types.js';

const ALARMS = /^cw:\{([^}]+)\}:alarms$/;
/** What a restored house begins without: everybody logs in anew, and nobody is locked out by what was tried before. */
const NOT_RESTORED = ['cw:session:*', 'cw:sessions:*', 'cw:login:*', 'cw:pairing:*'];
/** Conditions and pictures of processes that are no more, and leases of theirs. */
const OF_PROCESSES = ['cw:notices', 'cw:displays', 'cw:probe'];

/** A connection for one command of the command line. @throws BackupError `no-redis` */
export async function openState(url: string): Promise<Redis> {
  const redis = new Redis({
    ...redisOptions(url),
    replyMapping: 'legacy',
    lazyConnect: true,
    connectTimeout: 5_000,
    retryStrategy: () => null,
  });
  let reason = '';
  redis.on('error', (error) => {
    reason = error.message;
  });
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    // it has ended by itself; another `disconnect` would keep the process for two seconds more
    if (redis.status !== 'end') redis.disconnect();
    throw new BackupError('no-redis', `no connection to Redis: ${reason || (error as Error).message}`);
  }
}

/** The audit asks for nothing but commands. */
const auditOf = (redis: Redis) => new AuditRepository({ commands: redis } as RedisConnection);

/** Walks the audit of a running system. @throws BackupError `no-redis`, or what its files say */
export async function auditVerdictOf(url: string, archive: string): Promise<AuditVerdict> {
  const redis = await openState(url);
  try {
    return await new AuditService(auditOf(redis), new AuditFiles(archive)).verify();
  } finally {
    redis.disconnect();
  }
}

/** Version of the program, and of the state in it. */
export async function versionsOf(redis: Redis): Promise<{ redisVersion: string; stateFormat: number | null }> {
  const version = /^redis_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? '';
  const format = await redis.get('cw:format');
  return { redisVersion: version, stateFormat: format === null ? null : Number(format) };
}

async function* keysLike(redis: Redis, pattern: string): AsyncGenerator<string> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1_000);
    cursor = next;
    yield* keys;
  } while (cursor !== '0');
}

/** What stands in a state. */
export async function factsOf(redis: Redis): Promise<StateFacts> {
  const systems: Record<string, number> = {};
  const standing: string[] = [];
  const keys = new Set<string>();
  for await (const key of keysLike(redis, 'cw:{*}:alarms')) keys.add(key);
  for (const key of [...keys].sort()) {
    const system = ALARMS.exec(key)?.[1];
    if (system === undefined) continue;
    const entries = Object.entries(await redis.hgetall(key));
    systems[system] = entries.length;
    standing.push(...entries.map(([id, text]) => `${id}\n${text}`));
  }
  const digest = createHash('sha256');
  for (const alarm of standing.sort()) digest.update(`${alarm}\n`);
  const [format, accounts, audit] = await Promise.all([
    redis.get('cw:format'),
    redis.hlen('cw:accounts'),
    auditOf(redis).head(),
  ]);
  return {
    stateFormat: format === null ? null : Number(format),
    accounts,
    alarms: { total: standing.length, systems, digest: digest.digest('hex') },
    audit: { last: audit.n, seal: audit.seal },
  };
}

/**
 * Walks the audit and every journal of the archive: they hold, and end where the state says they do.
 * @param archive folder of the archive, cut to this state
 * @throws BackupError `broken-chain`
 */
export async function proveChains(redis: Redis, archive: string): Promise<Pick<Proof, 'audit' | 'archive'>> {
  const audit = await new AuditService(auditOf(redis), new AuditFiles(archive)).verify();
  if (!audit.ok) throw new BackupError('broken-chain', `the audit is broken: ${audit.problem}`);
  let journals = 0;
  let lines = 0;
  for await (const found of verifyArchive(archive)) {
    const name = `${found.journal}/${found.system}`;
    if (found.break) {
      const { file, line, what } = found.break;
      throw new BackupError('broken-chain', `${file}:${line}: ${what}`);
    }
    const text = await redis.hget('cw:archive', name);
    const position = text === null ? null : (JSON.parse(text) as { n: number; hash: string });
    if (position !== null && found.lines > 0 && (position.n !== found.lastN || position.hash !== found.lastHash))
      throw new BackupError(
        'broken-chain',
        `the archive of ${name} ends with line ${found.lastN}, the state says ${position.n}: lines are missing at its end, or are of another chain`,
      );
    journals += 1;
    lines += found.lines;
  }
  return { audit: { first: audit.first, last: audit.last }, archive: { journals, lines } };
}

/** Takes out of a state what must not come back with it. @returns how many sessions there were */
export async function forgetSessions(redis: Redis): Promise<number> {
  let sessions = 0;
  for (const pattern of NOT_RESTORED)
    for await (const key of keysLike(redis, pattern))
      sessions += (await redis.del(key)) * (key.startsWith('cw:session:') ? 1 : 0);
  await redis.del(...OF_PROCESSES);
  await redis.hdel('cw:archive', 'owner', 'until');
  return sessions;
}

/** How far a state says the files of the archive go: `journal/system` → day of the newest file, and its bytes. */
export async function archiveBounds(redis: Redis): Promise<Map<string, { day: string; offset: number }>> {
  const bounds = new Map<string, { day: string; offset: number }>();
  for (const [name, text] of Object.entries(await redis.hgetall('cw:archive'))) {
    if (!name.includes('/')) continue;
    const { day, offset } = JSON.parse(text) as { day: string; offset: number };
    bounds.set(name, { day, offset });
  }
  return bounds;
}

/** An act of somebody at the machine itself, sealed into the audit of a state. @throws the error of Redis */
export async function recordAct(redis: Redis, act: AuditAct): Promise<void> {
  await new AuditService(auditOf(redis), { newest: none, oldest: none }).record(act);
}

async function* none(): AsyncGenerator<never> {}

/** Whether a CityWall ever wrote here. */
export async function hasState(redis: Redis): Promise<boolean> {
  for await (const _key of keysLike(redis, 'cw:*')) return true;
  return false;
}

/** Copies all keys into another Redis, which is empty. @returns how many */
export async function copyInto(from: Redis, to: Redis): Promise<number> {
  let copied = 0;
  for await (const key of keysLike(from, '*')) {
    const [dump, left] = await Promise.all([from.dumpBuffer(key), from.pttl(key)]);
    if (dump === null || left === -2) continue;
    await to.restore(key, Math.max(0, left), dump, 'REPLACE');
    copied += 1;
  }
  return copied;
}
