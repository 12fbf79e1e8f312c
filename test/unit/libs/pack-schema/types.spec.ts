import type { FeedSpec } from '@citywall/mapping';
import { type FeedEntry, parseDuration, type ViewForm } from '@citywall/pack-schema';
import type { ViewSpec } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';

/** Compile only if the one may stand where the other is wanted. */
const feedFits = (feed: FeedEntry): FeedSpec => feed;
const feedKeyFits = (key: keyof FeedSpec): keyof FeedEntry => key;
const viewKindFits = (kind: ViewSpec['kind']): ViewForm['kind'] => kind;
const viewFormKindFits = (kind: ViewForm['kind']): ViewSpec['kind'] => kind;

describe('what the schema lets through', () => {
  it('is what the mapping compiles, and no key of a feed is forgotten', () => {
    const feed: FeedEntry = { id: 'a', topic: 'a/{b}', expect: 1000, asset: 'c/{b}', readings: { level: 'z' } };
    expect(feedFits(feed)).toBe(feed);
    expect(feedKeyFits('otherwise')).toBe('otherwise');
  });

  it('has every kind of view and no other', () => {
    expect(viewFormKindFits(viewKindFits('layer'))).toBe('layer');
  });

  it('reads durations as milliseconds', () => {
    expect(['500ms', '30s', '5m', '2h', '1d', '1.5h'].map(parseDuration)).toEqual([
      500, 30_000, 300_000, 7_200_000, 86_400_000, 5_400_000,
    ]);
    expect(['5', '5 m', '-5m', 'm', '5w', ''].map(parseDuration)).toEqual([null, null, null, null, null, null]);
  });
});
