/**
 * `npm run bench` and `npm run drill`: each is a program in test/bench or test/soak that prints a table and writes
 * out/<name>.json beside itself.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { installPackages, packagesCurrent } from './install.mjs';
import { explain, phase, say } from './messages.mjs';
import { installTestPrograms } from './test-programs.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
/** what benchmarks share; the others are benchmarks */
const SHARED = ['alarm-load.ts', 'arms.ts', 'mqtt-load.ts'];

/**
 * @param {readonly string[]} words names first, then options (`--rate 500`) that are passed to each
 * @param {'bench' | 'soak'} [kind] folder below test
 */
export async function bench(words, kind = 'bench') {
  const folder = join(ROOT, 'test', kind);
  const known = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !SHARED.includes(file))
    .map((file) => file.slice(0, -3));
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const names = firstOption < 0 ? words : words.slice(0, firstOption);
  const options = firstOption < 0 ? [] : words.slice(firstOption);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no ${unknown.join(', ')} in test/${kind}; there is ${known.join(', ')}.\n`);
    process.exitCode = 1;
    return;
  }
  try {
    if (!packagesCurrent(ROOT)) {
      await phase(
        'packages',
        (progress) => installPackages(ROOT, progress),
        () => 'npm ci',
      );
    }
    const { chromium } = await phase('programs', (progress) => installTestPrograms(progress));
    await phase(
      'build',
      () => build(ROOT),
      (built) => built.join(', ') || 'unchanged',
    );
    mkdirSync(join(folder, 'out'), { recursive: true });
    for (const name of names.length > 0 ? names : known) {
      say(`\n── ${name}`);
      // Benchmarks measure the built server, as it runs in production.
      const { status } = spawnSync(
        process.execPath,
        ['-C', 'source', '--import', '@swc-node/register/esm-register', join(folder, `${name}.ts`), ...options],
        {
          cwd: ROOT,
          stdio: 'inherit',
          env: {
            ...process.env,
            SWC_NODE_PROJECT: join(ROOT, 'test/tsconfig.json'),
            CITYWALL_TEST_BUILT: '1',
            CHROMIUM: chromium,
          },
        },
      );
      if (status !== 0) process.exitCode = status ?? 1;
    }
  } catch (error) {
    explain(error, 'It cannot run');
    process.exitCode = 1;
  }
}
