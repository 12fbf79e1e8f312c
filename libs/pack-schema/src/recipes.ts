import { nearest } from './issues.js';
import { isMap, mergeLayers } from './merge.js';
import type { PackLayer, Recipes } from './pack.js';
import type { Entry, PackSource } from './source.js';
import { readYaml } from './yaml.js';

/** What a pack takes from its feeds.yaml and the recipes it uses. */
export interface Expansion {
  feeds: Entry<unknown>[];
  /** catalogue entries the recipes suggest, for the asset types their feeds have in this pack */
  metrics: Entry<unknown>[];
}

/**
 * Replaces every `use: recipe` entry by the recipe's feeds: ids become `<entry>-<feed>`, what the entry says beside
 * `use` and `feeds` goes over each of them, and `feeds` patches single ones by their id in the recipe. The recipe's
 * metrics come along under the asset types the pack gives to its feeds.
 */
export function expandRecipes(entries: Entry<unknown>[], recipes: Recipes, source: PackSource): Expansion {
  const shelf = new Shelf(recipes, source);
  const expansion: Expansion = { feeds: [], metrics: [] };
  for (const entry of entries) {
    if (!isMap(entry.raw) || !Object.hasOwn(entry.raw, 'use')) expansion.feeds.push(entry);
    else {
      const feeds = expand(entry, entry.raw, shelf, source);
      expansion.feeds.push(...feeds);
      expansion.metrics.push(...suggested(entry.raw, feeds, shelf, source));
    }
  }
  return expansion;
}

/** The recipe's metrics, under the types its feeds have now: `asset: bus/{user}` makes `bus/speed` of `tracker/speed`. */
function suggested(
  use: Record<string, unknown>,
  feeds: readonly Entry<unknown>[],
  shelf: Shelf,
  source: PackSource,
): Entry<unknown>[] {
  const recipe = typeof use.use === 'string' ? shelf.open(use.use) : undefined;
  if (recipe === undefined) return [];
  const typesNow = new Map<string, Set<string>>();
  for (const feed of recipe.feeds) {
    const now = feeds.find(({ raw }) => isMap(raw) && raw.id === `${String(use.id)}-${String(feed.id)}`)?.raw;
    const before = typeOf(feed.asset);
    const after = isMap(now) ? typeOf(now.asset) : undefined;
    if (before === undefined || after === undefined) continue;
    typesNow.set(before, (typesNow.get(before) ?? new Set()).add(after));
  }
  const metrics: Entry<unknown>[] = [];
  for (const [index, metric] of recipe.metrics.entries()) {
    const id = typeof metric.id === 'string' ? metric.id : '';
    const type = id.slice(0, Math.max(id.indexOf('/'), 0));
    for (const now of typesNow.get(type) ?? []) {
      const raw = carried({ ...metric, id: `${now}${id.slice(type.length)}` }, metric, source);
      metrics.push({ value: raw, raw, path: ['metrics', index] });
    }
  }
  return metrics;
}

/** The part before the first `/` of an asset template. */
function typeOf(asset: unknown): string | undefined {
  return typeof asset === 'string' && asset.includes('/') ? asset.slice(0, asset.indexOf('/')) : undefined;
}

