import type { ScenarioSpec } from '@citywall/pack-schema';
import { createSimulation, type Run, type SimulatedMessage, type SimulatedPack } from '@citywall/simulator';
import { describe, expect, it } from '@jest/globals';
import { scenarioFile } from '../../../../libs/pack-schema/src/files/scenario.js';
import { simulatorFile } from '../../../../libs/pack-schema/src/files/simulator.js';
import { areaReached, areaTo, curveAt } from '../../../../libs/simulator/src/scenario/curve.js';
import { momentOf, storyMinute, strengthOf } from '../../../../libs/simulator/src/scenario/run.js';
import { assetOf, NOON } from './city.js';

const MINUTE = 60_000;

const pack: SimulatedPack = {
  id: 'water',
  zone: 'Asia/Shanghai',
  assets: ['A', 'B', 'C'].map((key) => assetOf(key, { base: 10 })),
  simulator: simulatorFile.parse({
    streams: [
      {
        id: 'level',
        of: 'reservoir',
        topic: 'level/{key}',
        every: '10s',
        values: {
          level: { sum: [{ attribute: 'base' }, { shower: true, over: '30m' }], decimals: 3 },
          state: { choice: { '0': 1 }, dwell: '1h' },
        },
        payload: { json: { k: '{key}', z: { $: 'value.level' }, s: { $: 'value.state' } } },
      },
    ],
    lives: [
      {
        id: 'warning',
        topic: 'warning/{code}',
        every: '20d',
        code: '{time:HHmm}-{n}',
        near: 'reservoir',
        pick: { what: [{ fields: { text: 'wind', code: 1 } }, { fields: { text: 'rain', code: 2 } }] },
        stages: [
          { id: 'issue', set: { colour: 'blue' } },
          { id: 'raise', after: '5m', set: { colour: 'red' } },
          { id: 'cancel', after: '30m', set: { colour: '' } },
        ],
        payload: {
          json: { id: '{code}', stage: '{stage}', what: '{pick.what.text}', colour: '{set.colour}', at: '{key}' },
        },
      },
    ],
  }),
};

const spec: ScenarioSpec = scenarioFile.parse({
  id: 'storm',
  name: { zh: '雨', en: 'Storm' },
  story: { zh: '雨', en: 'Storm' },
  from: -10,
  until: 60,
  weather: {
    rain: [
      {
        place: [107.34, 30.33],
        radius: 10,
        curve: [
          [0, 0],
          [10, 2],
          [20, 0],
        ],
      },
    ],
  },
  drive: [
    {
      of: 'water/level',
      value: 'level',
      assets: ['A'],
      noise: 0,
      curve: [
        [0, 20],
        [10, 30],
        [20, 20],
      ],
      spread: { assets: ['B'], lag: [2, 2], scale: [0.5, 0.5] },
    },
  ],
  states: [
    {
      of: 'water/level',
      value: 'state',
      assets: ['A'],
      codes: [
        [5, '7'],
        [8, '9'],
      ],
      until: 12,
    },
  ],
  lives: [
    {
      of: 'water/warning',
      at: [-10],
      pick: { what: { text: 'rain' } },
      fields: { what: { text: 'much rain' } },
      assets: ['B'],
      stages: [
        { id: 'issue', at: -10 },
        { id: 'raise', at: 5, set: { colour: 'orange' } },
        { id: 'cancel', at: 50 },
      ],
    },
    {
      of: 'water/warning',
      rate: [
        [0, 0],
        [10, 1],
        [20, 0],
      ],
    },
  ],
});

/** T0 at noon. */
const run: Run = {
  scenario: 'storm',
  n: 1,
  start: NOON,
  opened: NOON - 10 * MINUTE,
  pauses: [],
  fade: { in: 0, out: 0 },
};
const simulate = (runs: Run[]) => createSimulation([pack], { seed: 1, scenario: { rain: 0 }, scenarios: [spec], runs });
const told = (messages: SimulatedMessage[], topic: string) =>
  messages.filter((message) => message.topic === topic).map(({ payload }) => JSON.parse(String(payload)));
const at = (runs: Run[], minute: number, key = 'A') =>
  told(simulate(runs).opening(NOON + minute * MINUTE, false), `level/${key}`).at(-1);

describe('curves', () => {
  const curve = [
    [0, 0],
    [10, 2],
    [20, 0],
  ] as const;

  it('are straight between their points and hold outside', () => {
    expect([-5, 0, 5, 10, 15, 25].map((x) => curveAt(curve, x))).toEqual([0, 0, 1, 2, 1, 0]);
  });

  it('know their area, and where it is reached', () => {
    expect(areaTo(curve, 10)).toBe(10);
    expect(areaTo(curve, 99)).toBe(20);
    expect(areaReached(curve, 10)).toBeCloseTo(10);
    expect(areaReached(curve, 15)).toBeCloseTo(20 - Math.sqrt(50));
    expect(areaReached(curve, 21)).toBeNull();
    for (const area of [1, 7, 13, 19.5]) expect(areaTo(curve, areaReached(curve, area) ?? 0)).toBeCloseTo(area);
  });
});

describe('a driven value', () => {
  it('is what the curve says, and others follow later by less', () => {
    expect(at([run], 5).z).toBeCloseTo(25, 2);
    expect(at([run], 10).z).toBeCloseTo(30, 2);
    // ten of its own, and half of what A had risen two minutes before
    expect(at([run], 12, 'B').z).toBeCloseTo(15, 2);
  });

  it('is not moved a second time by the rain; one that no scenario leads is', () => {
    expect(at([run], 20, 'B').z).toBeLessThan(12);
    expect(at([run], 20, 'C').z).toBeGreaterThan(28);
  });

  it('eases in and out, and is its own again at the end', () => {
    expect(at([run], -2.5).z).toBeCloseTo(15, 1);
    expect(at([run], 22.5).z).toBeCloseTo(15, 1);
    expect(at([run], 30)).toEqual(at([], 30));
  });

  it('takes the codes of their minutes', () => {
    expect([0, 6, 9, 13].map((minute) => at([run], minute).s)).toEqual(['0', '7', '9', '0']);
  });
});

