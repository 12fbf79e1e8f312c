#!/usr/bin/env node
// npm run drill [-- options]: the durability drill of test/soak, against the built server; not part of npm test.
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./lib/bench.mjs').then(({ bench }) => bench(['durability-drill', ...process.argv.slice(2)], 'soak'));
