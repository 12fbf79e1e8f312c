import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AuditHead } from '../../audit/audit.types.js';
import { AuditFiles } from '../../audit/audit-files.repository.js';
import { BEGINNING, breakOf } from '../../audit/seal.js';
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
    let head: AuditHead = BEGINNING;
    let first = 0;
    try {
      for await (const entry of new AuditFiles(directory).oldest()) {
        const problem = first === 0 && entry.n > 1 ? null : breakOf(entry, head);
        if (problem !== null) {
          io.err(`audit broken: ${problem} (${plural(head.n - first + 1, 'entry')} before it hold)`);
          return 1;
        }
        if (first === 0) first = entry.n;
        head = { n: entry.n, seal: entry.seal };
      }
    } catch (error) {
      io.err(`${directory} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    }
    if (first === 0) io.out(`${directory} holds no audit`);
    else io.out(`audit ok: entries ${first} to ${head.n}, last seal ${head.seal}`);
    return 0;
  },
};
