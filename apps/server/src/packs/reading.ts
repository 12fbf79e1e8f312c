import type { Pack } from '@citywall/pack-schema';
import { DECODERS } from './decoders.js';
import { type LoadedPack, type LoadOptions, loadPacks } from './load.js';
import { type PackPlaces, PacksRepository } from './packs.repository.js';

/** All packs as their files say now. */
export interface PacksRead {
  /** by id */
  loaded: Map<string, LoadedPack>;
  /** names, sizes and times of the files when the reading began: `PacksRepository.watch` tells what changed since */
  print: string;
}

/**
 * Reads the packs off the disk and judges them. Folders whose texts did not change since `before` keep their pack object;
 * references to systems whose new text is bad are judged against `running`.
 * Rejects where a directory that exists cannot be read.
 */
export type PackReader = (
  before: ReadonlyMap<string, LoadedPack>,
  running: ReadonlyMap<string, Pack>,
) => Promise<PacksRead>;

/** What a reader has to know. */
export interface Reading {
  places: PackPlaces;
  /** parts of a pack that this process has no use for; they cost time at every start */
  without?: LoadOptions['without'];
}

/** Reads in this very thread, which does nothing else meanwhile. */
export function readHere({ places, without = [] }: Reading): PackReader {
  const repository = new PacksRepository(places);
  return async (before, running) => {
    const { print, ...texts } = await repository.read(without);
    return { print, loaded: loadPacks(texts, { decoders: DECODERS, without, before, running }) };
  };
}
