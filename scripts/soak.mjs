#!/usr/bin/env node
// npm run soak [-- options]: a display in a real browser for hours, with cuts; the program is test/soak/display-soak.ts.
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./lib/bench.mjs').then(({ bench }) => bench(['display-soak', ...process.argv.slice(2)], 'soak'));
