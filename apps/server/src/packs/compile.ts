import { type CompiledFeeds, type CompileOptions, compileFeeds, Memories } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import { DECODERS } from './decoders.js';

/** How the feeds of a pack are compiled, here and in the tools. */
export function compileOptions(pack: Pack): CompileOptions {
  return { system: pack.id, zone: pack.zone, maxAge: pack.maxAge, decoders: DECODERS };
}

/** The feeds of a checked pack, ready to map messages. @throws where the pack was not checked */
export function compilePack(pack: Pack): CompiledFeeds {
  return compileFeeds(pack.feeds, compileOptions(pack));
}

/**
 * Compiles one version of a pack after the other. What its decoders remember (births of Sparkplug edge nodes) goes over to
 * the next version, so that a reload loses nothing.
 */
export function packCompiler(): (pack: Pack) => CompiledFeeds {
  const memories = new Map<string, Memories>();
  return (pack) => {
    const memory = memories.get(pack.id) ?? new Memories();
    memories.set(pack.id, memory);
    return compileFeeds(pack.feeds, { ...compileOptions(pack), memory });
  };
}
