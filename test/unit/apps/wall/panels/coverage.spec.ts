import { type CoverageRow, stateOf } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { coverageLines, MOST_SEGMENTS, segmentsOf } from '../../../../../apps/wall/src/panels/coverage/option.js';
import { summarise } from '../../../../../apps/wall/src/readings/summary.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const MINUTE = 60_000;
const row = (fresh: number, total: number, more: Partial<CoverageRow> = {}): CoverageRow => ({
  name: { zh: '雨量站', en: 'Rain gauge' },
  fresh,
  total,
  oldestAt: fresh ? NOW - 4 * MINUTE : null,
  newestAt: NOW - MINUTE,
  origin: 'live',
  ...more,
});
const view = stateOf(
  [
    ['water/rain', row(63, 68)],
    ['water/river', row(14, 14)],
    ['water/pump', row(0, 9)],
    ['water/gate', row(0, 3, { newestAt: null })],
    ['water/well', row(0, 0, { newestAt: null })],
  ],
  { fresh: 77, total: 94, oldestAt: NOW - 4 * MINUTE },
);

describe('coverage', () => {
  it('tells whole, partial, silent, waiting and nothing expected apart', () => {
    const lines = coverageLines(view, { names: { 'water/river': { zh: '河道', en: 'Rivers' } } }, 'en');
    expect(lines.map(({ name, state, fresh, total }) => [name, state, fresh, total])).toEqual([
      ['Rain gauge', 'partial', 63, 68],
      ['Rivers', 'whole', 14, 14],
      ['Rain gauge', 'silent', 0, 9],
      ['Rain gauge', 'waiting', 0, 3],
      ['Rain gauge', 'none', 0, 0],
    ]);
  });

  it('knows no counts any more when the server was not heard for long', () => {
    const [first] = coverageLines(view, {}, 'zh', true);
    expect(first).toMatchObject({ fresh: null, total: 68, state: 'silent', segments: { on: 0, off: MOST_SEGMENTS } });
    const spec = { kind: 'coverage' as const, types: ['water/rain'] };
    expect(summarise(spec, view, NOW, NOW).state).toBe('partial');
    expect(summarise(spec, view, NOW, NOW - 2 * MINUTE).state).toBe('silent');
    expect(
      summarise(spec, stateOf([['a', row(0, 9, { newestAt: null })]], { fresh: 0, total: 9 }), NOW, NOW).state,
    ).toBe('waiting');
  });

  it('shows nothing for a view that cannot be computed', () => {
    expect(coverageLines(stateOf([['a', row(1, 1)]], { error: 'not-loaded' }), {}, 'zh')).toEqual([]);
    expect(coverageLines(null, {}, 'zh')).toEqual([]);
  });

  it('never rounds the missing or the present away', () => {
    expect(segmentsOf(9, 9)).toEqual({ on: 9, off: 0 });
    expect(segmentsOf(8, 9)).toEqual({ on: 8, off: 1 });
    expect(segmentsOf(0, 9)).toEqual({ on: 0, off: 9 });
    expect(segmentsOf(0, 0)).toEqual({ on: 0, off: 0 });
    // less room, fewer segments, and still one for what is missing
    expect(segmentsOf(67, 68, 30)).toEqual({ on: 29, off: 1 });
    expect(segmentsOf(9, 9, 3)).toEqual({ on: 9, off: 0 });
    expect(segmentsOf(9_999, 10_000)).toEqual({ on: MOST_SEGMENTS - 1, off: 1 });
    expect(segmentsOf(1, 10_000)).toEqual({ on: 1, off: MOST_SEGMENTS - 1 });
  });
});
