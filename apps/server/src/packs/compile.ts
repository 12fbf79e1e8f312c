import { type CompiledFeeds, type CompileOptions, compileFeeds } from '@citywall/mapping';
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
