import type { ViewSpec, ViewState } from '@citywall/protocol';
import type { Summary } from '../../readings/summary.js';
import { type ShownFigure, shownFigure } from '../figure/option.js';
import type { TextOptions } from './panel.js';

export type TextPart =
  | { kind: 'words'; text: string }
  /** `shown` null: the text names a value that the options don't describe */
  | { kind: 'value'; name: string; shown: ShownFigure | null };

/** Paragraphs of parts. Everything stays text: whatever a pack writes, no markup comes of it. */
export function paragraphsOf(
  options: TextOptions,
  view: (role: string) => { spec: ViewSpec; state: ViewState | null } | undefined,
  summaryOf: (role: string) => Summary,
  now: number,
  lang: 'zh' | 'en',
): TextPart[][] {
  const texts = options.text[lang]
    .split(/\n\s*\n/)
    .map((text) => text.replace(/\s*\n\s*/g, lang === 'zh' ? '' : ' ').trim());
  return texts
    .filter((text) => text !== '')
    .map((text) =>
      partsOf(text).map((part): TextPart => {
        if (part.kind === 'words') return part;
        const show = Object.hasOwn(options.values ?? {}, part.name) ? options.values?.[part.name] : undefined;
        if (show === undefined) return { ...part, shown: null };
        const role = show.view ?? 'main';
        return { ...part, shown: shownFigure(show, view(role), summaryOf(role), now, lang) };
      }),
    );
}

type Part = { kind: 'words'; text: string } | { kind: 'value'; name: string };

/** `全县平均每小时走 {x} 公里` in its parts; a brace that opens nothing is a letter like any other. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(/\{([a-z][\w-]*)\}/gi)) {
    if (match.index > end) parts.push({ kind: 'words', text: text.slice(end, match.index) });
    parts.push({ kind: 'value', name: match[1]! });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ kind: 'words', text: text.slice(end) });
  return parts;
}

/** Measured time of the oldest value that a text shows, Unix ms; null where it shows none that has one. */
export function oldestOf(paragraphs: readonly TextPart[][]): number | null {
  const times = paragraphs.flat().flatMap((part) => {
    const at = part.kind === 'value' ? part.shown?.attributes?.['data-at'] : undefined;
    return at === undefined ? [] : [Date.parse(at)];
  });
  return times.length > 0 ? Math.min(...times) : null;
}