describe('rain', () => {
  it('falls as its curve says, also over an hour', () => {
    // 20 mm in 20 minutes at the place of all assets, 30 minutes of it in the sum
    expect(at([run], 20, 'C').z).toBeCloseTo(30, 1);
    expect(at([run], 10, 'C').z).toBeCloseTo(20, 1);
    expect(at([run], 55, 'C').z).toBeCloseTo(10, 1);
  });
});

describe('occurrences', () => {
  const all = (runs: Run[], from = -11, to = 120) =>
    simulate(runs)
      .between(NOON + from * MINUTE, NOON + to * MINUTE)
      .filter(({ source }) => source === 'water/warning')
      .map(({ due, payload }) => ({ minute: (due - NOON) / MINUTE, ...JSON.parse(String(payload)) }));

  it('go through the stages of the story, with its picks and its words', () => {
    const chain = all([run]).filter(({ what }) => what === 'much rain');
    expect(chain.map(({ minute, stage, colour }) => [minute, stage, colour])).toEqual([
      [-10, 'issue', 'blue'],
      [5, 'raise', 'orange'],
      [50, 'cancel', ''],
    ]);
    expect(new Set(chain.map(({ id }) => id)).size).toBe(1);
    expect(chain[0].at).toBe('B');
  });

  it('begin as often as the rate says', () => {
    const begun = all([run]).filter(({ stage, what }) => stage === 'issue' && what !== 'much rain');
    expect(begun).toHaveLength(10);
    expect(begun.every(({ minute }) => minute > 0 && minute < 20)).toBe(true);
    expect(new Set(begun.map(({ id }) => id)).size).toBe(10);
  });

  it('end when the story is stopped, and nothing begins any more', () => {
    const stopped = all([{ ...run, stopped: NOON + 8 * MINUTE }]);
    expect(stopped.every(({ minute }) => minute <= 8)).toBe(true);
    expect(stopped.filter(({ what }) => what === 'much rain').map(({ stage }) => stage)).toEqual([
      'issue',
      'raise',
      'cancel',
    ]);
    const last = new Map(stopped.map(({ id, stage }) => [id, stage]));
    expect(new Set(last.values())).toEqual(new Set(['cancel']));
  });

  it('are told as they stand where a story is jumped into', () => {
    const jumped = { ...run, start: NOON - 6 * MINUTE, opened: NOON, n: 2 };
    const first = all([jumped], -0.1, 0.001);
    expect(first.filter(({ what }) => what === 'much rain').map(({ stage }) => stage)).toEqual(['issue', 'raise']);
    expect(all([jumped], 0.001, 10).filter(({ what }) => what === 'much rain')).toEqual([]);
  });
});

describe('a run', () => {
  it('stands still while it is paused', () => {
    const paused: Run = { ...run, pauses: [[NOON + 5 * MINUTE, NOON + 9 * MINUTE]] };
    expect([4, 5, 7, 9, 10].map((minute) => storyMinute(paused, NOON + minute * MINUTE))).toEqual([4, 5, 5, 5, 6]);
    expect(momentOf(paused, 4)).toBe(NOON + 4 * MINUTE);
    expect(momentOf(paused, 6)).toBe(NOON + 10 * MINUTE);
    expect(momentOf({ ...run, pauses: [[NOON, null]] }, 6)).toBeNull();
    expect(at([{ ...run, pauses: [[NOON + 10 * MINUTE, null]] }], 40).z).toBeCloseTo(30, 1);
  });

  it('fades in where it is jumped into, and out where it is stopped', () => {
    const jumped: Run = { ...run, opened: NOON, fade: { in: 1000, out: 2000 }, stopped: NOON + 10_000 };
    expect([0, 500, 1000, 10_000, 11_000, 12_000].map((ms) => strengthOf(jumped, spec, NOON + ms))).toEqual([
      0, 0.5, 1, 1, 0.5, 0,
    ]);
  });

  it('tells the same to whoever asks, in whatever slices', () => {
    const one = simulate([run]);
    const other = simulate([run]);
    const whole = one.between(NOON, NOON + 10 * MINUTE);
    const sliced = Array.from({ length: 20 }, (_, i) =>
      other.between(NOON + i * 30_000, NOON + (i + 1) * 30_000),
    ).flat();
    const key = ({ due, topic, payload }: SimulatedMessage) => `${due} ${topic} ${payload}`;
    expect(sliced.map(key).sort()).toEqual(whole.map(key).sort());
  });

  it('of a scenario that is gone tells nothing', () => {
    expect(createSimulation([pack], { seed: 1, scenario: { rain: 0 }, runs: [run] }).opening(NOON, false)).toEqual(
      simulate([]).opening(NOON, false),
    );
  });
});

describe('at speed', () => {
  it('a speaker speaks no more often than the pace, and each of them still does', () => {
    const city = simulate([]);
    const slow = city.between(NOON, NOON + 10 * MINUTE, 60_000);
    expect(slow.filter(({ topic }) => topic === 'level/A')).toHaveLength(10);
    expect(new Set(slow.map(({ topic }) => topic)).size).toBe(3);
    const moments = new Set(slow.map(({ due }) => due % 60_000));
    expect(moments.size).toBe(3);
  });
});
