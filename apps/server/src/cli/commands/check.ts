import { parseArgs } from 'node:util';
import { type Pack, showProblem } from '@citywall/pack-schema';
import type { Command } from '../command.js';
import { openWorkspace } from '../workspace.js';

export const checkCommand: Command = {
  name: 'check',
  usage: 'check [DIR…]',
  summary: 'Check packs: every problem with file, line and column. Without DIR: all packs in use.',
  async run(args, io) {
    const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
    const { loaded, asked } = await openWorkspace(positionals, io);
    let count = 0;
    for (const id of asked) {
      const found = loaded.get(id);
      for (const problem of found?.problems ?? []) {
        count += 1;
        io.out(showProblem(problem));
      }
      if (found?.pack !== undefined) io.out(`${id}: ok (${contents(found.pack)})`);
    }
    if (count > 0) io.out(`${plural(count, 'problem')} in ${plural(asked.length, 'pack')}`);
    return count > 0 ? 1 : 0;
  },
};

/** `3 feeds, 12 metrics, 56 assets` */
function contents(pack: Pack): string {
  const parts: [number, string][] = [
    [pack.feeds.length, 'feed'],
    [pack.metrics.length, 'metric'],
    [pack.assets.length, 'asset'],
    [pack.alarms.length, 'alarm rule'],
    [pack.kpis.length, 'KPI'],
    [pack.scenes.length, 'scene'],
    [pack.cases.length, 'case'],
  ];
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, what]) => plural(count, what))
      .join(', ') || 'empty'
  );
}

export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
