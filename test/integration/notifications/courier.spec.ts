import { createHmac, randomUUID } from 'node:crypto';
import type { AlarmHappening, Notice } from '@citywall/model';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Courier, type CourierParts } from '../../../apps/server/src/notifications/courier.js';
import { sendHook } from '../../../apps/server/src/notifications/hook.gateway.js';
import { NotificationsRepository } from '../../../apps/server/src/notifications/notifications.repository.js';
import type { TargetState } from '../../../apps/server/src/notifications/notifications.types.js';
import type { Notifications, Target } from '../../../apps/server/src/notifications/target.types.js';
import { happening } from '../../support/happening.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';
import { freePort } from '../../support/services.js';
import { type OpenState, openState } from '../state/open-state.js';

const MINUTE = 60_000;
const WATER = { zh: '智慧水利', en: 'Water' };

describe('the courier', () => {
  let open: OpenState;
  let receiver: Receiver;
  let store: NotificationsRepository;
  let now: number;
  let notices: Notice[];
  const couriers: Courier[] = [];
  beforeEach(async () => {
    open = await openState();
    receiver = await startReceiver();
    store = new NotificationsRepository(open.redis);
    now = 1_800_000_000_000;
    notices = [];
  });
  afterEach(async () => {
    for (const courier of couriers.splice(0)) await courier.stop(100);
    await receiver.stop();
    await open.close();
  });

  const target = (more: Partial<Target> = {}): Target => ({
    url: `${receiver.url}/alarms`,
    format: 'json',
    loopback: true,
    lang: 'zh',
    timeout: 5_000,
    perMinute: 20,
    giveUpAfter: 6 * 60 * MINUTE,
    secret: 'a shared secret',
    ...more,
  });
  const file = (
    more: Partial<Target> = {},
    events: Notifications['routes'][number]['events'] = ['raised', 'cleared'],
  ) =>
    ({
      zone: 'Asia/Shanghai',
      targets: new Map([['duty', target(more)]]),
      routes: [{ id: 'all', to: ['duty'], events }],
    }) as Notifications;

  /** A courier, and a promise of its next word on how the targets do that fits. */
  function courier(more: Partial<CourierParts> = {}) {
    const waiting = new Set<() => void>();
    const told = { targets: new Map(), dead: new Map() } as Record<'targets' | 'dead', ReadonlyMap<string, unknown>>;
    const one = new Courier({
      owner: randomUUID(),
      store,
      systems: () => new Map([['water', WATER]]),
      notices: () => notices,
      send: sendHook,
      tell: (targets, dead) => {
        Object.assign(told, { targets, dead });
        for (const look of waiting) look();
      },
      now: () => now,
      random: () => 1,
      ...more,
    });
    couriers.push(one);
    const until = (fits: (state: typeof told) => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!fits(told)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    const delivered = (count: number) =>
      until(({ targets }) => (targets.get('duty') as { delivered?: number } | undefined)?.delivered === count);
    const failing = (wanted?: string) =>
      until(({ targets }) => {
        const { failingSince = null, reason } = (targets.get('duty') ?? {}) as Partial<TargetState>;
        return failingSince !== null && (wanted === undefined || reason === wanted);
      });
    const well = () =>
      until(({ targets }) => (targets.get('duty') as { failingSince?: number } | undefined)?.failingSince === null);
    const dead = (count: number) => until((state) => (state.dead.get('duty') ?? 0) === count);
    return { one, delivered, failing, well, dead };
  }
  const journal = async (...happenings: AlarmHappening[]) => {
    for (const each of happenings)
      await open.redis.commands.xadd('cw:{water}:alarms:log', '*', 'e', JSON.stringify(each));
  };
  const keys = () => receiver.received.map(({ headers }) => headers['idempotency-key']);
  const names = () => receiver.received.map(({ json }) => `${json.type} ${json.data.alarm?.name ?? ''}`.trim());

  it('tells what happens from the beginning on, signed, once', async () => {
    await journal(happening('before'));
    const { one, delivered } = courier();
    await one.round(file());
    await journal(happening('longtan', 'raised', {}, now));
    await one.round(file());
    await delivered(1);
    await one.round(file());
    expect(names()).toEqual(['alarm.raised longtan']);
    const [{ headers, body, json, path } = receiver.received[0]!] = receiver.received;
    expect(path).toBe('/alarms');
    expect(json.data.alarm).toMatchObject({ id: 'water/high/reservoir/longtan', priority: 2, systemName: WATER });
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const proof = createHmac('sha256', 'a shared secret').update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${proof}`);
    expect(headers['webhook-id']).toBe(headers['idempotency-key']);
    expect(headers['webhook-timestamp']).toBe(String(now / 1000));
    expect((await store.queue()).size).toBe(0);
  });

  it('keeps to itself what a cause explains or people set aside, and tells it when it comes back', async () => {
    const { one, delivered } = courier();
    await one.round(file());
    const shelved = { by: 'seat-1', at: now, until: now + 1, reason: 'works' };
    await journal(
      happening('suppressed', 'raised', { suppressedBy: 'water/cause/x' }),
      happening('shelved', 'cleared', { shelved }),
      happening('back', 'released'),
      happening('over', 'unshelved', { active: false, state: 'cleared-unacknowledged' }),
    );
    await one.round(file());
    await delivered(1);
    expect(names()).toEqual(['alarm.raised back']);
  });

  it('tells the end of what was told to begin, also when it ends unseen', async () => {
    const { one, delivered } = courier();
    await one.round(file());
    const suppressedBy = 'water/cause/x';
    await journal(happening('told'), happening('untold', 'raised', { suppressedBy }));
    await one.round(file());
    await delivered(1);
    await one.stop(100);
    const next = courier();
    await journal(
      happening('untold', 'cleared', { suppressedBy }),
      happening('told', 'cleared', { suppressedBy }),
      happening('told', 'cleared', { suppressedBy }),
    );
    await next.one.round(file());
    await next.delivered(2);
    expect(names()).toEqual(['alarm.raised told', 'alarm.cleared told']);
    expect((await store.kept()).open.size).toBe(0);
  });

  it('sends again after a pause under the same key; an alarm keeps its order, others pass', async () => {
    const { one, delivered, failing } = courier();
    await one.round(file());
    receiver.reply = ({ json }) => ({ status: json.data.alarm.name === 'a' ? 500 : 200 });
    await journal(happening('a'), happening('b'), happening('a', 'cleared'));
    await one.round(file());
    await Promise.all([failing(), receiver.until(2)]);
    await delivered(1);
    await one.round(file());
    expect(names()).toEqual(['alarm.raised a', 'alarm.raised b']);
    receiver.reply = () => ({ status: 204 });
    now += 2_000;
    await one.round(file());
    await delivered(3);
    expect(names().slice(2)).toEqual(['alarm.raised a', 'alarm.cleared a']);
    expect(keys()[2]).toBe(keys()[0]);
    expect(new Set(keys()).size).toBe(3);
  });

  it('waits as long as the target asks, and not for ever for one that is silent or away', async () => {
    const { one, delivered, failing } = courier();
    await one.round(file());
    receiver.reply = () => ({ status: 429, headers: { 'retry-after': '120' } });
    await journal(happening('a'));
    await one.round(file());
    await failing();
    now += 119_000;
    await one.round(file());
    expect(receiver.received).toHaveLength(1);
    receiver.reply = () => null;
    now += 1_000;
    await one.round(file({ timeout: 50 }));
    await receiver.until(2);
    const queued = async () => [...(await store.queue()).values()][0];
    await failing('timeout');
    const nobody = await freePort();
    now += 10 * MINUTE;
    await one.round(file({ url: `http://127.0.0.1:${nobody}/` }));
    await failing('unreachable');
    expect(await queued()).toMatchObject({ attempts: 3, detail: 'ECONNREFUSED' });
    receiver.reply = () => ({ status: 200 });
    now += 10 * MINUTE;
    await one.round(file());
    await delivered(1);
    expect(new Set(keys()).size).toBe(1);
  });

  it('gives up after hours; a dead letter is seen, and goes out again when it is told to', async () => {
    const first = courier();
    await first.one.round(file());
    receiver.reply = () => ({ status: 503 });
    await journal(happening('a'));
    await first.one.round(file());
    await first.failing();
    now += 6 * 60 * MINUTE + 1;
    await first.one.round(file());
    await first.dead(1);
    expect((await store.queue()).size).toBe(0);
    const [[key, letter] = ['', undefined]] = await store.dead();
    expect(letter).toMatchObject({ target: 'duty', reason: 'server-error', attempts: 1 });
    receiver.reply = () => ({ status: 200 });
    expect(await store.takeDead(key, true)).toBe(true);
    expect(await store.takeDead(key, true)).toBe(false);
    await first.one.round(file());
    await first.delivered(1);
    await first.dead(0);
    expect(keys()).toEqual([key, key]);
  });

  it.each([
    ['an answer that says no', { status: 400 }, {}, 'rejected'],
    [
      'a redirect, which it does not follow',
      { status: 302, headers: { location: 'http://169.254.169.254/' } },
      {},
      'redirected',
    ],
    ['a bot that says no', { status: 200, body: '{"errcode":93000}' }, { format: 'wecom' as const }, 'rejected'],
    ['this machine, where the file does not say so', { status: 200 }, { loopback: false }, 'address-refused'],
  ])('gives up at once: %s', async (_what, reply, more, reason) => {
    const { one, dead } = courier();
    await one.round(file(more));
    receiver.reply = () => reply;
    await journal(happening('a'));
    await one.round(file(more));
    await dead(1);
    expect([...(await store.dead()).values()]).toMatchObject([{ reason, target: 'duty' }]);
    expect(receiver.received.length).toBe(reason === 'address-refused' ? 0 : 1);
  });

  it('goes on after a crash: what waits is sent, what was delivered is not, what is uncertain under the same key', async () => {
    const first = courier();
    await first.one.round(file());
    await journal(happening('a'));
    await first.one.round(file());
    await first.delivered(1);
    // Redis goes away between the answer of the target and its being noted
    let reachable = true;
    const lost = courier({
      store: Object.assign(Object.create(store) as NotificationsRepository, {
        write: (...args: Parameters<typeof store.write>) =>
          reachable ? store.write(...args) : Promise.reject(new Error('Connection is closed.')),
      }),
    });
    await first.one.stop(100);
    await lost.one.round(file());
    receiver.reply = () => {
      reachable = false;
      return { status: 200 };
    };
    await journal(happening('b'));
    await lost.one.round(file());
    await receiver.until(2);
    await journal(happening('c'));
    await open.redis.commands.del('cw:{notify}:lease');
    receiver.reply = () => ({ status: 200 });
    const next = courier();
    await next.one.round(file());
    await next.delivered(3);
    expect(names()).toEqual(['a', 'b', 'b', 'c'].map((name) => `alarm.raised ${name}`));
    expect(keys()[1]).toBe(keys()[2]);
    expect(new Set(keys()).size).toBe(3);
  });

  it('sends a new red alarm while another message still waits for its answer', async () => {
    const { one, delivered } = courier();
    await one.round(file());
    receiver.reply = ({ json }) => (json.data.alarm.priority === 1 ? { status: 200 } : null);
    await journal(happening('slow'));
    await one.round(file());
    await receiver.until(1);
    await journal(happening('next'), happening('red', 'raised', { priority: 1 }));
    await one.round(file());
    await delivered(1);
    expect(names()).toEqual(['alarm.raised slow', 'alarm.raised red']);
  });

  it('knows what another process did while it stood still, also when that one is gone again', async () => {
    const [paused, other] = [courier(), courier()];
    await paused.one.round(file());
    await open.redis.commands.del('cw:{notify}:lease');
    await other.one.round(file());
    await journal(happening('a'));
    await other.one.round(file());
    await other.delivered(1);
    await other.one.stop(100);
    await journal(happening('b'));
    await paused.one.round(file());
    await paused.delivered(2);
    expect(names()).toEqual(['alarm.raised a', 'alarm.raised b']);
  });

  it('begins anew from what Redis has when it does not know whether its look was written', async () => {
    let lose = false;
    const { one, delivered } = courier({
      store: Object.assign(Object.create(store) as NotificationsRepository, {
        write: async (...args: Parameters<typeof store.write>) => {
          const done = await store.write(...args);
          if (lose && (args[3]?.length ?? 0) > 0) throw new Error('Connection is closed.');
          return done;
        },
      }),
    });
    await one.round(file({ perMinute: 1 }));
    await journal(happening('a'), happening('b'));
    lose = true;
    await expect(one.round(file({ perMinute: 1 }))).rejects.toThrow('closed');
    lose = false;
    await one.round(file({ perMinute: 1 }));
    await delivered(1);
    now += MINUTE;
    await one.round(file({ perMinute: 1 }));
    await delivered(2);
    expect(receiver.received.map(({ json }) => json.data.summary?.events ?? json.data.alarm.name)).toEqual(['a', 1]);
  });

  it('fails no longer when nothing is left that it did not take', async () => {
    const { one, dead, failing, well } = courier();
    await one.round(file());
    receiver.reply = () => ({ status: 400 });
    await journal(happening('a'));
    await one.round(file());
    await dead(1);
    await failing();
    const [[key] = ['']] = await store.dead();
    await store.takeDead(key, false);
    await one.round(file());
    await well();
  });

  it('is not stopped by a certificate or an address that cannot be used at all', async () => {
    const attempt = await sendHook(target({ url: 'https://127.0.0.1:9/', ca: 'no certificate' }), {
      body: '{}',
      headers: {},
      query: {},
    });
    expect(attempt).toMatchObject({ outcome: 'failed', reason: 'unreachable' });
  });

  it('is one at a time', async () => {
    const [first, second] = [courier(), courier()];
    await first.one.round(file());
    await second.one.round(file());
    await journal(happening('a'));
    await second.one.round(file());
    expect(receiver.received).toEqual([]);
    await first.one.round(file());
    await first.delivered(1);
    expect(receiver.received).toHaveLength(1);
  });

  it('collapses a flood into one summary a minute, but for new red alarms', async () => {
    const { one, delivered } = courier();
    await one.round(file({ perMinute: 5 }));
    const flood = Array.from({ length: 40 }, (_, n) => happening(`a${n}`, 'raised', { priority: 3 }));
    const red = Array.from({ length: 7 }, (_, n) => happening(`red${n}`, 'raised', { priority: 1 }));
    await journal(...flood, ...red, happening('a0', 'cleared'));
    await one.round(file({ perMinute: 5 }));
    await delivered(12);
    expect(names().filter((name) => name.includes('red'))).toHaveLength(7);
    now += MINUTE;
    await one.round(file({ perMinute: 5 }));
    await delivered(13);
    expect(receiver.received.at(-1)?.json).toMatchObject({
      type: 'summary',
      data: { summary: { events: 36, raised: [0, 0, 35, 0], cleared: 1 } },
    });
    now += MINUTE;
    await one.round(file({ perMinute: 5 }));
    expect(receiver.received).toHaveLength(13);
  });

  it('tells a notice that holds for a minute, and its end, over a restart', async () => {
    const events = ['notice', 'notice-over'] as const;
    const silent: Notice = {
      id: 'feed-silent:water/realtime',
      reason: 'feed-silent',
      subject: 'water/realtime',
      system: 'water',
      since: now,
      count: 1,
      text: { zh: '水情数据中断', en: 'Levels are silent' },
    };
    const first = courier();
    notices = [silent];
    await first.one.round(file({}, [...events]));
    now += MINUTE;
    await first.one.round(file({}, [...events]));
    await first.delivered(1);
    await first.one.stop(100);
    const second = courier();
    notices = [];
    await second.one.round(file({}, [...events]));
    notices = [{ ...silent, since: now + 1 }];
    now += 30_000;
    await second.one.round(file({}, [...events]));
    now += MINUTE;
    await second.one.round(file({}, [...events]));
    notices = [];
    await second.one.round(file({}, [...events]));
    now += MINUTE;
    await second.one.round(file({}, [...events]));
    await second.delivered(2);
    expect(receiver.received.map(({ json }) => [json.type, json.data.notice.reason])).toEqual([
      ['notice', 'feed-silent'],
      ['notice-over', 'feed-silent'],
    ]);
  });

  it('without a file sends nothing, and later nothing of that time', async () => {
    const { one, delivered } = courier();
    await one.round(file());
    await one.round(null);
    await journal(happening('unheard'));
    await one.round(file());
    await journal(happening('heard'));
    await one.round(file());
    await delivered(1);
    expect(names()).toEqual(['alarm.raised heard']);
  });
});
