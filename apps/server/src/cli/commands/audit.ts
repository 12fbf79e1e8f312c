import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AuditFiles } from '../../audit/audit-files.repository.js';
import { ChainWalk } from '../../audit/seal.js';
import type { Command } from '../command.js';
import { UsageError } from '../command.js';
import { plural } from './check.js';

export const auditCommand: Command = {
  name: 'audit',
  usage: 'audit verify [--dir DIR]',
  summary:
    'Verify the seals of the audit in the archive (DIR: CITYWALL_DATA_DIR/archive); the newest second is in Redis only.',
  async run(args, io) {
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { dir: { type: 'string' } } });
    if (positionals.length !== 1 || positionals[0] !== 'verify') throw new UsageError('the audit can be verified');
    const directory = values.dir ?? join(io.env.CITYWALL_DATA_DIR || './data', 'archive');
    const walk = new ChainWalk();
    try {
      for await (const entry of new AuditFiles(directory).oldest()) {
        const problem = walk.take(entry);
        if (problem === null) continue;
        io.err(`audit broken: ${problem} (${plural(walk.entries, 'entry')} before it hold)`);
        return 1;
      }
    } catch (error) {
      io.err(`${directory} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    }
    if (walk.entries === 0) io.out(`${directory} holds no audit`);
    else io.out(`audit ok: entries ${walk.first} to ${walk.head.n}, last seal ${walk.head.seal}`);
    return 0;
  },
};
