import type { FeedsTexts } from './api.js';

/**
 * The text a person begins to change: the site's own where there is one, else a patch that holds the feed as it comes with
 * the program (a patch is merged by id, so the other feeds stay). A site's patch that says nothing of the feed gets it at
 * its end.
 */
export function startingText(texts: Pick<FeedsTexts, 'builtin' | 'site'>, feed: string): string {
  const entry = texts.builtin === null ? null : feedEntry(texts.builtin, feed);
  if (texts.site !== null) {
    const there = entry === null || feedEntry(texts.site, feed) !== null;
    return there ? texts.site : `${texts.site.trimEnd()}\n${entry}\n`;
  }
  if (texts.builtin === null) return 'feeds:\n';
  return entry === null ? `feeds:\n  - id: ${feed}\n` : `feeds:\n${entry}\n`;
}

/** Lines of one feed in a `feeds.yaml`; null where it does not stand there under its id (recipes make such). */
export function feedEntry(yaml: string, feed: string): string | null {
  const lines = yaml.split('\n');
  const begin = lines.findIndex((line) => idOf(line) === feed);
  if (begin < 0) return null;
  const indent = lines[begin]?.search(/\S/) ?? 0;
  let end = begin + 1;
  while (end < lines.length) {
    const line = lines[end] ?? '';
    if (line.trim() !== '' && line.search(/\S/) <= indent) break;
    end++;
  }
  const body = lines.slice(begin, end);
  while (body.at(-1)?.trim() === '') body.pop();
  return body.join('\n');
}

function idOf(line: string): string | null {
  return /^\s*-\s+id:\s*["']?([^"'#\s]+)["']?\s*(#.*)?$/.exec(line)?.[1] ?? null;
}

/** Line (from 1) at which a person looks first: that of the feed, else the first. */
export function lineOf(yaml: string, feed: string): number {
  const at = yaml.split('\n').findIndex((line) => idOf(line) === feed);
  return at < 0 ? 1 : at + 1;
}
