import type { AssetFeature } from '../files/assets.js';
import type { AssetTypeSpec, PackFile } from '../files/pack.js';
import type { PathStep } from '../problem.js';
import type { Entry, PackSource, SourceFile } from '../source.js';
import { nameUpstream } from '../topology.js';
import { hint, type Known, typeProblem } from './known.js';

/**
 * What assets depend on: types, attributes and assets that are named exist, and nothing depends on itself. `declared` holds the
 * ids of all assets, also of those that are wrong in themselves; null: nobody knows.
 */
export function checkTopology(
  file: SourceFile,
  pack: PackFile,
  assets: readonly Entry<AssetFeature>[],
  declared: ReadonlySet<string> | null,
  known: Known,
  source: PackSource,
): void {
  const types = pack.assetTypes ?? {};
  for (const [type, { upstream = [] }] of Object.entries(types)) {
    for (const [index, one] of upstream.entries()) {
      const report = (key: string, message: string) =>
        source.report(file.value, ['assetTypes', type, 'upstream', index, key], message, { file: file.name });
      if ('asset' in one) {
        if (declared !== null && !declared.has(one.asset))
          report('asset', `no asset "${one.asset}" is declared in assets.geojson${hint(one.asset, declared)}`);
        continue;
      }
      const problem = typeProblem(known, one.type);
      if (problem !== undefined) report('type', problem);
      const attributes = known.attributes?.get(type);
      if (attributes !== undefined && !attributes.has(one.by))
        report('by', `no declared ${type} has the attribute "${one.by}"${hint(one.by, attributes)}`);
    }
  }
  if (declared !== null) checkLinks(assets, types, declared, known, source);
}

function checkLinks(
  assets: readonly Entry<AssetFeature>[],
  types: Readonly<Record<string, AssetTypeSpec>>,
  declared: ReadonlySet<string>,
  known: Known,
  source: PackSource,
): void {
  const links = new Map<string, string[]>();
  for (const { value, raw, path: base } of assets) {
    const type = value.id.slice(0, value.id.indexOf('/'));
    for (const one of (Object.hasOwn(types, type) ? types[type]?.upstream : undefined) ?? []) {
      const named = nameUpstream(one, value.properties);
      if (named === null) continue;
      if (declared.has(named)) links.set(value.id, [...(links.get(value.id) ?? []), named]);
      else if ('by' in one && typeProblem(known, one.type) === undefined) {
        const path: PathStep[] = ['properties', one.by];
        const message = `${value.id} depends on ${named}, which is not declared${hint(named, declared)}`;
        source.report(raw, path, message, { base, file: 'assets.geojson' });
      }
    }
  }
  const told = new Set<string>();
  for (const { value, raw, path: base } of assets) {
    const circle = told.has(value.id) ? undefined : findCircle(value.id, links);
    if (circle === undefined) continue;
    for (const id of circle) told.add(id);
    const message = `it depends on itself: ${[...circle, value.id].join(' → ')}; an asset cannot be upstream of itself`;
    source.report(raw, ['id'], message, { base, file: 'assets.geojson' });
  }
}

/** Types above each type, also farther up; a type may be above itself (a feeder of feeders). */
export function typesAbove(types: Readonly<Record<string, AssetTypeSpec>>): ReadonlyMap<string, ReadonlySet<string>> {
  const next = (type: string): string[] =>
    ((Object.hasOwn(types, type) ? types[type]?.upstream : undefined) ?? []).map((one) =>
      'asset' in one ? one.asset.slice(0, Math.max(0, one.asset.indexOf('/'))) : one.type,
    );
  return new Map(
    Object.keys(types).map((type) => {
      const found = new Set<string>();
      for (let level = next(type); level.length > 0; level = level.flatMap(next)) {
        level = level.filter((one) => !found.has(one));
        for (const one of level) found.add(one);
      }
      return [type, found];
    }),
  );
}

/** The way from `start` over what `next` names back to it; undefined: there is none. */
export function findCircle(start: string, next: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const seen = new Set<string>([start]);
  const way: { id: string; from: number }[] = [{ id: start, from: 0 }];
  for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
    const id = next.get(top.id)?.[top.from++];
    if (id === undefined) way.pop();
    else if (id === start) return way.map((step) => step.id);
    else if (!seen.has(id)) {
      seen.add(id);
      way.push({ id, from: 0 });
    }
  }
  return undefined;
}