function expand(
  entry: Entry<unknown>,
  raw: Record<string, unknown>,
  shelf: Shelf,
  source: PackSource,
): Entry<unknown>[] {
  const { id, use, feeds: patches, ...overrides } = raw;
  const report = (path: (string | number)[], message: string): void =>
    source.report(raw, path, message, { base: entry.path, file: 'feeds.yaml' });
  if (typeof id !== 'string') {
    report([], '"id" is missing: the feeds of the recipe take it as their prefix');
    return [];
  }
  if (typeof use !== 'string') {
    report(['use'], 'expected the name of a recipe');
    return [];
  }
  const recipe = shelf.open(use)?.feeds;
  if (recipe === undefined) {
    const near = nearest(use, shelf.names());
    report(['use'], `there is no recipe "${use}"${near === undefined ? shelf.hint() : `, did you mean ${near}?`}`);
    return [];
  }
  if (patches !== undefined && !Array.isArray(patches) && !isMap(patches)) {
    report(['feeds'], 'expected a list of feeds with their id in the recipe');
    return [];
  }
  const names = recipe.map((feed) => feed.id);
  const isOurs = (patch: unknown): boolean =>
    isMap(patch) && (names.includes(patch.id) || Object.hasOwn(patch, 'topic'));
  for (const [index, patch] of (Array.isArray(patches) ? patches : []).entries()) {
    if (isOurs(patch)) continue;
    const name = isMap(patch) ? String(patch.id) : '';
    report(['feeds', index], `recipe ${use} has no feed "${name}"; it has ${names.join(', ')}`);
  }
  const shared = carried(overrides, raw, source);
  const base = recipe.map((feed) => mergeLayers(feed, shared, source.places));
  const start = source.places.self(raw) ?? { file: 'feeds.yaml', line: 1, col: 1 };
  source.places.open(base, start);
  for (const [index, feed] of recipe.entries()) {
    const spot = source.places.self(feed) ?? start;
    source.places.mark(base, index, spot, spot);
  }
  const merged = patches === undefined ? base : mergeLayers(base, patches, source.places);
  const unknown = Array.isArray(patches) ? patches.filter((patch) => !isOurs(patch)) : [];
  return (Array.isArray(merged) ? merged : []).flatMap((feed) => {
    if (!isMap(feed) || typeof feed.id !== 'string' || unknown.includes(feed)) return [];
    const named: Record<string, unknown> = { ...feed, id: `${id}-${feed.id}` };
    return [{ value: named, raw: carried(named, feed, source), path: entry.path }];
  });
}

/** Gives a copy the places of the map it was made of. */
function carried(copy: Record<string, unknown>, from: object, source: PackSource): Record<string, unknown> {
  const self = source.places.self(from);
  if (self !== undefined) source.places.open(copy, self);
  for (const key of Object.keys(copy)) source.places.carry(from, key, copy);
  return copy;
}

interface OpenRecipe {
  feeds: Record<string, unknown>[];
  metrics: Record<string, unknown>[];
}

/** Recipes read once a pack. */
class Shelf {
  readonly #recipes: Recipes;
  readonly #source: PackSource;
  readonly #read = new Map<string, OpenRecipe | undefined>();

  constructor(recipes: Recipes, source: PackSource) {
    this.#recipes = recipes;
    this.#source = source;
  }

  names(): string[] {
    return [...this.#recipes.keys()];
  }

  hint(): string {
    return this.#recipes.size === 0 ? '; there are none' : `; there are ${this.names().sort().join(', ')}`;
  }

  open(name: string): OpenRecipe | undefined {
    if (!this.#read.has(name)) this.#read.set(name, this.#load(this.#recipes.get(name)));
    return this.#read.get(name);
  }

  #load(recipe: PackLayer | undefined): OpenRecipe | undefined {
    const text = recipe?.files.get('recipe.yaml');
    if (recipe === undefined || text === undefined) return undefined;
    const { value, problems } = readYaml(text, `${recipe.root}/recipe.yaml`, this.#source.places);
    this.#source.problems.push(...problems);
    const { feeds, metrics, dicts } = isMap(value) ? value : {};
    const maps = (list: unknown) => (Array.isArray(list) ? list.filter(isMap) : []);
    const withTables = (feed: Record<string, unknown>): Record<string, unknown> =>
      carried(
        { ...feed, dicts: { ...(dicts as object), ...(isMap(feed.dicts) ? feed.dicts : {}) } },
        feed,
        this.#source,
      );
    return { feeds: isMap(dicts) ? maps(feeds).map(withTables) : maps(feeds), metrics: maps(metrics) };
  }
}
