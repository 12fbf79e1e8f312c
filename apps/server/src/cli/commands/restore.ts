import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BackupError, type BackupHead, type Proof } from '../../backup/backup.types.js';
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
  const running = processesOf(dataDir);
  if (running.length > 0) {
    const names = running.map((one) => `${one.name} (process ${one.pid})`).join(', ');
    throw new BackupError('running', `${dataDir} is in use by ${names}: stop CityWall there first`);
  }
  const restored = await restoreBackup({
    file,
    dataDir,
    packsDir: packs === undefined ? installation.packsDir : resolve(packs),
    redisUrl: installation.redis.own ? null : installation.redis.url,
    now: io.now,
  });
  tell(file, restored.head, restored, io);
  report(restored, dataDir, io);
  return 0;
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
  if (packs !== null && packs === join(dataDir, 'packs'))
    io.out(`the site's packs are in ${packs}: start with CITYWALL_PACKS_DIR=${packs}`);
  else if (packs !== null) io.out(`the site's packs are in ${packs}`);
}
