import type { Notice } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { MAX_NOTICES, NoticesService, noticeId } from '../../../../../apps/server/src/notices/notices.service.js';

const text = { zh: '断开', en: 'gone' };

describe('notices', () => {
  it('holds from the first raise on, counts the others and takes their text', () => {
    const notices = new NoticesService();
    notices.raise('feed-silent', { subject: 'water/realtime', system: 'water', text }, 1_000);
    notices.raise(
      'feed-silent',
      { subject: 'water/realtime', system: 'water', text: { zh: '仍', en: 'still' } },
      2_000,
    );
    expect(notices.all()).toEqual([
      {
        id: 'feed-silent:water/realtime',
        reason: 'feed-silent',
        subject: 'water/realtime',
        system: 'water',
        since: 1_000,
        count: 2,
        text: { zh: '仍', en: 'still' },
      },
    ]);
  });

  it('is named by reason and subject', () => {
    expect(noticeId('redis-gone')).toBe('redis-gone');
    expect(noticeId('broker-gone', 'default')).toBe('broker-gone:default');
  });

  it('tells every change once, and a clear of nothing not at all', () => {
    const notices = new NoticesService();
    const seen: string[][] = [];
    notices.changes$.subscribe((all: Notice[]) => seen.push(all.map(({ id }) => id)));
    notices.raise('redis-gone', { text });
    expect(notices.clear('redis-gone')).toBe(true);
    expect(notices.clear('redis-gone')).toBe(false);
    expect(seen).toEqual([['redis-gone'], []]);
  });

  it('merges what other processes hold; clearing the own leaves theirs', () => {
    const notices = new NoticesService();
    const own = notices.raise('broker-gone', { subject: 'default', text }, 2_000);
    notices.remote([{ instance: 'b', notice: { ...(own as Notice), since: 1_000, count: 4 } }]);
    expect(notices.all()).toMatchObject([{ id: 'broker-gone:default', since: 1_000, count: 5 }]);
    notices.clear('broker-gone:default');
    expect(notices.all()).toMatchObject([{ since: 1_000, count: 4 }]);
    notices.remote([]);
    expect(notices.all()).toEqual([]);
  });

  it('the same from others is no change', () => {
    const notices = new NoticesService();
    let changes = 0;
    notices.changes$.subscribe(() => changes++);
    const notice: Notice = { id: 'redis-gone', reason: 'redis-gone', since: 1, count: 1, text };
    notices.remote([{ instance: 'b', notice }]);
    notices.remote([{ instance: 'b', notice: { ...notice } }]);
    expect(changes).toBe(1);
  });

  it('stays bounded', () => {
    const notices = new NoticesService();
    for (let i = 0; i < MAX_NOTICES + 10; i++) notices.raise('asset-limit', { subject: `s/${i}`, text });
    expect(notices.all()).toHaveLength(MAX_NOTICES);
    expect(notices.raise('asset-limit', { subject: 's/0', text })?.count).toBe(2);
    expect(notices.raise('redis-gone', { text })).toBeNull();
  });
});
