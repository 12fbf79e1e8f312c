import type { Notice } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { MINUTE, NOW, pack, row, water } from './fakes.js';
import { ShownViews, words } from './show-views.js';

describe('views', () => {
  const shown = new ShownViews();
  const { show } = shown;

  describe('systems', () => {
    const feed = (id: string, expect: number, more: object = {}) => ({ id, topic: id, expect, ...more });
    const counters = (lastAt: number) => ({
      messages: 1,
      readings: 1,
      occurrences: 0,
      rejections: 0,
      duplicates: 0,
      late: 0,
      lastAt,
    });

    it('tells of every system how much of it is there', async () => {
      const screen = await show(
        [{ kind: 'systems' }],
        ({ state }) => {
          state.write('water', [row('reservoir/a', 1), row('reservoir/b', 1, { at: NOW - 10 * MINUTE })]);
          state.counters.set('realtime', counters(NOW - MINUTE));
        },
        (scenes) => [
          water(scenes, { feeds: [feed('realtime', MINUTE), feed('slow', MINUTE), feed('junk', 1, { ignore: true })] }),
          pack('urban', { order: 2 }),
          pack('overview', { kind: 'city' }),
        ],
      );
      await shown.city.clock.advance(1_000);
      expect(screen.views[0]?.order).toEqual(['water', 'urban']);
      expect(screen.rows(0)[0]).toMatchObject({
        state: 'partial',
        fresh: 1,
        total: 3,
        feedsLive: 1,
        feedsTotal: 2,
        oldestAt: NOW,
        newestAt: NOW + 20,
        origin: 'live',
      });
      expect(screen.rows(0)[1]).toMatchObject({ state: 'waiting', fresh: 0, total: 0, newestAt: null });
      await shown.city.clock.advance(6 * MINUTE);
      expect(screen.rows(0)[0]).toMatchObject({ state: 'silent', fresh: 0, feedsLive: 0 });
    });

    it('frames tell the messages a second of all feeds', async () => {
      const screen = await show([{ kind: 'systems' }], ({ state }) => state.counters.set('realtime', counters(NOW)));
      const step = async (messages: number) => {
        shown.city.state.counters.set('realtime', { ...counters(NOW), messages });
        await shown.city.clock.advance(2_000);
      };
      await step(2_001);
      await step(4_001);
      await step(6_001);
      expect(screen.frames.at(-1)?.rate).toBeGreaterThan(900);
      expect(screen.frames.at(-1)?.rate).toBeLessThanOrEqual(1_000);
      shown.city.state.gone = true;
      await shown.city.clock.advance(4_000);
      expect(screen.frames.at(-1)?.rate).toBe(0);
    });
  });

  describe('notices', () => {
    const notice = (id: string, more: Partial<Notice> = {}): Notice => ({
      id,
      reason: 'redis-gone',
      since: NOW,
      count: 1,
      text: words('状态库断开'),
      ...more,
    });

    it('are on the screen at once, and go when they are over', async () => {
      const screen = await show([{ kind: 'notices' }]);
      await shown.city.clock.advance(3_000);
      shown.city.notices.set([notice('redis-gone')]);
      await shown.city.clock.advance(0);
      expect(screen.rows(0)).toEqual([notice('redis-gone')]);
      shown.city.notices.set([]);
      await shown.city.clock.advance(1_000);
      expect(screen.rows(0)).toEqual([]);
    });
  });
});
