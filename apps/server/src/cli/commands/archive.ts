import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Verified, verifyArchive } from '../../archive/verify.js';
import type { Command } from '../command.js';
import { UsageError } from '../command.js';
import { plural } from './check.js';

export const archiveCommand: Command = {
  name: 'archive',
  usage: 'archive verify [--dir DIR]',
  summary: 'Verify the hash chain of the archived journals (DIR: CITYWALL_DATA_DIR/archive).',
  async run(args, io) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { dir: { type: 'string' } },
    });
    if (positionals.length !== 1 || positionals[0] !== 'verify') throw new UsageError('archive can be verified');
    const directory = values.dir ?? join(io.env.CITYWALL_DATA_DIR || './data', 'archive');
    let journals = 0;
    let broken = 0;
    try {
      for await (const found of verifyArchive(directory)) {
        journals += 1;
        if (found.break) broken += 1;
        io.out(report(found));
      }
    } catch (error) {
      io.err(`${directory} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    }
    if (journals === 0) io.out(`${directory} holds no journal`);
    if (broken > 0) io.out(`${plural(broken, 'broken chain')} in ${plural(journals, 'journal')}`);
    return broken > 0 ? 1 : 0;
  },
};

function report(found: Verified): string {
  const { journal, system, days, lines, firstDay, lastDay, firstN, lastN, lastHash, missing } = found;
  const name = `${journal}/${system}`;
  if (found.break) {
    const { file, line, what } = found.break;
    return `${file}:${line}: ${what} (${name}: ${plural(lines, 'line')} before it hold)`;
  }
  const gaps = missing > 0 ? `, ${plural(missing, 'entry')} told as missing`.replace('entrys', 'entries') : '';
  const range = lines > 0 ? `, ${firstDay} to ${lastDay}, lines ${firstN} to ${lastN}, last hash ${lastHash}` : '';
  return `${name}: chain ok, ${plural(lines, 'line')}, ${plural(days, 'day')}${range}${gaps}`;
}
