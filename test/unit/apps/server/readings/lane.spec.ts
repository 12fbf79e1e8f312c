import type { LastingChange } from '@citywall/mapping';
import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { InboundMessage } from '../../../../../apps/server/src/feeds/inbound.js';
import { RedisHealth } from '../../../../../apps/server/src/infra/redis-health.js';
import { RateCheck } from '../../../../../apps/server/src/readings/checks.js';
import { Committer } from '../../../../../apps/server/src/readings/committer.js';
import { type Draft, Drafter } from '../../../../../apps/server/src/readings/draft.js';
import { Lane } from '../../../../../apps/server/src/readings/lane.js';
import type { ApplyResult } from '../../../../../apps/server/src/state/index.js';
import { FakeState, fakePacks, inbound } from './fakes.js';

Logger.overrideLogger(false);

function openLane() {
  const state = new FakeState();
  const health = new RedisHealth();
  health.set('up');
  const packs = fakePacks({ water: [{ id: 'realtime' }], traffic: [{ id: 'flow' }] });
  const durable: InboundMessage[] = [];
  const applied: { draft: Draft; result: ApplyResult }[] = [];
  const shed: number[] = [];
  /** what was learned, batch by batch, with how many batches of readings were in state then */
  const learned: { keys: string[]; after: number }[] = [];
  const memory = { failures: [] as Error[] };
  const decoders = {
    keep: async (_system: string, changes: readonly LastingChange[]) => {
      const failure = memory.failures.shift();
      if (failure) throw failure;
      learned.push({ keys: changes.map(({ key }) => key), after: applied.length });
    },
  };
  let watchers: (() => void)[] = [];
  const changed = () => {
    const all = watchers;
    watchers = [];
    for (const watcher of all) watcher();
  };
  const lane = new Lane(
    'citywall-1@default',
    new Drafter(packs, { broker: 'default', priority: 'normal' }, new RateCheck()),
    new Committer(state.asRepository(), health, decoders),
    {
      shed: (count) => shed.push(count),
      durable: (messages) => {
        durable.push(...messages);
        changed();
      },
      applied: (draft, result) => void applied.push({ draft, result }),
      batch: () => {},
    },
    (topic) =>
      packs
        .all()
        .map(({ id }) => id)
        .filter((id) => topic.startsWith(`${id}/`)),
  );
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise<void>((resolve) => watchers.push(resolve));
  };
  return { lane, state, health, durable, applied, shed, until, changed, learned, memory };
}

