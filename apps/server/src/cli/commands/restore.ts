import { join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { NOTIFICATIONS_FILE } from '@citywall/pack-schema';
import { BackupError, type BackupHead, type Proof } from '../../backup/backup.types.js';
import { isThere } from '../../backup/placing.js';
import { checkBackup, type Restored, restoreBackup } from '../../backup/restore.js';
import type { Command, ExitCode, Surroundings } from '../command.js';
import { UsageError } from '../command.js';
import { findInstallation, processesOf } from '../doctor/installation.js';
import { plural } from './check.js';

export const restoreCommand: Command = {
  name: 'restore',
  usage: 'restore FILE [--check] [--data-dir DIR] [--packs-dir DIR]',
  summary:
    'Prove a backup and put it in place of an empty or stopped data directory (what was there is kept beside). --check: only prove it. Everybody logs in anew.',
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { check: { type: 'boolean' }, 'data-dir': { type: 'string' }, 'packs-dir': { type: 'string' } },
    });
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new UsageError('name one backup');
    const file = resolve(name);
    try {
      if (values.check) {
        const { head, ...proof } = await checkBackup(file);
        tell(file, head, proof, io);
        return 0;
      }
      return await restore(file, values['data-dir'], values['packs-dir'], io);
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      io.err(`not restored: ${error.message}`);
      return 1;
    }
  },
};

async function restore(
  file: string,
  to: string | undefined,
  packs: string | undefined,
  io: Surroundings,
): Promise<ExitCode> {
  const installation = findInstallation(io);
  const dataDir = to === undefined ? installation.dataDir : resolve(to);
  const usedBy = () =>
    processesOf(dataDir)
      .map((one) => `${one.name} (process ${one.pid})`)
      .join(', ') || null;
  const users = usedBy();
  if (users !== null) throw new BackupError('running', `${dataDir} is in use by ${users}: stop CityWall there first`);
  const spared = packs === undefined ? await sparedPacks(installation.packsDir, dataDir) : null;
  const restored = await restoreBackup({
    file,
    dataDir,
    packsDir: packs !== undefined ? resolve(packs) : spared === null ? installation.packsDir : null,
    redisUrl: installation.redis.own ? null : installation.redis.url,
    usedBy,
    now: io.now,
  });
  tell(file, restored.head, restored, io);
  report(restored, dataDir, io);
  if (restored.packs !== null && spared !== null)
    io.out(`${spared} was left as it is: another CityWall may use it. To replace it: --packs-dir ${spared}`);
  return 0;
}

/**
 * CITYWALL_PACKS_DIR with packs in it is not replaced without being named: beside a running system a drill would change the
 * packs of that one.
 */
async function sparedPacks(packsDir: string | null, dataDir: string): Promise<string | null> {
  if (packsDir === null || packsDir.startsWith(`${dataDir}${sep}`)) return null;
  return (await isThere(packsDir)) ? packsDir : null;
}

function tell(file: string, head: BackupHead, { facts, audit, archive, sessions }: Proof, io: Surroundings): void {
  io.out(`${file}: made ${head.at} by CityWall ${head.version}, state format ${head.stateFormat ?? 'none'}`);
  io.out(
    `sound: ${plural(facts.alarms.total, 'standing alarm')}, ${plural(facts.accounts, 'account')}, audit entries ${audit.first} to ${audit.last}, ${plural(archive.lines, 'line')} of ${plural(archive.journals, 'archived journal')}`,
  );
  io.out(`not brought back: ${plural(sessions, 'session')}; everybody logs in anew`);
}

function report({ aside, packs }: Restored, dataDir: string, io: Surroundings): void {
  io.out(`restored into ${dataDir}`);
  if (aside !== null) io.out(`what was there before is in ${aside}; remove it when all is well`);
  if (packs !== null && packs === join(dataDir, NOTIFICATIONS_FILE))
    io.out(`${packs} tells the targets of that site from the next start on: remove it before a drill`);
  else if (packs !== null && packs === join(dataDir, 'packs'))
    io.out(`the site's packs are in ${packs}: start with CITYWALL_PACKS_DIR=${packs}`);
  else if (packs !== null) io.out(`the site's packs are in ${packs}`);
}
