#!/usr/bin/env node
// npm run bench [name …] [-- options]: runs test/bench/<name>.ts from its source; without a name, all of them in turn.
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./lib/bench.mjs').then(({ bench }) => bench(process.argv.slice(2)));
