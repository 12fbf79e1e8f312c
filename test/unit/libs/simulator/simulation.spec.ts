import { type FaultKind, faultSpec, type SimulatorSpec } from '@citywall/pack-schema';
import { createSimulation, type SimulatedMessage, type SimulatedPack } from '@citywall/simulator';
import { describe, expect, it } from '@jest/globals';
import { simulatorFile } from '../../../../libs/pack-schema/src/files/simulator.js';
import { assetOf, NOON } from './city.js';

const MINUTE = 60_000;

const spec: SimulatorSpec = simulatorFile.parse({
  streams: [
    {
      id: 'level',
      of: 'reservoir',
      topic: 'w/{key}/rt',
      qos: 1,
      retain: true,
      every: '10s',
      backfill: { assets: ['A'], over: '10m', every: '1m' },
      values: { level: { sum: [{ attribute: 'floodLimit' }, { noise: 1, over: '5m' }], decimals: 2 } },
      payload: { json: { k: '{key}', z: '{value.level}', ts: { $: 'time.unix_ms' } } },
    },
    {
      id: 'table',
      of: 'reservoir',
      by: 'zone',
      topic: 'w/table/{group}',
      every: '30s',
      payload: { json: { g: '{group}', rows: { $each: '{key}' } } },
    },
  ],
  lives: [
    {
      id: 'case',
      topic: 'c/{stage}',
      qos: 1,
      every: '5m',
      past: '2h',
      code: '{time:yyyyMMdd}-{n:4}',
      near: 'reservoir',
      pick: { what: [{ fields: { text: 'a' } }, { fields: { text: 'b' } }] },
      stages: [
        { id: 'report' },
        { id: 'refuse', after: '1m', chance: 0.2, last: true },
        { id: 'file', after: ['1m', '5m'] },
        { id: 'close', after: ['10m', '30m'] },
      ],
      payload: {
        json: {
          id: '{code}',
          stage: '{stage}',
          ts: { $: 'time.unix_ms' },
          what: '{pick.what.text}',
          at: '{key}',
          x: { $: 'lon' },
          tel: '{person.phone}',
        },
      },
    },
  ],
});

const pack: SimulatedPack = {
  id: 'water',
  zone: 'Asia/Shanghai',
  simulator: spec,
  assets: [
    assetOf('A', { floodLimit: 462.5, zone: 'N' }),
    assetOf('B', { floodLimit: 480, zone: 'S' }),
    assetOf('C', { floodLimit: 500, zone: 'N' }),
    { ...assetOf('D', { zone: 'S' }), inService: false },
  ],
};

const simulation = createSimulation([pack], { seed: 1 });
const of = (messages: SimulatedMessage[], source: string) => messages.filter((message) => message.source === source);
const body = (message: SimulatedMessage) => JSON.parse(String(message.payload));

describe('determinism', () => {
  it('same seed and clock, same messages: in another instance, in other slices', () => {
    const other = createSimulation([pack], { seed: 1 });
    expect(other.opening(NOON)).toEqual(simulation.opening(NOON));
    const whole = simulation.between(NOON, NOON + 10 * MINUTE);
    const slices: SimulatedMessage[] = [];
    for (let at = NOON; at < NOON + 10 * MINUTE; at += 700) {
      slices.push(...other.between(at, Math.min(at + 700, NOON + 10 * MINUTE)));
    }
    expect(slices).toEqual(whole);
    expect(whole.length).toBeGreaterThan(200);
  });

  it('another seed is another city', () => {
    const other = createSimulation([pack], { seed: 2 });
    expect(other.between(NOON, NOON + MINUTE)).not.toEqual(simulation.between(NOON, NOON + MINUTE));
  });

  it('nothing is said twice and nothing before its time', () => {
    const messages = simulation.between(NOON, NOON + 5 * MINUTE);
    expect(messages.every((message) => message.due > NOON && message.due <= NOON + 5 * MINUTE)).toBe(true);
    expect([...messages].sort((a, b) => a.due - b.due)).toEqual(messages);
    expect(simulation.between(NOON, NOON)).toEqual([]);
    expect(simulation.between(NOON, NOON - MINUTE)).toEqual([]);
  });
});

