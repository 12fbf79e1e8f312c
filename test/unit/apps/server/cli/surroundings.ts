import { join } from 'node:path';
import { runCli } from '../../../../../apps/server/src/cli/cli.js';
import type { ExitCode } from '../../../../../apps/server/src/cli/command.js';

export const ROOT = join(import.meta.dirname, '../../../../..');
/** 2026-07-09 14:35:02 in Dianjiang */
export const NOW = Date.parse('2026-07-09T14:35:02+08:00');

export interface CliRun {
  code: ExitCode;
  out: string;
  err: string;
}

/** Runs the command line in process, with the packs and recipes of this repository unless told otherwise. */
export async function citywall(
  args: string[],
  env: Record<string, string> = {},
  packsDir = 'libs/packs',
): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    env,
    now: () => NOW,
    places: {
      builtinPacksDir: join(ROOT, packsDir),
      recipesDir: join(ROOT, 'libs/recipes'),
      wallDir: join(ROOT, 'apps/wall/dist'),
      clipsDir: join(ROOT, 'apps/server/clips'),
    },
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
