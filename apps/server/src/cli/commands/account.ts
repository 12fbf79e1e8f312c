import { parseArgs } from 'node:util';
import { Problem } from '../../api/problem.js';
import { atMachine } from '../../backup/act.js';
import { BackupError } from '../../backup/backup.types.js';
import { openState, recordAct } from '../../backup/state-report.repository.js';
import type { RedisConnection } from '../../infra/redis.connection.js';
import type { Command, ExitCode, Surroundings } from '../command.js';
import { UsageError } from '../command.js';
import { findInstallation } from '../doctor/installation.js';

export const accountCommand: Command = {
  name: 'account',
  usage: 'account list | account reset USER',
  summary:
    'On the machine itself: who may log in; a new password for somebody who forgot it (also the last administrator), written into the audit.',
  async run(args, io) {
    const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
    const [what, user, ...more] = positionals;
    const isList = what === 'list' && user === undefined;
    if (!isList && !(what === 'reset' && user !== undefined && more.length === 0))
      throw new UsageError('accounts can be listed, or one be reset');
    const { redis, dataDir } = findInstallation(io);
    if (redis.url === null) {
      io.err(`no private Redis runs on ${dataDir}: start CityWall, or name its Redis by CITYWALL_REDIS_URL`);
      return 1;
    }
    try {
      return await onAccounts(redis.url, isList ? null : (user ?? ''), io);
    } catch (error) {
      if (!(error instanceof BackupError || error instanceof Problem)) throw error;
      io.err(error instanceof Problem ? error.detail : error.message);
      return 1;
    }
  },
};

async function onAccounts(url: string, user: string | null, io: Surroundings): Promise<ExitCode> {
  // The hashing of passwords is a program of its own: loaded by who needs it.
  const { AccountsService } = await import('../../auth/accounts.service.js');
  const { AuthRepository } = await import('../../auth/auth.repository.js');
  const redis = await openState(url);
  try {
    const accounts = new AccountsService(new AuthRepository({ commands: redis } as RedisConnection), io.now);
    if (user === null) {
      for (const { user: name, roles, grants, disabled, secondFactor } of await accounts.list())
        io.out(
          [
            name,
            roles.join('+') || 'no role',
            ...grants,
            ...(secondFactor ? ['second factor'] : []),
            ...(disabled ? ['barred'] : []),
          ].join('  '),
        );
      return 0;
    }
    await accounts.one(user);
    // What is not written must not be done: whoever is at the machine leaves a line as everybody else does.
    await recordAct(redis, atMachine('accounts.reset', io.now(), {}, user));
    const { password, disabled } = await accounts.reset(user);
    io.out(`${user}: new password ${password} (not shown again; to be changed at the first log-in)`);
    io.out('its sessions have ended, and it has no second factor any more');
    if (disabled) io.out('the account is barred: an administrator has to let it in again');
    return 0;
  } finally {
    redis.disconnect();
  }
}
