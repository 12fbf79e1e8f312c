#!/usr/bin/env node
// npm run citywall -- check | test | explain | new …: the server's own command line, built first when its sources changed.
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./lib/citywall.mjs').then(({ citywall }) => citywall(process.argv.slice(2)));
