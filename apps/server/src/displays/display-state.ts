import type { RenderedReport } from '@citywall/protocol';
import type { DisplayState, KeptDisplay, Trend } from './displays.types.js';
import { TREND_LENGTH, TREND_STEP_MS } from './displays.types.js';

/** Reports come every 5 s: three missed are silence. */
export const SILENT_AFTER_MS = 15_000;
/** A page may take so long to draw its first picture. */
export const DRAWN_WITHIN_MS = 30_000;
/** A stream sends a frame a second ([PR17]): a picture older than this when it was reported is not the newest. */
export const BEHIND_AFTER_MS = 5_000;

/** What is wrong with a screen, judged by what it reports as drawn; `why` is a word of a closed list. */
export function displayState(kept: KeptDisplay, now: number): { state: DisplayState; why: DisplayTrouble | null } {
  if (kept.goneAt !== null) return { state: 'gone', why: null };
  const { rendered, renderedAt } = kept;
  if (rendered === null || renderedAt === null) {
    return now - kept.connectedAt > SILENT_AFTER_MS
      ? { state: 'silent', why: 'never' }
      : { state: 'live', why: 'starting' };
  }
  if (now - renderedAt > SILENT_AFTER_MS) return { state: 'silent', why: 'no-report' };
  const black = blackness(rendered, renderedAt);
  if (black) return { state: black === 'starting' ? 'live' : 'black', why: black };
  if (kept.slow) return { state: 'behind', why: 'slow' };
  if (rendered.frameAt !== undefined && renderedAt - rendered.frameAt > BEHIND_AFTER_MS) {
    return { state: 'behind', why: 'old-picture' };
  }
  return { state: 'live', why: null };
}

export const DISPLAY_TROUBLES = [
  'starting',
  'never',
  'no-report',
  'hidden',
  'no-picture',
  'no-frames',
  'slow',
  'old-picture',
] as const;
export type DisplayTrouble = (typeof DISPLAY_TROUBLES)[number];

function blackness(rendered: RenderedReport, renderedAt: number): DisplayTrouble | null {
  if (rendered.hidden) return 'hidden';
  if (rendered.ready && rendered.panels === 0) return 'no-picture';
  if (rendered.ready === false || rendered.panels === 0) {
    const since = rendered.loaded?.at ?? 0;
    return renderedAt - since > DRAWN_WITHIN_MS ? 'no-picture' : 'starting';
  }
  return rendered.fps === 0 ? 'no-frames' : null;
}

export const NO_TREND: Trend = { at: 0, heap: [], fps: [] };

/** The trend with one more report: a new sample once a step, else the newest is replaced. Never longer than its length. */
export function withReport(trend: Trend, report: RenderedReport, now: number): Trend {
  const heap = report.heap === undefined ? null : Math.round(report.heap / 104_857.6) / 10;
  const next = now - trend.at >= TREND_STEP_MS || trend.heap.length === 0;
  const keep = <T>(list: readonly T[], one: T): T[] => [...(next ? list : list.slice(0, -1)), one].slice(-TREND_LENGTH);
  return { at: next ? now : trend.at, heap: keep(trend.heap, heap), fps: keep(trend.fps, report.fps) };
}
