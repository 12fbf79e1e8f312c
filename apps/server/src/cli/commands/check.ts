import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BROKERS_FILE, type Pack, parseBrokers, showProblem } from '@citywall/pack-schema';
import { shownPath } from '../../packs/packs.repository.js';
import type { Command, Surroundings } from '../command.js';
import { openWorkspace } from '../workspace.js';

export const checkCommand: Command = {
  name: 'check',
  usage: 'check [DIR…]',
  summary: 'Check packs and brokers.yaml: every problem with file, line and column. Without DIR: all in use.',
  async run(args, io) {
    const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
    let count = 0;
    const brokers = await brokersIn(positionals, io);
    for (const { problems, names } of brokers) {
      count += problems.length;
      for (const problem of problems) io.out(showProblem(problem));
      if (problems.length === 0) io.out(`${BROKERS_FILE}: ok (${names.join(', ') || 'empty'})`);
    }
    const onlyBrokers = positionals.length > 0 && brokers.length === positionals.length;
    const { loaded, asked } = await openWorkspace(positionals, io, { packless: onlyBrokers });
    for (const id of asked) {
      const found = loaded.get(id);
      for (const problem of found?.problems ?? []) {
        count += 1;
        io.out(showProblem(problem));
      }
      if (found?.pack !== undefined) io.out(`${id}: ok (${contents(found.pack)})`);
    }
    if (count > 0)
      io.out(
        `${plural(count, 'problem')} in ${plural(asked.length, 'pack')}${brokers.length > 0 ? ' and brokers.yaml' : ''}`,
      );
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
    [pack.timelines.length, 'timeline'],
    [pack.scenarios.length, 'scenario'],
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

/** `brokers.yaml` of the given site folders; without any, of `CITYWALL_PACKS_DIR`. Secrets are not looked up here. */
async function brokersIn(folders: readonly string[], io: Surroundings) {
  const site = io.env.CITYWALL_PACKS_DIR;
  const found = [];
  for (const folder of folders.length > 0 ? folders : site ? [site] : []) {
    const text = await readFile(join(resolve(folder), BROKERS_FILE), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { brokers, problems } = parseBrokers(text, shownPath(resolve(folder)));
    found.push({ problems, names: [...brokers.keys()] });
  }
  return found;
}
