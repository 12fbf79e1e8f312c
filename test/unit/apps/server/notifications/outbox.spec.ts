import { describe, expect, it } from '@jest/globals';
import type { Delivery } from '../../../../../apps/server/src/notifications/notifications.types.js';
import { MAX_WAITING, Outbox, RED_RESERVE } from '../../../../../apps/server/src/notifications/outbox.js';
import { Plan } from '../../../../../apps/server/src/notifications/plan.js';
import type { Target } from '../../../../../apps/server/src/notifications/target.types.js';
import { type Told, toldOf } from '../../../../../apps/server/src/notifications/told.js';
import { happening } from '../../../../support/happening.js';

const WATER = { zh: '智慧水利', en: 'Water' };
const MINUTE = 60_000;

let n = 0;
function delivery(
  name: string,
  more: Partial<Delivery> = {},
  ...kind: [kind?: 'raised' | 'cleared', priority?: 1 | 3]
) {
  const told = toldOf(happening(name, kind[0] ?? 'raised', { priority: kind[1] ?? 3 }), WATER) as Told;
  return { key: name, target: 'duty', n: ++n, told, queuedAt: 0, attempts: 0, dueAt: 0, ...more };
}

/** Sends until nothing is due any more, and says in which order. */
function sent(outbox: Outbox, now: number, limit?: number): string[] {
  const order: string[] = [];
  for (let next = outbox.next(now, { limit }); 'key' in next; next = outbox.next(now, { limit })) {
    order.push(next.key);
    outbox.tried(now);
    outbox.succeeded();
    outbox.remove(next.key);
  }
  return order;
}

describe('what waits for a target', () => {
  it('goes in the order it came, new red alarms before all else', () => {
    const outbox = new Outbox();
    for (const name of ['a', 'b', 'c']) outbox.add(delivery(name));
    outbox.add(delivery('red', {}, 'raised', 1));
    outbox.add(delivery('d'));
    expect(sent(outbox, 0)).toEqual(['red', 'a', 'b', 'c', 'd']);
  });

  it('keeps the order of one alarm, also of a red one', () => {
    const outbox = new Outbox();
    outbox.add(delivery('a', { dueAt: 10 }, 'raised', 1));
    outbox.add(delivery('a', { key: 'a over' }, 'cleared', 1));
    outbox.add(delivery('b'));
    expect(sent(outbox, 0)).toEqual(['b']);
    expect(sent(outbox, 10)).toEqual(['a', 'a over']);
  });

  it('is not held up by messages that the target never takes, however many', () => {
    const outbox = new Outbox();
    for (let i = 0; i < 200; i++) outbox.add(delivery(`poison-${i}`));
    for (let i = 0; i < 50; i++) outbox.add(delivery(`good-${i}`));
    let good = 0;
    let now = 0;
    for (; good < 50 && now < 60 * MINUTE; now += 1_000) {
      for (let next = outbox.next(now); 'key' in next; next = outbox.next(now)) {
        outbox.tried(now);
        if (next.key.startsWith('good')) {
          good++;
          outbox.succeeded();
          outbox.remove(next.key);
        } else {
          outbox.failed(now);
          const attempts = next.attempts + 1;
          outbox.add({ ...next, attempts, dueAt: now + Math.min(15 * MINUTE, 1_000 * 2 ** attempts) });
        }
      }
    }
    expect(good).toBe(50);
    expect(now).toBeLessThan(10 * MINUTE);
  });

  it('lets one good message pass for every one that fails, once all were tried', () => {
    const outbox = new Outbox();
    for (let i = 0; i < 100; i++) outbox.add(delivery(`poison-${i}`, { attempts: 8 }));
    for (let i = 0; i < 10; i++) outbox.add(delivery(`good-${i}`));
    const order: string[] = [];
    for (let tries = 0; tries < 20; tries++) {
      const next = outbox.next(0);
      if (!('key' in next)) break;
      order.push(next.key);
      if (next.key.startsWith('good')) {
        outbox.succeeded();
        outbox.remove(next.key);
      } else {
        outbox.failed(0);
        outbox.add({ ...next, attempts: 9, dueAt: 15 * MINUTE });
      }
    }
    expect(order.filter((key) => key.startsWith('good'))).toHaveLength(10);
  });

  it('waits as a whole when the target asks for it', () => {
    const outbox = new Outbox();
    outbox.add(delivery('a', { dueAt: 120_000 }));
    outbox.add(delivery('b'));
    outbox.failed(0, 120_000);
    expect(outbox.next(119_999)).toEqual({ at: 120_000 });
    expect(sent(outbox, 120_000).sort()).toEqual(['a', 'b']);
  });

  it('goes no faster than a bot takes it, but for new red alarms', () => {
    const outbox = new Outbox();
    for (let i = 0; i < 7; i++) outbox.add(delivery(`a${i}`));
    expect(sent(outbox, 0, 3)).toEqual(['a0', 'a1', 'a2']);
    outbox.add(delivery('red', {}, 'raised', 1));
    expect(sent(outbox, 30_000, 3)).toEqual(['red']);
    expect(outbox.next(30_000, { limit: 3 })).toEqual({ at: MINUTE });
    expect(sent(outbox, MINUTE, 3)).toEqual(['a3', 'a4']);
  });

  it('passes over what is under way, and gives a second sender red alarms alone', () => {
    const outbox = new Outbox();
    outbox.add(delivery('a', {}, 'raised', 1));
    outbox.add(delivery('a', { key: 'a over' }, 'cleared', 1));
    outbox.add(delivery('b'));
    const busy = new Set(['water/high/reservoir/a']);
    expect(outbox.next(0, { busy })).toMatchObject({ key: 'b' });
    expect(outbox.next(0, { busy, redOnly: true })).toEqual({ at: null });
    outbox.add(delivery('c', {}, 'raised', 1));
    expect(outbox.next(0, { busy, redOnly: true })).toMatchObject({ key: 'c' });
  });

  it('has room for new red alarms when it is full', () => {
    const targets = new Map([['duty', { perMinute: 5 } as Target]]);
    const routes = [{ id: 'all', to: ['duty'], events: ['raised' as const] }];
    const plan = new Plan(new Map(), new Map(), { zone: 'Asia/Shanghai', targets, routes }, 0, 0);
    for (const [entry, priority] of [1, 3, 1].entries())
      plan.happening(
        { system: 'water', entry: `${entry}`, happening: happening(`a${entry}`, 'raised', { priority } as object) },
        WATER,
      );
    const names = (list: Delivery[]) => list.map(({ told }) => told.alarm?.name);
    const [queued, refused] = plan.bounded(() => MAX_WAITING);
    expect([names(queued), names(refused)]).toEqual([['a0', 'a2'], ['a1']]);
    expect(plan.bounded(() => MAX_WAITING + RED_RESERVE)[0]).toEqual([]);
  });
});
