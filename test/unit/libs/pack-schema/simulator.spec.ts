import { describe, expect, it } from '@jest/globals';
import { simulatorFile, simulatorStream } from '../../../../libs/pack-schema/src/files/simulator.js';

const stream = {
  id: 'level',
  of: 'reservoir',
  topic: 'w/{key}',
  every: '10s',
  values: { level: [{ attribute: 'floodLimit' }, { noise: 0.1 }] },
  payload: { json: { z: '{value.level}', n: { $: 'value.level' } } },
};
const problems = (change: Record<string, unknown>) => {
  const result = simulatorStream.safeParse({ ...stream, ...change });
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};

describe('simulator.yaml', () => {
  it('fills in what is not said', () => {
    expect(simulatorStream.parse(stream)).toMatchObject({
      qos: 0,
      retain: false,
      every: 10_000,
      values: { level: { sum: [{ attribute: 'floodLimit' }, { noise: 0.1 }], decimals: 1 } },
    });
    expect(simulatorFile.parse({})).toEqual({ streams: [], lives: [] });
  });

  it('finds a placeholder and a `from` that name no value, in text, typed, bytes and topic', () => {
    expect(problems({ payload: { json: { z: 'at {value.lvel} m' } } })).toEqual([
      'payload: nothing under values is called "lvel"',
    ]);
    expect(problems({ payload: { json: { z: { $: 'value.x' } } } })).toHaveLength(1);
    expect(problems({ payload: { json: { $bytes: [['u8', 'value.y']] } } })).toHaveLength(1);
    expect(problems({ topic: 'w/{value.z}' })).toHaveLength(1);
    expect(problems({ values: { free: [{ from: 'level' }], level: [{ constant: 1 }] } })).toEqual([
      'values.free.sum.0.from: no value before this one is called "level"',
    ]);
  });

  it('a term is exactly one model', () => {
    expect(problems({ values: { level: { sum: [{ scale: 2 }] } } })).not.toEqual([]);
    expect(problems({ values: { level: { sum: [{ constant: 1, noise: 2 }] } } })).not.toEqual([]);
    expect(problems({ values: { level: { sum: [] } } })).not.toEqual([]);
  });

  it('refuses a line that runs all night and is none, and a point that is the one before', () => {
    const east = [
      [107.3, 30.3],
      [107.4, 30.3],
    ];
    const moves = { by: 'line', speed: [20, 30], lines: { east }, hours: ['06:00', '22:30'], allNight: ['east'] };
    expect(problems({ moves })).toEqual([]);
    expect(problems({ moves: { ...moves, allNight: ['east', 'west'] } })).toEqual([
      'moves.allNight.1: no line is called "west"',
    ]);
    expect(problems({ moves: { ...moves, lines: { east: [...east, east[1]] } } })).toEqual([
      'moves.lines.east.2: this point is the one before',
    ]);
  });

  it('refuses paces of nothing and keys it does not know', () => {
    expect(problems({ every: 0 })).not.toEqual([]);
    expect(problems({ evry: '5s' })).not.toEqual([]);
    expect(problems({ qos: 3 })).not.toEqual([]);
  });
});
