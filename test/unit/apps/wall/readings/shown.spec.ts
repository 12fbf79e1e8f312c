import { describe, expect, it } from '@jest/globals';
import { iso, isStale, readingAttributes, shownQuality } from '../../../../../apps/wall/src/readings/shown.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const reading = {
  asset: 'water/river/1',
  metric: 'level',
  at: NOW - 60_000,
  quality: 'uncertain',
  origin: 'simulated',
} as const;

describe('what a screen says of a reading', () => {
  it('is what was stored while it is young', () => {
    expect(shownQuality({ ...reading, staleAfter: 60_000 }, NOW)).toBe('uncertain');
  });

  it('is stale one millisecond after its time, whatever was stored', () => {
    expect(shownQuality({ ...reading, staleAfter: 60_000 }, NOW + 1)).toBe('stale');
    expect(shownQuality({ ...reading, quality: 'bad', staleAfter: 60_000 }, NOW + 1)).toBe('stale');
  });

  it('is never stale without a staleAfter', () => {
    expect(isStale(0, undefined, NOW)).toBe(false);
  });

  it('stands in the attributes of the public contract', () => {
    expect(readingAttributes({ ...reading, staleAfter: 1 }, NOW)).toEqual({
      'data-asset': 'water/river/1',
      'data-metric': 'level',
      'data-at': '2026-07-12T06:47:20.000Z',
      'data-quality': 'stale',
      'data-origin': 'simulated',
    });
  });

  it.each([0, null, undefined, Number.NaN, Number.POSITIVE_INFINITY, 9e15])('no time for %p', (at) => {
    expect(iso(at)).toBeUndefined();
  });
});