describe('streams', () => {
  it('every asset in service speaks at its pace, not all at once', () => {
    const messages = of(simulation.between(NOON, NOON + 10 * MINUTE), 'water/level');
    for (const key of ['A', 'B', 'C']) {
      expect(messages.filter(({ topic }) => topic === `w/${key}/rt`)).toHaveLength(60);
    }
    expect(messages.some(({ topic }) => topic === 'w/D/rt')).toBe(false);
    expect(new Set(messages.map(({ due }) => due % 10_000)).size).toBe(3);
    expect(messages[0]).toMatchObject({ qos: 1, retain: true });
  });

  it('a table holds the assets of its group', () => {
    const tables = of(simulation.between(NOON, NOON + MINUTE), 'water/table');
    expect(tables).toHaveLength(4);
    const groups = new Map(tables.map((message) => [message.topic, body(message).rows]));
    expect(Object.fromEntries(groups)).toEqual({ 'w/table/N': ['A', 'C'], 'w/table/S': ['B'] });
  });

  it('opens with every asset as it stands, then the past readings that were asked for, in order and not retained', () => {
    const opening = of(simulation.opening(NOON), 'water/level');
    expect(opening).toHaveLength(3 + 10);
    expect(opening.slice(0, 3).every((message) => message.retain && body(message).ts === NOON)).toBe(true);
    const past = opening.slice(3);
    expect(past.map(({ due }) => due)).toEqual(Array.from({ length: 10 }, (_, i) => NOON - (10 - i) * MINUTE));
    expect(past.every((told) => told.topic === 'w/A/rt' && !told.retain && body(told).ts === told.due)).toBe(true);
  });
});

describe('lives', () => {
  const messages = of(simulation.between(NOON - 24 * 60 * MINUTE, NOON), 'water/case');
  const lives = new Map<string, ReturnType<typeof body>[]>();
  for (const message of messages) {
    const told = body(message);
    lives.set(told.id, [...(lives.get(told.id) ?? []), told]);
  }

  it('of a message that many share only the wanted ones tell their past', () => {
    const streams = spec.streams.map((stream) =>
      stream.id === 'table' ? { ...stream, backfill: { assets: ['A'], over: 2 * MINUTE, every: MINUTE } } : stream,
    );
    const told = createSimulation([{ ...pack, simulator: { ...spec, streams } }], { seed: 1 });
    const past = of(told.opening(NOON), 'water/table').filter(({ due }) => due < NOON);
    expect(past.map(body)).toEqual([
      { g: 'N', rows: ['A'] },
      { g: 'N', rows: ['A'] },
    ]);
  });

  it('begin about every five minutes and are numbered within their day', () => {
    expect(lives.size).toBeGreaterThan(270);
    expect(lives.size).toBeLessThan(310);
    expect([...lives.keys()].every((id) => /^2026070[89]-\d{4}$/.test(id))).toBe(true);
  });

  it('pass their stages in order and stay the same case', () => {
    for (const told of lives.values()) {
      const order = told.map(({ stage }) => ['report', 'refuse', 'file', 'close'].indexOf(stage));
      expect([...order].sort()).toEqual(order);
      expect(new Set(told.map(({ what, at, x, tel }) => `${what} ${at} ${x} ${tel}`)).size).toBe(1);
      for (let i = 1; i < told.length; i += 1) expect(told[i].ts).toBeGreaterThanOrEqual(told[i - 1].ts);
    }
  });

  it('end where they are refused', () => {
    const refused = [...lives.values()].filter((told) => told.some(({ stage }) => stage === 'refuse'));
    expect(refused.length / lives.size).toBeCloseTo(0.2, 1);
    expect(refused.every((told) => told.at(-1).stage === 'refuse')).toBe(true);
  });

  it('open with those under way, each as it stands', () => {
    const opening = of(simulation.opening(NOON), 'water/case').map(body);
    expect(new Set(opening.map(({ id }) => id)).size).toBe(opening.length);
    expect(opening.length).toBeGreaterThan(18);
    for (const now of opening) {
      expect(now).toEqual(lives.get(now.id)?.at(-1));
      expect(now.ts).toBeLessThanOrEqual(NOON);
    }
  });

  it('refer to earlier messages and clear what they left at the broker', () => {
    const warning = simulatorFile.parse({
      lives: [
        {
          id: 'warning',
          topic: 'cap/{message}',
          qos: 2,
          retain: true,
          every: '6h',
          clearAfter: '5m',
          code: 'W{n}',
          message: 'S_{time:yyyyMMddHHmmss}',
          earlier: { each: 'S,{message},{time}' },
          stages: [
            { id: 'issue', set: { type: 'Alert' } },
            { id: 'raise', after: '1h', set: { type: 'Update' } },
            { id: 'cancel', after: '1h', set: { type: 'Cancel' } },
          ],
          payload: { xml: '<a><i>{message}</i><t>{set.type}</t><r>{earlier}</r></a>' },
        },
      ],
    });
    const all = createSimulation([{ ...pack, simulator: warning }], { seed: 3 }).between(NOON - 9e7, NOON);
    const cancel = all.find(({ payload }) => String(payload).includes('Cancel'));
    const text = String(cancel?.payload ?? '');
    const [own] = /(?<=<i>)[^<]+/.exec(text) ?? [];
    const earlier = (/(?<=<r>)[^<]+/.exec(text)?.[0] ?? '').split(' ');
    expect(earlier).toHaveLength(2);
    expect(earlier.every((reference) => /^S,S_\d{14},2026-07-\d\dT[\d:]{8}\+08:00$/.test(reference))).toBe(true);
    const cleared = all.filter(({ payload, due }) => payload === '' && due === (cancel?.due ?? 0) + 5 * MINUTE);
    expect(cleared.map(({ topic, retain }) => [topic, retain])).toEqual(
      [...earlier.map((reference) => reference.split(',')[1]), own].map((id) => [`cap/${id}`, true]),
    );
  });
});

