import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { FORGET_AFTER, NoticesMirror } from '../../../../../apps/server/src/notices/notices.mirror.js';
import type { KeptNotice, NoticeStore } from '../../../../../apps/server/src/notices/notices.repository.js';
import { NoticesService } from '../../../../../apps/server/src/notices/notices.service.js';

Logger.overrideLogger(false);
const text = { zh: '断开', en: 'gone' };

/** One Redis for several processes; `gone` makes every command fail. */
class SharedStore implements NoticeStore {
  gone = false;
  readonly entries = new Map<string, KeptNotice>();
  readonly listeners = new Set<() => void>();

  private reach(): void {
    if (this.gone) throw new Error('Connection is closed.');
  }
  async write(instance: string, kept: KeptNotice[], ids: string[], announce: boolean) {
    this.reach();
    for (const entry of kept) this.entries.set(`${entry.notice.id}@${instance}`, structuredClone(entry));
    for (const id of ids) this.entries.delete(`${id}@${instance}`);
    if (announce) for (const listener of this.listeners) listener();
  }
  async all() {
    this.reach();
    return [...this.entries.values()];
  }
  async drop(entries: KeptNotice[]) {
    this.reach();
    for (const { notice, instance } of entries) this.entries.delete(`${notice.id}@${instance}`);
  }
  onChange(listener: () => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

let store: SharedStore;
let now: number;
const started: NoticesMirror[] = [];

function processOf() {
  const notices = new NoticesService();
  const mirror = new NoticesMirror(notices, store, () => now);
  started.push(mirror);
  return { notices, mirror };
}

beforeEach(() => {
  store = new SharedStore();
  now = 1_000_000;
});
afterEach(async () => {
  for (const mirror of started.splice(0)) await mirror.beforeApplicationShutdown();
});

describe('mirror', () => {
  it('brings one process what the other raises and clears', async () => {
    const a = processOf();
    const b = processOf();
    a.notices.raise('broker-gone', { subject: 'default', text }, 5);
    await a.mirror.sync();
    await b.mirror.sync();
    expect(b.notices.all()).toMatchObject([{ id: 'broker-gone:default', since: 5, count: 1 }]);
    a.notices.clear('broker-gone:default');
    await a.mirror.sync();
    await b.mirror.sync();
    expect(b.notices.all()).toEqual([]);
  });

  it('a change is announced and heard without waiting for the renewal', async () => {
    const a = processOf();
    const b = processOf();
    a.mirror.onApplicationBootstrap();
    b.mirror.onApplicationBootstrap();
    const heard = new Promise<string[]>((resolve) => {
      b.notices.changes$.subscribe((all) => resolve(all.map(({ id }) => id)));
    });
    a.notices.raise('feed-shedding', { subject: 'default', text });
    expect(await heard).toEqual(['feed-shedding:default']);
  });

  it('what is raised while Redis is gone is known here at once, and there when it is back', async () => {
    const a = processOf();
    const b = processOf();
    store.gone = true;
    a.notices.raise('redis-gone', { text });
    await a.mirror.sync();
    expect(a.notices.all()).toHaveLength(1);
    store.gone = false;
    await a.mirror.sync();
    await b.mirror.sync();
    expect(b.notices.all()).toMatchObject([{ id: 'redis-gone' }]);
  });

  it('a clear that Redis did not take is made up for', async () => {
    const a = processOf();
    a.notices.raise('disk-low', { text });
    await a.mirror.sync();
    store.gone = true;
    a.notices.clear('disk-low');
    await a.mirror.sync();
    store.gone = false;
    await a.mirror.sync();
    expect(store.entries.size).toBe(0);
  });

  it('forgets the notices of a process that died, not of one that goes on saying them', async () => {
    const dead = processOf();
    const living = processOf();
    const reader = processOf();
    dead.notices.raise('disk-low', { text });
    living.notices.raise('broker-gone', { text });
    await dead.mirror.sync();
    await living.mirror.sync();
    now += FORGET_AFTER + 1;
    await living.mirror.sync();
    await reader.mirror.sync();
    expect(reader.notices.all().map(({ id }) => id)).toEqual(['broker-gone']);
    expect([...store.entries.values()].map(({ notice }) => notice.id)).toEqual(['broker-gone']);
  });

  it('takes its own notices with it when it stops in good order', async () => {
    const a = processOf();
    a.notices.raise('disk-low', { text });
    await a.mirror.sync();
    await a.mirror.beforeApplicationShutdown();
    expect(store.entries.size).toBe(0);
  });
});
