import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  BROKERS_FILE,
  NOTIFICATIONS_FILE,
  type Pack,
  type Problem,
  parseBrokers,
  parseNotifications,
  showProblem,
} from '@citywall/pack-schema';
import { shownPath } from '../../packs/packs.repository.js';
import type { Command, Surroundings } from '../command.js';
import { openWorkspace } from '../workspace.js';

export const checkCommand: Command = {
  name: 'check',
  usage: 'check [DIR…]',
  summary:
    'Check packs, brokers.yaml and notifications.yaml: every problem with file, line and column. Without DIR: all in use.',
  async run(args, io) {
    const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
    let count = 0;
    const beside = await siteFilesIn(positionals, io);
    const withFiles = new Set(beside.map(({ folder }) => folder));
    const onlyFiles = positionals.length > 0 && withFiles.size === positionals.length;
    const { loaded, asked } = await openWorkspace(positionals, io, { packless: onlyFiles });
    const systems = new Set([...loaded].flatMap(([id, { pack }]) => (pack?.kind === 'system' ? id : [])));
    for (const { name, check } of beside) {
      const { problems, names } = check(systems);
      count += problems.length;
      for (const problem of problems) io.out(showProblem(problem));
      if (problems.length === 0) io.out(`${name}: ok (${names.join(', ') || 'empty'})`);
    }
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
        `${plural(count, 'problem')} in ${[plural(asked.length, 'pack'), ...beside.map(({ name }) => name)].join(' and ')}`,
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

interface Checked {
  problems: Problem[];
  names: string[];
}

/** Files beside the packs, as far as they are there. Secrets are not looked up here. */
const SITE_FILES: Record<string, (text: string, root: string, systems: ReadonlySet<string>) => Checked> = {
  [BROKERS_FILE]: (text, root) => {
    const { brokers, problems } = parseBrokers(text, root);
    return { problems, names: [...brokers.keys()] };
  },
  [NOTIFICATIONS_FILE]: (text, root, systems) => {
    const { spec, problems } = parseNotifications(text, root, systems);
    return { problems, names: [...(spec?.targets.keys() ?? [])] };
  },
};

/** Those of the given site folders; without any, of `CITYWALL_PACKS_DIR` (and of notifications.yaml, else `CITYWALL_DATA_DIR`). */
async function siteFilesIn(folders: readonly string[], io: Surroundings) {
  const site = io.env.CITYWALL_PACKS_DIR || undefined;
  const found: { folder: string; name: string; check(systems: ReadonlySet<string>): Checked }[] = [];
  for (const [name, check] of Object.entries(SITE_FILES)) {
    const own = site ?? (name === NOTIFICATIONS_FILE ? io.env.CITYWALL_DATA_DIR || './data' : undefined);
    for (const folder of folders.length > 0 ? folders : own === undefined ? [] : [own]) {
      const text = await readFile(join(resolve(folder), name), 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      found.push({ folder, name, check: (systems) => check(text, shownPath(resolve(folder)), systems) });
    }
  }
  return found;
}
