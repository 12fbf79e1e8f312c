import { compileFeeds } from '@citywall/mapping';
import { simulatorStream } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import type { SimulatedMessage } from '../../../../libs/simulator/src/simulation.types.js';
import { createStream } from '../../../../libs/simulator/src/streams.js';
import { assetOf, cityOf, NOON } from './city.js';

const SECOND = 1000;
const MINUTE = 60_000;

const spec = {
  id: 'equipment',
  of: 'equipment',
  by: 'edge',
  topic: 'spBv1.0/YUNCHENG',
  every: '10s',
  values: {
    state: { choice: { 1: 3, 2: 1 }, dwell: '5m' },
    vib: { sum: [{ constant: 2 }, { noise: 0.5 }], decimals: 2 },
    temp: { sum: [{ constant: -5.5 }], decimals: 1 },
    power: { sum: [{ constant: 120 }], missing: { chance: 1 } },
  },
  payload: {
    sparkplug: {
      births: '5m',
      metrics: [
        { name: 'Status/State', type: 'Int32', value: 'value.state' },
        { name: 'Vibration/RMS', type: 'Float', value: 'value.vib' },
        { name: 'Temp', type: 'Int16', value: 'value.temp' },
        { name: 'Power', type: 'Double', value: 'value.power' },
        { name: 'Serial', type: 'String', value: 'key' },
        { name: 'Made', type: 'DateTime', value: 'time.unix_ms' },
        { name: 'Running', type: 'Boolean', value: 'value.state' },
      ],
    },
  },
};
const edgeOf: Record<string, string> = { E1: 'G1', E2: 'G1', E3: 'G1', E4: 'G2' };
const assets = Object.entries(edgeOf).map(([key, edge]) => assetOf(key, { edge }, 'equipment'));
const stream = createStream(simulatorStream.parse(spec), {
  system: 'industry',
  assets,
  city: cityOf(),
  stamp: (moment) => moment,
});

function understood(messages: SimulatedMessage[]) {
  const feeds = compileFeeds(
    [
      {
        id: 'device',
        topic: 'spBv1.0/{group}/{kind}/{node}/{device}',
        decode: 'sparkplug-b',
        each: 'metrics',
        let: { metric: { path: 'name', ops: ['slug'] } },
        asset: 'equipment/{device}',
        at: { path: 'at', as: 'unix_ms' },
        readings: [{ metric: '{metric}', path: 'value', optional: true }],
      },
      {
        id: 'node',
        topic: 'spBv1.0/{group}/{kind}/{node}',
        decode: 'sparkplug-b',
        each: 'metrics',
        let: { metric: { path: 'name', ops: ['slug'] } },
        asset: 'edge/{node}',
        at: { path: 'at', as: 'unix_ms' },
        readings: [{ metric: '{metric}', path: 'value', optional: true }],
      },
    ],
    { system: 'industry' },
  );
  return messages.map(({ topic, payload, due }) => {
    const [result] = feeds.map({
      topic,
      payload: payload as Uint8Array,
      receivedAt: due,
      retained: false,
      origin: 'simulated',
    });
    return { topic, due, result };
  });
}

describe('edge nodes', () => {
  const from = NOON + 1234;
  const told = [...stream.opening(from), ...stream.between(from, from + 11 * MINUTE)];

  it('births come first, the node before its devices', () => {
    expect(stream.opening(from).map(({ topic }) => topic)).toEqual([
      'spBv1.0/YUNCHENG/NBIRTH/G1',
      ...['E1', 'E2', 'E3'].map((device) => `spBv1.0/YUNCHENG/DBIRTH/G1/${device}`),
      'spBv1.0/YUNCHENG/NBIRTH/G2',
      'spBv1.0/YUNCHENG/DBIRTH/G2/E4',
    ]);
    expect(told.every(({ retain, qos }) => !retain && qos === 0)).toBe(true);
  });

  it('is understood whole: no number is missing, every alias was born', () => {
    const results = understood(told);
    expect(results.flatMap(({ result }) => result?.rejections ?? [])).toEqual([]);
    const kinds = results.map(({ topic }) => topic.split('/')[2]);
    expect(kinds.filter((kind) => kind === 'NBIRTH').length).toBeGreaterThanOrEqual(6);
    expect(kinds.filter((kind) => kind === 'DDATA').length).toBeGreaterThan(200);
  });

  it('says values in their types, at their time', () => {
    const last = understood(told).findLast(({ topic }) => topic.endsWith('DDATA/G1/E2'));
    const readings = Object.fromEntries((last?.result?.readings ?? []).map((reading) => [reading.metric, reading]));
    expect(readings.Temp?.value).toBe(-5);
    expect(readings.Serial?.value).toBe('E2');
    expect(readings.Made?.value).toBe(last?.due);
    expect(readings['Vibration-RMS']?.value).toBeCloseTo(2, 0);
    expect([1, 2]).toContain(readings['Status-State']?.value);
    expect(readings.Power).toBeUndefined();
    expect(readings.Temp?.at).toBe(last?.due);
  });

  it('data name no metric: a listener who missed the births is told so', () => {
    const data = stream.between(from, from + 20 * SECOND).filter(({ topic }) => topic.includes('DDATA'));
    const [first] = understood(data);
    expect(first?.result?.readings).toEqual([]);
    expect(first?.result?.rejections[0]?.detail).toMatch(/alias/);
  });

  it('at speed tells births alone; when it is slow again one gap a node is told, and no alias is unknown', () => {
    const fast = stream.between(from, from + 4 * MINUTE, 30 * SECOND);
    const slow = stream.between(from + 4 * MINUTE, from + 7 * MINUTE);
    expect(fast.every(({ topic }) => topic.includes('BIRTH'))).toBe(true);
    expect(fast.filter(({ topic }) => topic.endsWith('NBIRTH/G1'))).toHaveLength(8);
    const details = understood([...stream.opening(from), ...fast, ...slow]).flatMap(
      ({ result }) => result?.rejections.map(({ detail }) => detail) ?? [],
    );
    expect(details.length).toBeLessThanOrEqual(2);
    expect(details.filter((detail) => !/^seq \d+ comes after/.test(detail))).toEqual([]);
  });

  it('the same moment gives the same bytes', () => {
    expect(stream.between(from + MINUTE, from + 2 * MINUTE)).toEqual(
      told.filter(({ due }) => due > from + MINUTE && due <= from + 2 * MINUTE),
    );
  });
});

describe('in simulator.yaml', () => {
  it.each([
    [{ ...spec, by: undefined }, 'needs `by`'],
    [{ ...spec, retain: true }, 'never retained'],
    [{ ...spec, backfill: { over: '1h', every: '5m' } }, 'tells no past'],
  ])('says what Sparkplug does not have', (wrong, message) => {
    const told = simulatorStream.safeParse(JSON.parse(JSON.stringify(wrong)));
    expect(told.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });
});
