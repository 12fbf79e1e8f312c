#!/usr/bin/env node
// Builds the server and the wall where their sources changed, installing the packages first when the lock file changed.
//   node scripts/build.mjs [server|wall …] [--force]
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./lib/build-command.mjs').then(({ buildCommand }) => buildCommand(process.argv.slice(2)));
