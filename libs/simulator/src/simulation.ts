import type { Pack, SimulatorLife, SimulatorStream } from '@citywall/pack-schema';
import { crowdOf } from './crowd.js';
import { createDelivery, type Sender } from './faults/delivery.js';
import { createFaults, type Fault, isOf, NO_FAULTS } from './faults/faults.js';
import { createLives } from './lives.js';
import { seedOf } from './random.js';
import { withStorms } from './scenario/rain.js';
import { createStory, type Running } from './scenario/story.js';
import type { SimulatedMessage, Simulation, SimulationOptions } from './simulation.types.js';
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
  const faults = options.faults ?? [];
  const real = options.stamp ?? ((moment: number) => moment);
  const running = runningOf(options);
  const { weather, calm } = withStorms(createWeather({ seed, bbox: boxOf(packs), rain: scenario.rain ?? 1 }), running);
  const story = createStory(running, seed);
  const senders: Sender[] = packs.flatMap((pack) => {
    if (pack.simulator === null) return [];
    const city = { seed, zone: zoneOf(pack.zone), weather, calm, story };
    const assets = [...pack.assets, ...crowdOf(pack.id, pack.simulator)];
    const context = { system: pack.id, assets, city, running, real };
    return [
      ...pack.simulator.streams.map((spec) => senderOf(spec, context, faults)),
      ...pack.simulator.lives.map((spec) => senderOf(spec, context, faults)),
    ];
  });
  const delivery = createDelivery(faults, seed);
  const byDue = (a: SimulatedMessage, b: SimulatedMessage) => a.due - b.due;
  const told = (tell: (stream: Stream) => SimulatedMessage[]): SimulatedMessage[] =>
    senders.flatMap((sender) =>
      faults.length === 0 ? tell(sender.stream) : delivery.meet(sender, tell(sender.stream)),
    );

  return {
    opening(at, past = true) {
      const all = told((stream) => stream.opening(at, past)).sort(byDue);
      // how everything stands comes first, or the picture would stay empty as long as the past is told
      const now = all.filter((message) => message.due === at);
      return [...now, ...all.filter((message) => message.due !== at)];
    },
    between(from, to, pace) {
      const told = senders.flatMap((sender) =>
        faults.length === 0 ? sender.stream.between(from, to, pace) : delivery.between(sender, from, to, pace),
      );
      return told.sort(byDue);
    },
    leap: (from, to) =>
      told((stream) => [...(stream.skip?.(from, to) ?? []), ...stream.opening(to, false)]).sort(byDue),
  };
}

type City = Omit<StreamContext, 'stamp' | 'faults'> & { real(moment: number): number };
type Spec = SimulatorStream | SimulatorLife;

/** A stream or life with the faults that concern it. */
function senderOf(spec: Spec, city: City, faults: readonly Fault[]): Sender {
  const source = `${city.system}/${spec.id}`;
  const own = faults.filter((fault) => isOf(fault, source));
  const make = (of: Spec, list: readonly Fault[], assets = city.assets): Stream => {
    const met = list.length === 0 ? NO_FAULTS : createFaults(list, city.city.seed);
    const stamp: StreamContext['stamp'] = (moment, _source, key) => city.real(moment) + met.offset(source, key, moment);
    const context = { ...city, assets, stamp, faults: met };
    return 'stages' in of ? createLives(of, context) : createStream(of, context);
  };
  const dies = 'sparkplug' in spec.payload;
  return {
    source,
    stream: make(spec, own),
    dies,
    held(fault, pace) {
      const others = own.filter((other) => other !== fault);
      const [from, to] = [fault.from - 1, fault.until - 1];
      if ('stages' in spec || dies) return make(spec, others).between(from, to, pace);
      const assets = city.assets.filter(({ key }) => fault.assets?.includes(key) ?? true);
      // a station that writes tables sends what it kept as the rows of one
      const count = Math.floor((to - from) / spec.every);
      const table = 'lines' in spec.payload && spec.by === undefined && count > 1;
      if (!table) return make(spec, others, assets).between(from, to, pace);
      const kept = { ...spec, history: { count, every: spec.every } };
      return make(kept, others, assets).between(Math.max(from, to - spec.every), to);
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

/** The box around everything that has a place; without any, a box around nothing in particular. */
function boxOf(packs: readonly SimulatedPack[]): [number, number, number, number] {
  const places = packs.flatMap((pack) => pack.assets.flatMap((asset) => (asset.place === null ? [] : [asset.place])));
  if (places.length === 0) return [107, 30, 108, 31];
  const lons = places.map((place) => place.lon);
  const lats = places.map((place) => place.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
