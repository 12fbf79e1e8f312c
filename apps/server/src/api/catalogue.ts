import type { Asset, Metric } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import { Problem } from './problem.js';

/** What the interface needs of the running packs; `PacksService` is one. */
export interface Catalogue {
  all(): readonly Pack[];
  get(id: string): Pack | undefined;
  metric(system: string, type: string, name: string): Metric | undefined;
  asset(id: string): Asset | undefined;
}

/** Packs of city systems, in their order. */
export function systemsOf(catalogue: Catalogue): Pack[] {
  return catalogue
    .all()
    .filter((pack) => pack.kind === 'system')
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

/**
 * Ids of the systems a query is about: the one it names, or all.
 * @throws Problem `invalid-parameter` when no pack describes the one it names
 */
export function systemIds(catalogue: Catalogue, named: string | undefined): string[] {
  const all = systemsOf(catalogue).map((pack) => pack.id);
  if (named === undefined) return all;
  if (all.includes(named)) return [named];
  throw new Problem('invalid-parameter', 'query: system', {
    parameters: [{ name: 'system', in: 'query', detail: 'no pack describes this system', allowed: all }],
  });
}

/** `system/feed` or `feed` → the systems to look in and the feed's id. */
export function feedScope(
  catalogue: Catalogue,
  system: string | undefined,
  feed: string | undefined,
): { systems: string[]; feed?: string } {
  if (feed === undefined) return { systems: systemIds(catalogue, system) };
  const slash = feed.indexOf('/');
  if (slash < 0) return { systems: systemIds(catalogue, system), feed };
  const of = feed.slice(0, slash);
  return {
    systems: systemIds(catalogue, system).filter((id) => id === of),
    feed: feed.slice(slash + 1),
  };
}
