import { type CompiledFeeds, compileFeeds } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import { DECODERS } from './decoders.js';

/** The feeds of a checked pack, ready to map messages. @throws where the pack was not checked */
export function compilePack(pack: Pack): CompiledFeeds {
  return compileFeeds(pack.feeds, { system: pack.id, zone: pack.zone, maxAge: pack.maxAge, decoders: DECODERS });
}
