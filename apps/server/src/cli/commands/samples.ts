import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compileFeeds } from '@citywall/mapping';
import { type Pack, type PackLayer, parsePack, showProblem } from '@citywall/pack-schema';
import { compileOptions } from '../../packs/compile.js';
import { DECODERS } from '../../packs/decoders.js';
import { readRecipes } from '../../packs/packs.repository.js';
import { type Command, type Surroundings, UsageError } from '../command.js';
import { leastPack } from '../recipe-pack.js';
import { compareLine, isPublishedFault, madeOf, readSamples } from '../samples.js';

/** One family against its recipe. */
interface Row {
  family: string;
  messages: number;
  readings: number;
  events: number;
  /** parts refused though the published message is right */
  rejected: number;
  /** parts refused because the published message itself is wrong */
  faults: number;
  problems: string[];
}

export const samplesCommand: Command = {
  name: 'samples',
  usage: 'samples [DIR] [--verbose]',
  summary: 'Read recorded messages by the recipes and compare with what is expected. DIR: CITYWALL_SAMPLES_DIR.',
  async run(args, io) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { verbose: { type: 'boolean' } },
    });
    const given = positionals[0] ?? io.env.CITYWALL_SAMPLES_DIR;
    if (given === undefined || positionals.length > 1)
      throw new UsageError('name the folder of samples, one folder a family');
    const folder = resolve(given);
    const recipes = await readRecipes(io.places.recipesDir);
    const rows: Row[] = [];
    for (const family of await familiesIn(folder, given)) rows.push(rowOf(folder, family, recipes, io));
    for (const line of table(rows)) io.out(line);
    const wrong = rows.filter(({ problems }) => problems.length > 0);
    for (const { family, problems } of wrong) {
      const shown = values.verbose ? problems : problems.slice(0, 3);
      for (const problem of shown) io.out(`  ${family}: ${problem}`);
      if (shown.length < problems.length) io.out(`  ${family}: and ${problems.length - shown.length} more (--verbose)`);
    }
    io.out(`${rows.length - wrong.length} of ${rows.length} families as expected`);
    return wrong.length > 0 ? 1 : 0;
  },
};

async function familiesIn(folder: string, written: string): Promise<string[]> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`there is no folder ${written}`);
  const families: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const files = await readdir(join(folder, name)).catch((): string[] => []);
    if (files.includes('messages.ndjson') && files.includes('expected.json')) families.push(name);
  }
  if (families.length === 0)
    throw new UsageError(`${written} holds no family: a folder with messages.ndjson and expected.json`);
  return families;
}

/** The least pack that uses the recipe: its types, and nothing else. */
function packOf(family: string, recipes: ReadonlyMap<string, PackLayer>): { pack?: Pack; problems: string[] } {
  const text = recipes.get(family)?.files.get('recipe.yaml') ?? '';
  const { pack, problems } = parsePack(new Map(Object.entries(leastPack(text, family, family))), recipes, {
    id: family,
    decoders: DECODERS,
  });
  return pack ? { pack, problems: [] } : { problems: problems.map(showProblem) };
}

function rowOf(folder: string, family: string, recipes: ReadonlyMap<string, PackLayer>, io: Surroundings): Row {
  const { messages, expected } = readSamples(folder, family);
  const row: Row = { family, messages: messages.length, readings: 0, events: 0, rejected: 0, faults: 0, problems: [] };
  if (!recipes.has(family)) return { ...row, problems: ['there is no recipe of this name'] };
  const { pack, problems } = packOf(family, recipes);
  if (!pack) return { ...row, problems };
  const feeds = compileFeeds(pack.feeds, compileOptions(pack));
  const units = new Map(pack.metrics.map(({ type, name, unit }) => [`${type}/${name}`, unit]));
  messages.forEach((message, i) => {
    const wanted = expected[i];
    if (!wanted) {
      row.problems.push(`line ${message.line}: nothing is said of it in expected.json`);
      return;
    }
    const results = feeds.map({ ...message, receivedAt: io.now(), origin: 'live' });
    row.readings += wanted.readings.length;
    row.events += wanted.events.length;
    row.problems.push(...compareLine(wanted, madeOf(results, units), family));
    for (const { rejections } of results) {
      for (const rejection of rejections) {
        if (isPublishedFault(family, rejection)) row.faults++;
        else {
          row.rejected++;
          row.problems.push(`line ${wanted.line}: rejected, ${rejection.reason}: ${rejection.detail}`);
        }
      }
    }
  });
  return row;
}

function table(rows: readonly Row[]): string[] {
  const head = ['family', 'messages', 'readings', 'events', 'rejected', 'known faults', 'result'];
  const cells = rows.map((row) => [
    row.family,
    ...[row.messages, row.readings, row.events, row.rejected, row.faults].map(String),
    row.problems.length === 0 ? 'ok' : `${row.problems.length} differ`,
  ]);
  const widths = head.map((name, i) => Math.max(name.length, ...cells.map((line) => (line[i] as string).length)));
  const show = (line: readonly string[]): string =>
    line
      .map((cell, i) =>
        i === 0 || i === line.length - 1 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number),
      )
      .join('  ')
      .trimEnd();
  return [show(head), show(widths.map((width) => '-'.repeat(width))), ...cells.map(show)];
}