describe('a stage with a way of its own', () => {
  it('is told on its own topic and in its own words, the others as the life is', () => {
    const call = simulatorFile.parse({
      lives: [
        {
          id: 'call',
          topic: 'ticket/{code}',
          every: '1h',
          code: '{time.unix_ms}',
          near: 'reservoir',
          stages: [
            { id: 'press', topic: 'up/{key}', payload: { json: ['{key}', '{time.unix_ms}'] } },
            { id: 'answer', after: '30s' },
          ],
          payload: { json: { who: '{key}', of: '{code}', stage: '{stage}' } },
        },
      ],
    });
    const [press, answer] = createSimulation([{ ...pack, simulator: call }], { seed: 3 })
      .between(NOON - 9e6, NOON)
      .slice(0, 2);
    const [who, pressed] = body(press as SimulatedMessage);
    expect(press?.topic).toBe(`up/${who}`);
    expect(answer?.topic).toBe(`ticket/${pressed}`);
    expect(body(answer as SimulatedMessage)).toEqual({ who, of: pressed, stage: 'answer' });
  });
});

describe('scenario', () => {
  const until = NOON + 10 * MINUTE;
  const fault = (kind: FaultKind, of = 'water/level', more = kind === 'clock' ? { by: '1h' } : {}) =>
    createSimulation([pack], {
      seed: 1,
      faults: [{ ...faultSpec.parse({ kind, of, ...more }), from: NOON + MINUTE, until: NOON + 3 * MINUTE }],
    }).between(NOON, until);
  const plain = simulation.between(NOON, until);
  const during = ({ due }: SimulatedMessage) => due >= NOON + MINUTE && due < NOON + 3 * MINUTE;

  it('silences one stream for its time and nothing else', () => {
    expect(fault('silence')).toEqual(plain.filter((m) => m.source !== 'water/level' || !during(m)));
    expect(fault('silence', 'water')).toEqual(plain.filter((m) => !during(m)));
  });

  it('cuts payloads off', () => {
    const bad = fault('garbage').filter((m) => m.source === 'water/level' && during(m));
    expect(bad.length).toBeGreaterThan(10);
    for (const message of bad) expect(() => JSON.parse(String(message.payload))).toThrow();
  });

  it('turns a clock wrong, and only the clock', () => {
    const shifted = fault('clock').filter((m) => m.source === 'water/level' && during(m));
    for (const message of shifted) expect(body(message).ts).toBe(message.due + 3_600_000);
    expect(fault('clock').map(({ due, topic }) => [due, topic])).toEqual(plain.map(({ due, topic }) => [due, topic]));
  });

  it('stamps payloads with real time at speed, and numbers cases by the simulated one', () => {
    const fast = createSimulation([pack], { seed: 1, stamp: (moment) => NOON + (moment - NOON) / 10 });
    const told = fast.between(NOON, until).map(body);
    const late = told.filter(({ ts }) => ts !== undefined);
    expect(late.every(({ ts }) => ts <= NOON + MINUTE)).toBe(true);
    const ids = (messages: SimulatedMessage[]) => of(messages, 'water/case').map((m) => body(m).id);
    expect(ids(fast.between(NOON, until))).toEqual(ids(plain));
  });
});

it('a pack without simulator.yaml says nothing', () => {
  expect(createSimulation([{ ...pack, simulator: null }], { seed: 1 }).opening(NOON)).toEqual([]);
});
