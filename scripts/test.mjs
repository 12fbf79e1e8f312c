#!/usr/bin/env node
// npm test: installs what the tests need, then lint, types, build and every layer of tests; one count at the end.
//   npm test                      everything
//   npm test -- lint unit         only these phases
//   npm test -- unit feeds        only spec files whose path contains "feeds"
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./lib/test-run.mjs').then(({ testRun }) => testRun(process.argv.slice(2)));
