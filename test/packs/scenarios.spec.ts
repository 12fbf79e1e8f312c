import { compileFeeds, type FeedResult } from '@citywall/mapping';
import { applyCommand, createSimulation, initialState, momentOf, type Simulation } from '@citywall/simulator';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { compileOptions } from '../../apps/server/src/packs/compile.js';
import { packs } from '../support/builtin-packs.js';

/** Scenarios of the city against its own feeds: what they make the platforms say must be understood, and tell the story. */
const NOON = Date.parse('2026-07-09T14:00:00+08:00');
const MINUTE = 60_000;
const scenarios = packs.flatMap((pack) => pack.scenarios);
const encoder = new TextEncoder();
const feeds = new Map(packs.map((pack) => [pack.id, compileFeeds(pack.feeds, compileOptions(pack))]));

/** A run of a scenario with its T0 at two in the afternoon of a summer's day. */
function played(id: string, of = packs) {
  const from = scenarios.find((scenario) => scenario.id === id)?.from ?? 0;
  const begin = NOON + from * MINUTE;
  const state = applyCommand(initialState(begin, 'citywall'), { kind: 'start', scenario: id }, scenarios, begin);
  const simulation = createSimulation(of, { seed: 'citywall', scenarios, runs: state.runs });
  return { run: state.runs[0]!, simulation, begin };
}

function understood(
  simulation: Simulation,
  from: number,
  to: number,
  pace = 0,
): { source: string; result: FeedResult }[] {
  return simulation.between(from, to, pace).flatMap((message) => {
    const [system = ''] = message.source.split('/');
    const results = feeds.get(system)?.map({
      topic: message.topic,
      payload: typeof message.payload === 'string' ? encoder.encode(message.payload) : message.payload,
      receivedAt: message.due,
      retained: false,
      origin: 'simulated',
    });
    return (results ?? []).map((result) => ({ source: message.source, result }));
  });
}

describe.each(scenarios.map(({ id }) => id))('%s', (id) => {
  it('everything it makes the platforms say is understood', () => {
    const { simulation, begin, run } = played(id);
    const end = momentOf(run, scenarios.find((one) => one.id === id)!.until)!;
    const wrong = understood(simulation, begin - 1, end, 4 * MINUTE).flatMap(({ source, result }) =>
      result.rejections.map((rejection) => `${source}: ${rejection.reason} ${rejection.detail}`),
    );
    expect([...new Set(wrong)]).toEqual([]);
  });
});

describe('rainstorm', () => {
  /** T+min, rain of 60 min mm, river m, reservoir m, depth cm, corridor km/h, county TPI: the story as it is told */
  const TABLE = [
    [0, 0.1, 418.62, 462.38, 0, 35, 1.3],
    [10, 1.5, 418.76, 462.38, 0, 35, 1.3],
    [20, 7.1, 419.23, 462.39, 1, 34, 1.4],
    [25, 13.9, 419.84, 462.4, 9, 32, 1.8],
    [30, 23.6, 420.74, 462.41, 24, 25, 3.0],
    [35, 34.2, 421.73, 462.44, 41, 12, 5.2],
    [40, 42.9, 422.44, 462.47, 50, 7, 6.0],
    [45, 48.5, 422.63, 462.51, 50, 7, 6.2],
    [50, 51.5, 422.34, 462.54, 43, 10, 5.7],
    [60, 57.5, 421.43, 462.6, 27, 14, 4.9],
    [70, 69.7, 421.65, 462.61, 30, 12, 5.3],
    [80, 72.0, 421.62, 462.61, 17, 25, 3.0],
    [90, 57.1, 420.64, 462.59, 0, 35, 1.3],
  ] as const;
  let latest: (minute: number, series: string) => number;

  beforeAll(() => {
    const water = packs.filter((pack) => pack.id === 'water' || pack.id === 'traffic');
    const { simulation, run } = played('rainstorm', water);
    const told = new Map<number, Map<string, number>>();
    const at = (minute: number) => {
      const known = told.get(minute);
      if (known !== undefined) return known;
      const values = new Map<string, number>();
      const moment = momentOf(run, minute) ?? Number.NaN;
      for (const { result } of understood(simulation, moment - MINUTE, moment)) {
        for (const { type, key, metric, value } of result.readings)
          values.set(`${type}/${key} ${metric}`, Number(value));
      }
      told.set(minute, values);
      return values;
    };
    latest = (minute, series) => at(minute).get(series) ?? Number.NaN;
  });

  it.each(TABLE)('T+%d is as the story says', (minute, rain, river, reservoir, depth, speed, tpi) => {
    expect(Math.abs(latest(minute, 'rain/60711302 rain1h') - rain)).toBeLessThan(2.5);
    expect(latest(minute, 'river/60711201 level')).toBeCloseTo(river, 0);
    expect(Math.abs(latest(minute, 'river/60711201 level') - river)).toBeLessThan(0.12);
    expect(Math.abs(latest(minute, 'reservoir/60711250 level') - reservoir)).toBeLessThan(0.03);
    expect(Math.abs(latest(minute, 'waterlogging/60711401 depth') - depth)).toBeLessThan(3.5);
    expect(Math.abs(latest(minute, 'segment/S0009 speed') - speed)).toBeLessThan(4);
    expect(Math.abs(latest(minute, 'network/county tpi') - tpi)).toBeLessThan(0.45);
  });
});
