import type { Command, ExitCode, Surroundings } from './command.js';
import { UsageError } from './command.js';
import { accountCommand } from './commands/account.js';
import { archiveCommand } from './commands/archive.js';
import { auditCommand } from './commands/audit.js';
import { backupCommand } from './commands/backup.js';
import { checkCommand } from './commands/check.js';
import { doctorCommand } from './commands/doctor.js';
import { explainCommand } from './commands/explain.js';
import { newCommand } from './commands/new.js';
import { notifyCommand } from './commands/notify.js';
import { restoreCommand } from './commands/restore.js';
import { samplesCommand } from './commands/samples.js';
import { schemaCommand } from './commands/schema.js';
import { simulateCommand } from './commands/simulate.js';
import { testCommand } from './commands/test.js';

export const COMMANDS: readonly Command[] = [
  checkCommand,
  testCommand,
  explainCommand,
  newCommand,
  schemaCommand,
  samplesCommand,
  doctorCommand,
  archiveCommand,
  auditCommand,
  accountCommand,
  backupCommand,
  restoreCommand,
  notifyCommand,
  simulateCommand,
];

/** `npm run citywall -- <args>`: 0 ok, 1 problems found, 2 usage. Whatever else goes wrong is thrown. */
export async function runCli(args: readonly string[], io: Surroundings): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    for (const line of help()) io.out(line);
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    io.err(`there is no command "${name}"; there are ${COMMANDS.map((each) => each.name).join(', ')} and help`);
    return 2;
  }
  if (rest.includes('--help')) {
    io.out(`npm run citywall -- ${command.usage}`);
    io.out(command.summary);
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (!(error instanceof UsageError) && !isBadArguments(error)) throw error;
    io.err(error.message);
    io.err(`usage: npm run citywall -- ${command.usage}`);
    return 2;
  }
}

/** What `util.parseArgs` throws. */
function isBadArguments(error: unknown): error is Error {
  return (
    typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}

function help(): string[] {
  const width = Math.max(...COMMANDS.map((command) => command.usage.length));
  return [
    'CityWall pack tools: npm run citywall -- COMMAND',
    '',
    ...COMMANDS.map((command) =>
      command.usage.length > 30
        ? `  ${command.usage}\n  ${''.padEnd(30)}  ${command.summary}`
        : `  ${command.usage.padEnd(Math.min(width, 30))}  ${command.summary}`,
    ),
    '',
    'A new system in ten minutes: docs/new-system.md. The grammar: docs/reference/pack.md.',
  ];
}
