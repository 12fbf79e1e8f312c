#!/usr/bin/env node
// npm start: from a fresh checkout to a living wall. Runs before anything is installed, so on Node's built-ins only.
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./lib/launch.mjs').then(({ launch }) => launch({ watch: process.argv.includes('--watch') }));
