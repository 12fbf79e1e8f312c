/**
 * `npm run build`.
 */
import { join } from 'node:path';
import { build } from './build.mjs';
import { installPackages, packagesCurrent } from './install.mjs';
import { explain, phase } from './messages.mjs';

const ROOT = join(import.meta.dirname, '..', '..');

/** @param {readonly string[]} words names of parts (all without one), and `--force` */
export async function buildCommand(words) {
  const only = words.filter((word) => !word.startsWith('-'));
  try {
    if (!packagesCurrent(ROOT)) {
      await phase(
        'packages',
        (progress) => installPackages(ROOT, progress),
        () => 'npm ci',
      );
    }
    await phase(
      'build',
      () => build(ROOT, { force: words.includes('--force'), ...(only.length > 0 ? { only } : {}) }),
      (built) => built.join(', ') || 'unchanged',
    );
  } catch (error) {
    explain(error, 'The build failed');
    process.exitCode = 1;
  }
}
