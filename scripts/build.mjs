#!/usr/bin/env node
// Builds the server and the wall where their sources changed; `--force` builds them anyway.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { join } = await import('node:path');
const { build } = await import('./lib/build.mjs');
const { explain, phase } = await import('./lib/messages.mjs');
try {
  const force = process.argv.includes('--force');
  await phase(
    'build',
    () => build(join(import.meta.dirname, '..'), { force }),
    (built) => built.join(', ') || 'nothing changed',
  );
} catch (error) {
  explain(error, 'The build failed');
  process.exitCode = 1;
}
