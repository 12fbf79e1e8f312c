import type { Pack } from '@citywall/pack-schema';
import { createLives } from './lives.js';
import { seedOf } from './random.js';
import { withStorms } from './scenario/rain.js';
import { createStory, type Running } from './scenario/story.js';
import type { Fault, SimulatedMessage, Simulation, SimulationOptions } from './simulation.types.js';
import { createStream, type Stream, type StreamContext } from './streams.js';
import { zoneOf } from './time.js';
import { createWeather } from './weather.js';

/** What of a pack is simulated. */
export type SimulatedPack = Pick<Pack, 'id' | 'zone' | 'assets' | 'simulator'>;

/**
 * The city the packs' simulator.yaml describe, as their platforms would tell of it. Packs without one are silent.
 * Throws TemplateError or TypeError for a simulator.yaml that can't be filled (`check` finds it before).
 */
export function createSimulation(packs: readonly SimulatedPack[], options: SimulationOptions): Simulation {
  const seed = seedOf(`citywall ${options.seed}`);
  const scenario = options.scenario ?? {};
  const faults = scenario.faults ?? [];
  const real = options.stamp ?? ((moment: number) => moment);
  const stamp = (moment: number, source: string) => {
    const wrong = faults.find((fault) => fault.kind === 'clock' && holds(fault, source, moment));
    return real(moment) + (wrong?.by ?? 0);
  };
  const running = runningOf(options);
  const { weather, calm } = withStorms(createWeather({ seed, bbox: boxOf(packs), rain: scenario.rain ?? 1 }), running);
  const story = createStory(running, seed);
  const streams: Stream[] = packs.flatMap((pack) => {
    if (pack.simulator === null) return [];
    const city = { seed, zone: zoneOf(pack.zone), weather, calm, story };
    const context: StreamContext = { system: pack.id, assets: pack.assets, city, stamp, running };
    return [
      ...pack.simulator.streams.map((stream) => createStream(stream, context)),
      ...pack.simulator.lives.map((life) => createLives(life, context)),
    ];
  });
  const byDue = (a: SimulatedMessage, b: SimulatedMessage) => a.due - b.due;
  const faulty = (messages: SimulatedMessage[]) =>
    faults.length === 0 ? messages : messages.flatMap((message) => withFaults(message, faults));

  return {
    opening(at, past = true) {
      const all = streams.flatMap((stream) => stream.opening(at, past)).sort(byDue);
      // how everything stands comes first, or the picture would stay empty as long as the past is told
      const now = all.filter((message) => message.due === at);
      return faulty([...now, ...all.filter((message) => message.due !== at)]);
    },
    between: (from, to, pace) => faulty(streams.flatMap((stream) => stream.between(from, to, pace)).sort(byDue)),
    leap(from, to) {
      const now = streams.flatMap((stream) => [...(stream.skip?.(from, to) ?? []), ...stream.opening(to, false)]);
      return faulty(now.sort(byDue));
    },
  };
}

/** Runs of scenarios that are not known (any more) tell nothing. */
function runningOf({ scenarios = [], runs = [] }: SimulationOptions): Running[] {
  return runs.flatMap((run) => {
    const spec = scenarios.find(({ id }) => id === run.scenario);
    return spec === undefined ? [] : [{ run, spec }];
  });
}

function holds(fault: Fault, source: string, moment: number): boolean {
  const concerns = source === fault.source || source.startsWith(`${fault.source}/`);
  return concerns && moment >= fault.from && moment < fault.until;
}

function withFaults(message: SimulatedMessage, faults: readonly Fault[]): SimulatedMessage[] {
  for (const fault of faults) {
    if (!holds(fault, message.source, message.due)) continue;
    if (fault.kind === 'silence') return [];
    if (fault.kind === 'garbage') {
      return [{ ...message, payload: message.payload.slice(0, Math.ceil(message.payload.length * 0.6)) }];
    }
  }
  return [message];
}

/** The box around everything that has a place; without any, a box around nothing in particular. */
function boxOf(packs: readonly SimulatedPack[]): [number, number, number, number] {
  const places = packs.flatMap((pack) => pack.assets.flatMap((asset) => (asset.place === null ? [] : [asset.place])));
  if (places.length === 0) return [107, 30, 108, 31];
  const lons = places.map((place) => place.lon);
  const lats = places.map((place) => place.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
