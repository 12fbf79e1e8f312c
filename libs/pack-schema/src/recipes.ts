import { nearest } from './issues.js';
import { isMap, mergeLayers } from './merge.js';
import type { PackLayer, Recipes } from './pack.js';
import type { Entry, PackSource } from './source.js';
import { readYaml } from './yaml.js';

/**
 * Replaces every `use: recipe` entry by the recipe's feeds: ids become `<entry>-<feed>`, what the entry says beside
 * `use` and `feeds` goes over each of them, and `feeds` patches single ones by their id in the recipe.
 */
export function expandRecipes(entries: Entry<unknown>[], recipes: Recipes, source: PackSource): Entry<unknown>[] {
  const shelf = new Shelf(recipes, source);
  return entries.flatMap((entry) =>
    isMap(entry.raw) && Object.hasOwn(entry.raw, 'use') ? expand(entry, entry.raw, shelf, source) : [entry],
  );
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
  const recipe = shelf.feeds(use);
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
  source.places.open(base, source.places.self(recipe) ?? { file: '', line: 1, col: 1 });
  for (const index of base.keys()) source.places.carry(recipe, index, base);
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

/** Recipes read once a pack. */
class Shelf {
  readonly #recipes: Recipes;
  readonly #source: PackSource;
  readonly #read = new Map<string, Record<string, unknown>[] | undefined>();

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

  feeds(name: string): Record<string, unknown>[] | undefined {
    if (!this.#read.has(name)) this.#read.set(name, this.#load(this.#recipes.get(name)));
    return this.#read.get(name);
  }

  #load(recipe: PackLayer | undefined): Record<string, unknown>[] | undefined {
    const text = recipe?.files.get('recipe.yaml');
    if (recipe === undefined || text === undefined) return undefined;
    const { value, problems } = readYaml(text, `${recipe.root}/recipe.yaml`, this.#source.places);
    this.#source.problems.push(...problems);
    const feeds = isMap(value) ? value.feeds : undefined;
    return Array.isArray(feeds) ? feeds.filter(isMap) : [];
  }
}
