#!/usr/bin/env node
// npm run citywall -- COMMAND: the pack tools. Installs and builds what is missing, then runs the built command line.
import { requireNode } from './lib/node-version.mjs';

requireNode();
const { existsSync } = await import('node:fs');
const { join } = await import('node:path');
const { pathToFileURL } = await import('node:url');
const { build } = await import('./lib/build.mjs');
const { installPackages } = await import('./lib/install.mjs');
const { explain } = await import('./lib/messages.mjs');
const root = join(import.meta.dirname, '..');
/** Progress goes to stderr: stdout belongs to the command. */
const tell = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

try {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) {
    tell('installing packages …');
    await installPackages(root, () => {});
  }
  const built = await build(root, { only: ['server'] });
  if (built.length > 0) tell('built the command line');
} catch (error) {
  explain(error, 'The pack tools cannot run');
  process.exit(1);
}
await import(pathToFileURL(join(root, 'apps/server/dist/bundle/citywall.js')).href);
