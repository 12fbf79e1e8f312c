import { createHash } from 'node:crypto';
import type { DecoderFactory } from '@citywall/mapping';
import {
  foreignSystems,
  type Pack,
  type PackLayer,
  type ParseOptions,
  type ParseResult,
  type Problem,
  parsePack,
} from '@citywall/pack-schema';
import type { PackTexts } from './packs.repository.js';

export { parsePack };

/** What became of one pack folder. */
export interface LoadedPack {
  id: string;
  /** absent where there are problems */
  pack?: Pack;
  problems: Problem[];
  /** equal prints: the same texts */
  print: string;
}

export interface LoadOptions {
  /** decoders beyond those of `@citywall/mapping` */
  decoders?: Record<string, DecoderFactory>;
  /** parts of a pack that this process has no use for */
  without?: ParseOptions['without'];
  /** the last result */
  before?: ReadonlyMap<string, LoadedPack>;
  /** packs that stay in use where the new text is bad; references to systems are judged against them */
  running?: ReadonlyMap<string, Pack>;
}

/** Parses all packs. Folders whose texts did not change since the last time keep their pack object. */
export function loadPacks(texts: PackTexts, options: LoadOptions = {}): Map<string, LoadedPack> {
  const {
    decoders = {},
    without = [],
    before = new Map<string, LoadedPack>(),
    running = new Map<string, Pack>(),
  } = options;
  const recipesPrint = print([...texts.recipes.values()]);
  const loaded = new Map<string, LoadedPack>();
  const parse = (id: string, layers: PackLayer[], systems?: ReadonlyMap<string, Pack>): ParseResult =>
    parsePack(layers, texts.recipes, { id, decoders, without, ...(systems === undefined ? {} : { systems }) });

  for (const [id, layers] of texts.packs) {
    const now = `${print(layers)} ${recipesPrint}`;
    const last = before.get(id);
    if (last?.pack !== undefined && last.print === now) loaded.set(id, last);
    else loaded.set(id, { id, ...parse(id, layers), print: now });
  }
  // the same packs were judged together before
  if (loaded.size === before.size && [...loaded].every(([id, entry]) => before.get(id) === entry)) return loaded;
  // scenes over several systems are judged once all of those are known
  const systems = new Map<string, Pack>();
  for (const [id, { pack }] of loaded) {
    const usable = pack ?? running.get(id);
    if (usable !== undefined) systems.set(id, usable);
  }
  for (const [id, layers] of texts.packs) {
    const first = loaded.get(id);
    if (first === undefined || !looksElsewhere(first.pack, layers)) continue;
    const { pack, problems } = parse(id, layers, systems);
    const unchanged = before.get(id) === first;
    loaded.set(id, {
      id,
      problems,
      print: first.print,
      ...(pack === undefined ? {} : { pack: unchanged ? (first.pack ?? pack) : pack }),
    });
  }
  return loaded;
}

/** Does the pack show other systems? One that could not be parsed is taken at the word of its pack.yaml. */
function looksElsewhere(pack: Pack | undefined, layers: readonly PackLayer[]): boolean {
  if (pack !== undefined) return foreignSystems(pack).length > 0;
  return layers.some((layer) => /^kind:\s*city\b/m.test(layer.files.get('pack.yaml') ?? ''));
}

/** A sum, not the texts themselves: it is kept as long as the pack is. */
function print(layers: readonly PackLayer[]): string {
  const hash = createHash('sha256');
  for (const layer of layers) hash.update(JSON.stringify([layer.root, ...layer.files])).update('\n');
  return hash.digest('base64url');
}