/** A promise and the way to resolve it. */
function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('Lane', () => {
  it('what a message teaches is kept before its readings are in state, and again until it is', async () => {
    const { lane, health, durable, applied, learned, memory, until } = openLane();
    memory.failures = [new Error('Connection is closed.'), new Error('MISCONF no disk')];
    lane.offer(inbound('water/a', 'learn birth\na level 1'));
    await until(() => durable.length === 1);
    expect(learned).toEqual([{ keys: ['birth'], after: 0 }]);
    expect(applied).toHaveLength(1);
    expect(health.up).toBe(true);
    lane.offer(inbound('water/a', 'a level 2'));
    await until(() => durable.length === 2);
    expect(learned).toHaveLength(1);
  });

  it('what Redis refuses of what was learned stops no readings', async () => {
    const { lane, durable, applied, learned, memory, until } = openLane();
    memory.failures = [new Error('WRONGTYPE Operation against a key')];
    lane.offer(inbound('water/a', 'learn birth\na level 1'));
    await until(() => durable.length === 1);
    expect(learned).toEqual([]);
    expect(applied).toHaveLength(1);
  });

  it('makes messages durable in order, whatever they bring', async () => {
    const { lane, state, durable, until } = openLane();
    const messages = [
      inbound('water/a', 'a level 1'),
      inbound('nobody/a', 'x'),
      inbound('traffic/a', 'b speed 2'),
      inbound('water/a', '!broken'),
      inbound('water/a', 'a level 3\nb level 4', { qos: 0 }),
    ];
    for (const message of messages) lane.offer(message);
    await until(() => durable.length === 5);
    expect(durable).toEqual(messages);
    expect(state.batches.map(({ system }) => system)).toEqual(['water', 'traffic']);
    expect(state.values).toEqual([1, 3, 4, 2]);
    const water = state.batches[0]?.batch;
    expect(water?.rejections).toMatchObject([
      { feed: 'realtime', topic: 'water/a', rejections: [{ reason: 'decode' }] },
    ]);
    expect(water?.feeds).toEqual([{ feed: 'realtime', messages: 3, lastAt: 1_000_000 }]);
    // Only what is acknowledged later can be redelivered.
    expect(water?.deliveries.map(({ packetId }) => packetId)).toEqual([messages[0]?.packetId, messages[3]?.packetId]);
  });

  it('gathers while a batch is under way, and never lets one overtake another', async () => {
    const { lane, state, durable, until } = openLane();
    const first = gate();
    state.before = (_system, batch) => (batch.number === 1 ? first.opened : undefined);
    lane.offer(inbound('water/a', 'a level 0'));
    await new Promise((resolve) => setImmediate(resolve));
    for (let i = 1; i <= 1200; i++) lane.offer(inbound('water/a', `a level ${i}`));
    await new Promise((resolve) => setImmediate(resolve));
    expect(durable).toHaveLength(0);
    first.open();
    await until(() => durable.length === 1201);
    expect(state.batches.map(({ batch }) => batch.readings.length)).toEqual([1, 500, 500, 200]);
    expect(state.batches.map(({ batch }) => batch.number)).toEqual([1, 2, 3, 4]);
    expect(state.values).toEqual(Array.from({ length: 1201 }, (_, i) => i));
  });

  it('tries a refused batch again with the same number until it works, holding the socket meanwhile', async () => {
    const { lane, state, health, durable, until } = openLane();
    const states: string[] = [];
    health.changes$.subscribe(({ state: now }) => states.push(now));
    let refusals = 2;
    const numbers: number[] = [];
    let heldMeanwhile = false;
    state.before = (_system, batch) => {
      numbers.push(batch.number);
      if (numbers.length > 1) heldMeanwhile = lane.held;
      if (refusals-- > 0)
        throw new Error("OOM command not allowed when used memory > 'maxmemory'. script: abc, on @user_script:1.");
    };
    lane.offer(inbound('water/a', 'a level 1'));
    await until(() => durable.length === 1);
    expect(numbers).toEqual([1, 1, 1]);
    expect(heldMeanwhile).toBe(true);
    expect(lane.held).toBe(false);
    expect(states).toEqual(['up', 'refusing', 'up']);
  });

  it('tries at once when Redis is back', async () => {
    const { lane, state, health, durable, until, changed } = openLane();
    let tries = 0;
    state.before = () => {
      tries += 1;
      changed();
      if (!health.up) throw new Error('Connection is closed.');
    };
    health.set('gone', 'x');
    lane.offer(inbound('water/a', 'a level 1'));
    await until(() => tries >= 6);
    health.set('up');
    const begin = performance.now();
    await until(() => durable.length === 1);
    // The pause by now would be more than a second.
    expect(performance.now() - begin).toBeLessThan(500);
  });

  it('holds when its queue is full and calls back when there is room', async () => {
    const { lane, state, durable, until } = openLane();
    const redis = gate();
    state.before = () => redis.opened;
    let n = 0;
    while (!lane.held) lane.offer(inbound('water/a', `a level ${n++}`));
    expect(n).toBe(5000);
    const ready = jest.fn();
    lane.onReady(ready);
    expect(ready).not.toHaveBeenCalled();
    redis.open();
    await until(() => durable.length === n);
    expect(ready).toHaveBeenCalledTimes(1);
    expect(lane.held).toBe(false);
  });

  it('gives up QoS 0 when it is full, and says how many', async () => {
    const { lane, state, durable, shed, until } = openLane();
    const redis = gate();
    state.before = () => redis.opened;
    for (let i = 0; i < 6000; i++) lane.offer(inbound('water/a', `a level ${i}`, { qos: 0 }));
    expect(shed.reduce((a, b) => a + b, 0)).toBe(1000);
    redis.open();
    await until(() => durable.length === 5000);
    expect(state.values[0]).toBe(1000);
  });

  describe('redelivered messages', () => {
    it('change nothing in systems that had them', async () => {
      const { lane, state, durable, until } = openLane();
      const had = inbound('water/a', 'a level 1', { dup: true });
      const lost = inbound('water/a', 'a level 2', { dup: true });
      state.known.add(`water|citywall-1@default|${had.packetId}`);
      lane.offer(had);
      lane.offer(lost);
      await until(() => durable.length === 2);
      expect(state.values).toEqual([2]);
    });

    it('count once where both copies wait for the same batch', async () => {
      const { lane, state, durable, until } = openLane();
      const message = inbound('water/a', 'a level 1');
      lane.offer(message);
      lane.offer({ ...message, dup: true, epoch: 2 });
      lane.offer({ ...message, payload: Buffer.from('a level 7'), dup: true, epoch: 2 });
      await until(() => durable.length === 3);
      expect(state.values).toEqual([1, 7]);
    });

    it('are asked for only after the batch before them is durable', async () => {
      const { lane, state, durable, until } = openLane();
      const first = gate();
      const message = inbound('water/a', 'a level 1');
      state.before = async (_system, batch) => {
        if (batch.number === 1) await first.opened;
        state.known.add(`water|citywall-1@default|${message.packetId}`);
      };
      lane.offer(message);
      await new Promise((resolve) => setImmediate(resolve));
      lane.offer({ ...message, dup: true, epoch: 2 });
      await new Promise((resolve) => setImmediate(resolve));
      first.open();
      await until(() => durable.length === 2);
      expect(state.values).toEqual([1]);
    });
  });

  it('keeps a defect to the message that has it', async () => {
    const { lane, state, durable, until } = openLane();
    state.before = (_system, batch) => {
      if (batch.readings.some(({ value }) => value === 13))
        throw new Error('ERR user_script:1: attempt to compare nil');
    };
    const bad = inbound('water/a', 'a level 13');
    lane.offer(inbound('water/a', 'a level 1'));
    lane.offer(bad);
    lane.offer(inbound('water/a', 'boom'));
    lane.offer(inbound('water/a', 'a level 2'));
    await until(() => durable.length === 4);
    expect(state.values).toEqual([1, 2]);
    const rejections = state.batches.flatMap(({ batch }) => batch.rejections);
    expect(rejections.map(({ rejections: [first] }) => [first?.reason, first?.detail])).toEqual([
      ['internal', 'boom'],
      ['internal', 'ERR user_script:1: attempt to compare nil'],
    ]);
  });

  it('tells assets beyond the limit as rejections of their messages', async () => {
    const { lane, state, durable, applied, until } = openLane();
    state.refuse = [{ typeKey: 'node/b', feed: 'realtime', limit: 'assets' }];
    lane.offer(inbound('water/1', 'a level 1'));
    lane.offer(inbound('water/2', 'b level 1\nb flow 2'));
    await until(() => durable.length === 2);
    const rejections = state.batches.flatMap(({ batch }) => batch.rejections);
    expect(rejections).toMatchObject([
      {
        topic: 'water/2',
        feed: 'realtime',
        rejections: [{ reason: 'asset-limit', detail: expect.stringContaining('water/node/b') }],
      },
    ]);
    expect(applied).toHaveLength(2);
  });

  it('stops with everything durable, or leaves the rest to be redelivered', async () => {
    const one = openLane();
    for (let i = 0; i < 700; i++) one.lane.offer(inbound('water/a', `a level ${i}`));
    await one.lane.stop();
    expect(one.durable).toHaveLength(700);
    expect(one.lane.held).toBe(true);

    const two = openLane();
    two.state.before = () => {
      throw new Error('MISCONF Redis is configured to save RDB snapshots');
    };
    two.lane.offer(inbound('water/a', 'a level 1'));
    await new Promise((resolve) => setImmediate(resolve));
    await two.lane.stop();
    expect(two.durable).toHaveLength(0);
  });
});
