import type { ValueRow, ViewState } from '@citywall/protocol';
import { isStale } from '../../readings/shown.js';
import type { VideoSettings } from './panel.js';

/** One camera as its tile needs it. */
export interface CameraTile {
  /** asset id */
  id: string;
  name: string;
  /** URL template with {stream} left in; null: no stream configured, or one that may not be used */
  stream: string | null;
  row: ValueRow;
  /** the platform's word for its state, where it says it sends no picture */
  reportedOff: string | null;
}

/** Cameras in the order of the view. */
export function tilesOf(
  state: ViewState | null | undefined,
  options: VideoSettings,
  now: number,
  lang: 'zh' | 'en',
): CameraTile[] {
  if (!state) return [];
  return state.order
    .map((key) => state.rows[key] as ValueRow)
    .filter((row) => row.metric === options.state.metric)
    .map((row) => {
      const told = row.value === null ? null : String(row.value);
      // a silent platform says nothing about the camera any more: its picture may still be there
      const off = told !== null && !options.state.online.includes(told) && !isStale(row.at, row.staleAfter, now);
      return {
        id: row.asset,
        name: row.name,
        stream: templateOf(row.attributes?.[options.stream], row.asset),
        row,
        reportedOff: off ? (options.state.words?.[told]?.[lang] ?? told) : null,
      };
    });
}

/** The camera's template with {key} and {id} filled in; null for what is no URL a display may be given. */
export function templateOf(template: unknown, id: string): string | null {
  if (typeof template !== 'string' || template === '') return null;
  const key = id.split('/').slice(2).join('/');
  const filled = template.replaceAll('{key}', encodeURIComponent(key)).replaceAll('{id}', encodeURIComponent(id));
  return streamUrl(filled, 'x', 'http://wall.invalid/') === null ? null : filled;
}

/** URL of one stream; null unless it is http(s) and holds no user or password. */
export function streamUrl(template: string, stream: string, base: string): string | null {
  let url: URL;
  try {
    url = new URL(template.replaceAll('{stream}', encodeURIComponent(stream)), base);
  } catch {
    return null;
  }
  const plain = (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '';
  return plain ? url.href : null;
}
