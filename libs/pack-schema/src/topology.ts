import type { Upstream } from './files/pack.js';
import type { Pack } from './pack.js';

const NOTHING: readonly string[] = [];

/** `type/key` that an asset's upstream entry names; null: its attribute says none. */
export function nameUpstream(upstream: Upstream, attributes: Readonly<Record<string, unknown>>): string | null {
  if ('asset' in upstream) return upstream.asset;
  const value = Object.hasOwn(attributes, upstream.by) ? attributes[upstream.by] : null;
  if (value === null || value === undefined || value === '') return null;
  const text = String(value);
  return text.startsWith(`${upstream.type}/`) ? text : `${upstream.type}/${text}`;
}

/**
 * Tells of a pack's assets on which others each depends: ids, the nearest first, each once. What is asked is remembered; an
 * asset that nobody declared depends on nothing that is known.
 */
export function upstreamOf({
  id,
  assets,
  assetTypes,
}: Pick<Pack, 'id' | 'assets' | 'assetTypes'>): (asset: string) => readonly string[] {
  if (Object.values(assetTypes).every(({ upstream }) => upstream === undefined)) return () => NOTHING;
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const next = (asset: string): string[] => {
    const { type = '', attributes = {} } = byId.get(asset) ?? {};
    const upstream = Object.hasOwn(assetTypes, type) ? assetTypes[type]?.upstream : undefined;
    return (upstream ?? []).flatMap((one) => {
      const named = nameUpstream(one, attributes);
      return named !== null && byId.has(`${id}/${named}`) ? `${id}/${named}` : [];
    });
  };
  const known = new Map<string, readonly string[]>();
  return (asset) => {
    const before = known.get(asset);
    if (before !== undefined) return before;
    const found = new Set<string>();
    for (let level = next(asset); level.length > 0; level = level.flatMap(next)) {
      level = level.filter((one) => one !== asset && !found.has(one));
      for (const one of level) found.add(one);
    }
    const list = found.size === 0 ? NOTHING : [...found];
    known.set(asset, list);
    return list;
  };
}
