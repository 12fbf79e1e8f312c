import { parseArgs } from 'node:util';
import { runCase, runTimeline, showProblem } from '@citywall/pack-schema';
import { compilePack } from '../../packs/compile.js';
import type { Command } from '../command.js';
import { openWorkspace } from '../workspace.js';
import { plural } from './check.js';

export const testCommand: Command = {
  name: 'test',
  usage: 'test [DIR…]',
  summary: 'Run the golden cases and alarm timelines of packs. Without DIR: of all packs in use.',
  async run(args, io) {
    const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
    const { loaded, asked } = await openWorkspace(positionals, io);
    let failures = 0;
    for (const id of asked) {
      const found = loaded.get(id);
      if (found?.pack === undefined) {
        failures += 1;
        for (const problem of found?.problems ?? []) io.out(showProblem(problem));
        continue;
      }
      const { pack } = found;
      const feeds = compilePack(pack);
      let passed = 0;
      for (const spec of pack.cases) {
        const differences = runCase(feeds, spec);
        if (differences.length === 0) {
          passed += 1;
          continue;
        }
        failures += 1;
        io.out(`${spec.file}: ${spec.name ?? 'not as expected'}`);
        for (const difference of differences) io.out(`  ${difference}`);
      }
      let held = 0;
      for (const spec of pack.timelines) {
        const differences = runTimeline(pack, spec);
        if (differences.length === 0) {
          held += 1;
          continue;
        }
        failures += 1;
        io.out(`${spec.file}: ${spec.name}`);
        for (const difference of differences) io.out(`  ${difference}`);
      }
      if (pack.feeds.length === 0) io.out(`${id}: no feeds, nothing to test`);
      else if (pack.cases.length === 0) io.out(`${id}: no cases; write cases/*.yaml, one message each`);
      else io.out(`${id}: ${passed} of ${plural(pack.cases.length, 'case')} passed`);
      if (pack.timelines.length > 0) io.out(`${id}: ${held} of ${plural(pack.timelines.length, 'timeline')} passed`);
    }
    return failures > 0 ? 1 : 0;
  },
};
