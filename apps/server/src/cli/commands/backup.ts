import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BackupMade, backupName, keepNewest, makeBackup } from '../../backup/backup.js';
import { BackupError } from '../../backup/backup.types.js';
import type { Command, Surroundings } from '../command.js';
import { UsageError } from '../command.js';
import { bytes } from '../doctor/finding.js';
import { findInstallation } from '../doctor/installation.js';
import { plural } from './check.js';

export const backupCommand: Command = {
  name: 'backup',
  usage: 'backup [--to FILE] [--keep N]',
  summary:
    'Save a running system in one file (DATA_DIR/backups/citywall-….tar.gz): state, archive, packs, audit, accounts. --keep: only the newest N of its folder stay.',
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { to: { type: 'string' }, keep: { type: 'string' } },
    });
    if (positionals.length > 0) throw new UsageError(`${positionals[0]}: name the file by --to`);
    const keep = values.keep === undefined ? null : Number(values.keep);
    if (keep !== null && !(Number.isInteger(keep) && keep >= 1)) throw new UsageError('--keep needs a number from 1');
    const { dataDir, packsDir, redis } = findInstallation(io);
    const to = resolve(values.to ?? join(dataDir, 'backups', backupName(io.now())));
    if (redis.url === null) {
      io.err(
        `no private Redis runs on ${dataDir}: start CityWall, or name its Redis by CITYWALL_REDIS_URL. A stopped data directory is saved by copying it.`,
      );
      return 1;
    }
    try {
      const made = await makeBackup({
        to,
        dataDir,
        packsDir,
        redisUrl: redis.url,
        version: versionHere(io),
        now: io.now,
      });
      tell(made, io);
      if (keep !== null) for (const name of await keepNewest(dirname(to), keep)) io.out(`removed ${name}`);
      return 0;
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      io.err(`no backup: ${error.message}`);
      return 1;
    }
  },
};

function tell({ file, bytes: size, sha256, files, facts, untold }: BackupMade, io: Surroundings): void {
  io.out(`${file}: ${bytes(size)}, ${plural(files, 'file')}`);
  io.out(`sha256 ${sha256} (write it down elsewhere: it proves the whole)`);
  if (facts === null)
    io.out('its state was not read back: there is no redis-server here (citywall restore FILE --check)');
  else
    io.out(
      `read back: ${plural(facts.accounts, 'account')}, ${plural(facts.alarms.total, 'standing alarm')}, audit up to entry ${facts.audit.last}`,
    );
  if (untold !== null) io.err(`the audit could not be told of this backup: ${untold}`);
}

/** Version of this CityWall. */
export function versionHere({ places }: Pick<Surroundings, 'places'>): string {
  try {
    const text = readFileSync(join(places.builtinPacksDir, '../../package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}
