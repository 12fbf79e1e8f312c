import { describe, expect, it } from '@jest/globals';
import type { FeedItem } from '../../../../../apps/wall/src/console/api.js';
import { feedOfRejection, lookedAt, openingFeed, rememberLook } from '../../../../../apps/wall/src/console/opening.js';

const feed = (id: string, state: FeedItem['state'], kept = 0, lastAt: string | null = null) =>
  ({ system: 'water', id, state, rejections: { ever: kept, kept }, lastAt }) as FeedItem;

const EARLY = '2026-05-01T08:00:00+08:00';
const LATE = '2026-05-01T09:00:00+08:00';

describe('openingFeed', () => {
  it('is the feed of the newest rejection', () => {
    const feeds = [feed('a', 'live'), feed('b', 'live', 3, LATE), feed('c', 'live', 1, EARLY)];
    expect(openingFeed(feeds, 'water/c')).toBe('water/c');
  });

  it('is the one with rejections that was heard last, where the newest is not told or was mended', () => {
    const feeds = [feed('a', 'silent', 0, LATE), feed('b', 'live', 3, EARLY), feed('c', 'live', 1, LATE)];
    expect(openingFeed(feeds, null)).toBe('water/c');
    expect(openingFeed(feeds, 'water/a')).toBe('water/c');
  });

  it('is the one that fell silent last, where nothing is rejected', () => {
    const feeds = [feed('a', 'live'), feed('b', 'silent'), feed('c', 'silent', 0, EARLY), feed('d', 'silent', 0, LATE)];
    expect(openingFeed(feeds, null)).toBe('water/d');
  });

  it('is the first where all is well, and none where there is none', () => {
    expect(openingFeed([feed('a', 'live'), feed('b', 'waiting')], null)).toBe('water/a');
    expect(openingFeed([], null)).toBeNull();
  });
});

it('a rejection names its feed and, in its id, its system', () => {
  expect(feedOfRejection({ id: 'air-quality-1795673448586-0-3', feed: 'station' })).toBe('air-quality/station');
});

describe('the last feed looked at', () => {
  it('is remembered, and forgotten when it is gone', () => {
    const kept = new Map<string, string>();
    const store = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const feeds = [feed('a', 'live'), feed('b', 'live')];
    expect(lookedAt(feeds, store)).toBeNull();
    rememberLook('water/b', store);
    expect(lookedAt(feeds, store)).toBe('water/b');
    expect(lookedAt([feed('a', 'live')], store)).toBeNull();
  });
});
