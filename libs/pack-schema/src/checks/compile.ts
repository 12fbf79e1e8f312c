import type { FeedEntry } from '../files/feeds.js';
import type { Entry, PackSource } from '../source.js';

/** Paths, templates, operators and decoders of the feeds, as the compiler of `@citywall/mapping` finds them. */
export function compileProblems(
  _feeds: readonly Entry<FeedEntry>[],
  _system: string,
  _zone: string,
  _source: PackSource,
): void {}
