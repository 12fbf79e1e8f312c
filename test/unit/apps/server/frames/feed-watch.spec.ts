import { describe, expect, it } from '@jest/globals';
import { FeedWatch } from '../../../../../apps/server/src/frames/mirror/feed-watch.js';
import type { PackSource } from '../../../../../apps/server/src/frames/ports.js';
import type { FeedCounters } from '../../../../../apps/server/src/state/index.js';
import { pack } from '../api/fixture.js';
import { FakeClock, MINUTE, NOW, settle } from './fakes.js';

/** NOW is 14:35 in Dianjiang; the feed was heard at 11:00. */
async function feedsAt(quiet: string | undefined, now = NOW) {
  const water = pack('water', {
    feeds: [
      { id: 'rt', topic: 'rt', expect: MINUTE, quiet },
      { id: 'chatter', topic: 'log', ignore: true },
    ],
  });
  const heard = { messages: 5, lastAt: NOW - 215 * MINUTE } as FeedCounters;
  const watch = new FeedWatch(
    { feedCounters: async () => new Map([['rt', heard]]) },
    { all: () => [water] } as unknown as PackSource,
    new FakeClock(),
  );
  watch.start();
  await settle();
  watch.stop();
  return watch.feeds('water', now);
}

describe('FeedWatch', () => {
  it('counts a feed that says nothing as dead, but not in its quiet hours, nor just after them', async () => {
    expect(await feedsAt(undefined)).toEqual({
      live: 0,
      total: 1,
      heardAt: NOW - 215 * MINUTE,
      known: true,
    });
    expect(await feedsAt('10:00-15:00')).toMatchObject({ live: 1, total: 1 });
    expect(await feedsAt('10:00-14:32')).toMatchObject({ live: 1 });
    expect(await feedsAt('10:00-14:31')).toMatchObject({ live: 0 });
  });
});
