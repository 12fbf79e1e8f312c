import { type CompileOptions, checkFeeds as checkMappings } from '@citywall/mapping';
import type { FeedEntry } from '../files/feeds.js';
import { nearest } from '../issues.js';
import type { Entry, PackSource } from '../source.js';

/**
 * Topics, paths, templates, operators and decoders of the feeds, as the compiler of `@citywall/mapping` finds them. Its
 * paths begin with the position in the list it was given, the rest leads to the value within the feed. Returns what is
 * wrong with the options (the pack's zone).
 */
export function compileProblems(
  feeds: readonly Entry<FeedEntry>[],
  options: CompileOptions,
  source: PackSource,
): string[] {
  const problems = checkMappings(
    feeds.map(({ value }) => value),
    options,
  );
  const ofOptions: string[] = [];
  for (const { path, message } of problems) {
    const [index, ...rest] = path;
    const feed = typeof index === 'number' ? feeds[index] : undefined;
    if (feed === undefined) ofOptions.push(message);
    else source.report(feed.raw, rest, withHint(message), { base: feed.path, file: 'feeds.yaml' });
  }
  return ofOptions;
}

/** A word from a closed table that is a slip of another: the other instead of the whole table. */
function withHint(message: string): string {
  const [, word = '', kind = '', table = ''] = /^"(.+)" is no (operator|decoder); there are (.+)$/.exec(message) ?? [];
  const near = nearest(word, table.split(' '));
  return near === undefined || word === '' ? message : `"${word}" is no ${kind}, did you mean ${near}?`;
}
