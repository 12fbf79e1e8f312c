import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOTIFICATIONS_FILE } from '@citywall/pack-schema';
import { STATE_FORMAT } from '../state/state.repository.js';
import { atMachine } from './act.js';
import { cutArchive } from './archive-cut.js';
import { BackupError, type BackupHead, type Proof, SNAPSHOT_FILE, type StateFacts } from './backup.types.js';
import { unpack } from './packing.js';
import { type Place, putInPlace } from './placing.js';
import { layAppendOnly, type SpareRedis, startSpareRedis } from './spare-redis.gateway.js';
import {
  archiveBounds,
  copyInto,
  factsOf,
  forgetSessions,
  hasState,
  openState,
  proveChains,
  recordAct,
} from './state-report.repository.js';
import { workFolder } from './work-folder.js';

export interface RestorePlan {
  file: string;
  /** absolute; nothing of it runs */
  dataDir: string;
  /** where the site's packs belong; null: `DATA_DIR/packs` */
  packsDir: string | null;
  /** a Redis of somebody else's, empty; null: the launcher's own, in the data directory */
  redisUrl: string | null;
  /** who uses the data directory at this moment, as words; null: nobody */
  usedBy(): string | null;
  now(): number;
}

export interface Restored extends Proof {
  head: BackupHead;
  /** where what was there before is now; null: nothing was */
  aside: string | null;
  /** where the site's packs are now (without any: its `notifications.yaml`); null: there were none */
  packs: string | null;
}

/** Takes a backup apart and proves it, without leaving anything. @throws BackupError */
export async function checkBackup(file: string): Promise<Proof & { head: BackupHead }> {
  const work = await mkdtemp(join(tmpdir(), 'citywall-check-'));
  try {
    const { proof, head, spare } = await prepare(file, work);
    await spare.stop();
    return { ...proof, head };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Puts a backup in place, once it is proven. What stands in the data directory is kept beside.
 * @throws BackupError; then the data directory is as it was
 */
export async function restoreBackup(plan: RestorePlan): Promise<Restored> {
  const { file, dataDir, redisUrl, now } = plan;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const work = await workFolder(dataDir, '.restore');
  try {
    const { proof, head, spare } = await prepare(file, work);
    try {
      await recordAct(spare.redis, atMachine('backup.restore', now(), { of: head.at, version: head.version }));
      if (redisUrl !== null) await fill(spare, redisUrl);
    } finally {
      await spare.stop();
    }
    const aside = freeName(
      join(dataDir, `before-restore-${new Date(now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`),
    );
    const site = await siteOf(join(work, 'packs'), plan);
    const places: Place[] = [
      ...(redisUrl === null ? [{ name: 'redis', from: join(work, 'redis'), to: join(dataDir, 'redis') }] : []),
      { name: 'archive', from: join(work, 'archive'), to: join(dataDir, 'archive') },
      ...(site === null ? [] : [site]),
    ];
    const moved = await putInPlace({ dataDir, places, aside, file, usedBy: plan.usedBy });
    return { ...proof, head, aside: moved ? aside : null, packs: site === null ? null : site.to };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new BackupError('no-space', `the disk of ${dataDir} is full: it is as it was`);
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Unpacked, compared, cut to one moment, proven, without sessions: ready to be put in place. */
async function prepare(file: string, work: string): Promise<{ proof: Proof; head: BackupHead; spare: SpareRedis }> {
  const { head, manifest } = await unpack(file, work, (found) => refuseNewer(file, found));
  const dir = join(work, 'redis');
  await layAppendOnly(join(work, SNAPSHOT_FILE), dir).catch((error: Error) => {
    throw new BackupError('damaged', `${file} holds no state: ${error.message}`);
  });
  const spare = await startSpareRedis(dir);
  try {
    const facts = await factsOf(spare.redis);
    if (facts.stateFormat !== null) refuseNewer(file, { ...head, stateFormat: facts.stateFormat });
    compare(file, manifest.facts, facts);
    const archive = join(work, 'archive');
    await mkdir(archive, { recursive: true, mode: 0o700 });
    await cutArchive(archive, await archiveBounds(spare.redis));
    const chains = await proveChains(spare.redis, archive);
    const sessions = await forgetSessions(spare.redis);
    return { proof: { facts, ...chains, sessions }, head, spare };
  } catch (error) {
    await spare.stop();
    throw error;
  }
}

function refuseNewer(file: string, { version, stateFormat }: Pick<BackupHead, 'version' | 'stateFormat'>): void {
  if (stateFormat === null || stateFormat <= STATE_FORMAT) return;
  throw new BackupError(
    'newer',
    `${file} was made by CityWall ${version} with state format ${stateFormat}, this one understands ${STATE_FORMAT}: restore it with the newer CityWall`,
  );
}

/** The state that was read is the one that was saved. */
function compare(file: string, saved: StateFacts | null, read: StateFacts): void {
  if (saved === null) return;
  const say = ({ accounts, alarms, audit }: StateFacts) =>
    `${accounts} accounts, ${alarms.total} standing alarms (${alarms.digest.slice(0, 12)}), audit up to ${audit.last}`;
  if (say(saved) === say(read) && saved.audit.seal === read.audit.seal) return;
  throw new BackupError('differs', `${file}: saved were ${say(saved)}; read were ${say(read)}`);
}

async function fill({ redis }: SpareRedis, url: string): Promise<void> {
  const other = await openState(url);
  try {
    if (await hasState(other))
      throw new BackupError(
        'not-empty',
        'the Redis of CITYWALL_REDIS_URL holds a state already: stop CityWall and empty it, or name another one',
      );
    await copyInto(redis, other);
  } finally {
    other.disconnect();
  }
}

/** The site's packs; of a site without any its `notifications.yaml`, which stands in the data directory then. */
async function siteOf(from: string, { dataDir, packsDir }: RestorePlan): Promise<Place | null> {
  const names = await readdir(from).catch(() => []);
  if (names.length === 0) return null;
  if (packsDir === null && names.length === 1 && names[0] === NOTIFICATIONS_FILE)
    return { name: NOTIFICATIONS_FILE, from: join(from, NOTIFICATIONS_FILE), to: join(dataDir, NOTIFICATIONS_FILE) };
  return { name: 'packs', from, to: packsDir ?? join(dataDir, 'packs') };
}

/** Two restores within a second keep what was there apart. */
function freeName(path: string): string {
  let name = path;
  for (let n = 2; existsSync(name); n++) name = `${path}-${n}`;
  return name;
}
