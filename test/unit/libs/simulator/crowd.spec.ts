import { describe, expect, it } from '@jest/globals';
import { simulatorFile } from '../../../../libs/pack-schema/src/files/simulator.js';
import { crowdOf, scaledPacks, valuesASecond } from '../../../../libs/simulator/src/crowd.js';
import { createSimulation, type SimulatedPack } from '../../../../libs/simulator/src/simulation.js';
import { NOON } from './city.js';

const simulator = simulatorFile.parse({
  crowd: [
    { type: 'meter', count: 100, key: 'M{n:4}' },
    { type: 'sensor', count: 40, key: 'S{n}', lots: 20 },
  ],
  streams: [
    {
      id: 'meter',
      of: 'meter',
      topic: 'm/{key}',
      every: '10s',
      values: { a: [{ constant: 1 }], b: [{ constant: 2 }] },
      payload: { json: { a: { $: 'value.a' } } },
    },
    {
      id: 'sensor',
      of: 'sensor',
      by: 'lot',
      topic: 's/{group}',
      every: '20s',
      values: { a: [{ constant: 1 }] },
      payload: { json: { $each: '{key}' } },
    },
  ],
});
const pack: SimulatedPack = { id: 'scale', zone: 'Asia/Shanghai', assets: [], simulator };
const other: SimulatedPack = { ...pack, id: 'water', simulator: simulatorFile.parse({}) };

describe('a crowd', () => {
  it('has assets by number, in lots, that nobody declared', () => {
    const crowd = crowdOf('scale', simulator);
    expect(crowd).toHaveLength(140);
    expect(crowd[9]).toMatchObject({ id: 'scale/meter/M0010', attributes: { lot: '0' }, declared: false, place: null });
    expect(crowd.at(-1)).toMatchObject({ key: 'S40', attributes: { lot: '1' } });
  });

  it('speaks like declared assets do', () => {
    const simulation = createSimulation([pack], { seed: 1 });
    expect(simulation.opening(NOON)).toHaveLength(102);
    expect(simulation.between(NOON, NOON + 60_000)).toHaveLength(600 + 6);
    expect(simulation.opening(NOON).find(({ topic }) => topic === 's/1')?.payload).toContain('"S21","S22"');
  });

  it('tells so many values a second', () => {
    expect(valuesASecond(simulator)).toBe(22);
  });
});

describe('another scale', () => {
  it('keeps the shares and leaves packs without a crowd out', () => {
    const [one, ...more] = scaledPacks([other, pack], { assets: 1400, rate: 110 });
    expect(more).toEqual([]);
    expect(one?.simulator?.crowd?.map(({ count }) => count)).toEqual([1000, 400]);
    expect(one?.simulator === null || one === undefined ? 0 : valuesASecond(one.simulator)).toBeCloseTo(110, 0);
    const told = createSimulation([one as SimulatedPack], { seed: 1 }).between(NOON, NOON + 20_000);
    expect(told.length).toBe(1000 + 10);
  });

  it('is the declared one where nothing is said', () => {
    expect(scaledPacks([pack], {})).toEqual([pack]);
    const [small] = scaledPacks([pack], { assets: 2 });
    expect(small?.simulator?.crowd?.map(({ count }) => count)).toEqual([1, 1]);
  });
});
