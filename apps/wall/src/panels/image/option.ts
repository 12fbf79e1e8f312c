import type { ImageOptions } from './panel.js';

/** Address of a pack's picture; `attempt` asks again after a failure, past what the browser remembers of it. */
export function imageAddress(file: string, attempt: number): string {
  const [pack = '', name = ''] = file.split('/');
  const address = `/images/${encodeURIComponent(pack)}/${encodeURIComponent(name)}`;
  return attempt > 0 ? `${address}?again=${attempt}` : address;
}

/** ms until a picture that could not be had is asked for again: 10 s, then twice as long each time, at most 10 min. */
export function retryAfter(attempt: number): number {
  return Math.min(600_000, 10_000 * 2 ** Math.min(attempt, 10));
}

/** Caption, source and date in the order they are read. */
export function creditsOf(
  options: ImageOptions,
  lang: 'zh' | 'en',
): { caption: string; source: string; taken: string } {
  return { caption: options.caption?.[lang] ?? '', source: options.source[lang], taken: options.taken };
}
