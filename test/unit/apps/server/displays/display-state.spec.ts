import type { RenderedReport } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import {
  BEHIND_AFTER_MS,
  DRAWN_WITHIN_MS,
  displayState,
  NO_TREND,
  SILENT_AFTER_MS,
  withReport,
} from '../../../../../apps/server/src/displays/display-state.js';
import {
  type KeptDisplay,
  TREND_LENGTH,
  TREND_STEP_MS,
} from '../../../../../apps/server/src/displays/displays.types.js';

const NOW = 1_783_000_000_000;

function kept(report: Partial<RenderedReport> | null, over: Partial<KeptDisplay> = {}): KeptDisplay {
  return {
    id: 'hall',
    instance: 'a/1',
    connection: 'c1',
    address: '127.0.0.1',
    connectedAt: NOW - 60_000,
    goneAt: null,
    scene: 'overview',
    slow: false,
    skipped: 0,
    rendered: report && { scene: 'overview', seq: 4, fps: 60, errors: 0, frameAt: NOW - 300, ...report },
    renderedAt: report && NOW,
    errors: 0,
    trend: NO_TREND,
    ...over,
  };
}

describe('what is wrong with a screen', () => {
  it.each<[string, KeptDisplay, string, string | null]>([
    ['draws what is sent', kept({}), 'live', null],
    ['has just come', kept(null, { connectedAt: NOW - SILENT_AFTER_MS }), 'live', 'starting'],
    ['never said a word', kept(null, { connectedAt: NOW - SILENT_AFTER_MS - 1 }), 'silent', 'never'],
    ['stopped reporting', kept({}, { renderedAt: NOW - SILENT_AFTER_MS - 1 }), 'silent', 'no-report'],
    ['is behind another window', kept({ hidden: true, fps: 0 }), 'black', 'hidden'],
    ['draws no frame', kept({ fps: 0 }), 'black', 'no-frames'],
    [
      'has no picture yet',
      kept({ ready: false, loaded: { at: NOW - DRAWN_WITHIN_MS, why: 'opened' } }),
      'live',
      'starting',
    ],
    [
      'got no picture together',
      kept({ ready: false, loaded: { at: NOW - DRAWN_WITHIN_MS - 1, why: 'opened' } }),
      'black',
      'no-picture',
    ],
    ['has no panel on it', kept({ panels: 0 }), 'black', 'no-picture'],
    [
      'had a picture and lost it at once',
      kept({ ready: true, panels: 0, loaded: { at: NOW - 1, why: 'opened' } }),
      'black',
      'no-picture',
    ],
    ['shows an old frame', kept({ frameAt: NOW - BEHIND_AFTER_MS - 1 }), 'behind', 'old-picture'],
    ['reads too slowly', kept({}, { slow: true }), 'behind', 'slow'],
    ['left', kept({ fps: 0 }, { goneAt: NOW - 1 }), 'gone', null],
  ])('a screen that %s', (_name, display, state, why) => {
    expect(displayState(display, NOW)).toEqual({ state, why });
  });
});

describe('trend of a screen', () => {
  it('takes a sample a step, keeps the newest value until then, and never grows beyond its length', () => {
    let trend = NO_TREND;
    const report = { scene: 's', seq: 1, fps: 60, errors: 0 };
    trend = withReport(trend, { ...report, heap: 10 * 1_048_576 }, NOW);
    trend = withReport(trend, { ...report, heap: 20 * 1_048_576 }, NOW + 5_000);
    expect(trend).toEqual({ at: NOW, heap: [20], fps: [60] });
    trend = withReport(trend, { ...report, fps: 12 }, NOW + TREND_STEP_MS);
    expect(trend).toEqual({ at: NOW + TREND_STEP_MS, heap: [20, null], fps: [60, 12] });
    for (let i = 2; i < 200; i++) trend = withReport(trend, report, NOW + i * TREND_STEP_MS);
    expect(trend.heap).toHaveLength(TREND_LENGTH);
    expect(trend.fps).toHaveLength(TREND_LENGTH);
  });
});
