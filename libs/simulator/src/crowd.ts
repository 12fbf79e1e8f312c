import type { Asset } from '@citywall/model';
import type { SimulatorSpec, SimulatorStream } from '@citywall/pack-schema';
import type { SimulatedPack } from './simulation.js';
import { compileTemplate } from './template.js';
import { zoneOf } from './time.js';

/** How large a crowd is to be. */
export interface Scale {
  /** in all packs together */
  assets?: number;
  /** values a second, of all assets together */
  rate?: number;
}

const UTC = zoneOf('+00:00');

/** The assets that simulator.yaml makes up by number, in their order. */
export function crowdOf(system: string, { crowd = [] }: SimulatorSpec): Asset[] {
  return crowd.flatMap(({ type, count, key, lots }) => {
    const keyOf = compileTemplate(key);
    return Array.from({ length: count }, (_, i): Asset => {
      const own = keyOf({ at: 0, zone: UTC, get: (path) => (path === 'n' ? i + 1 : undefined) });
      const lot = String(Math.floor(i / lots));
      const id = `${system}/${type}/${own}`;
      return {
        id,
        system,
        type,
        key: own,
        name: own,
        place: null,
        inService: true,
        attributes: { lot },
        declared: false,
      };
    });
  });
}

/**
 * The packs that have a crowd, with so many assets in it and so many values a second; their shares stay what they are.
 * Other packs are left out.
 */
export function scaledPacks<P extends SimulatedPack>(packs: readonly P[], { assets, rate }: Scale): P[] {
  const crowded = packs.filter((pack) => (pack.simulator?.crowd ?? []).length > 0);
  const grown = assets === undefined ? 1 : assets / sum(crowded, (simulator) => crowdSize(simulator));
  const larger = crowded.map((pack) =>
    withSimulator(pack, (simulator) => ({
      ...simulator,
      crowd: (simulator.crowd ?? []).map((one) => ({ ...one, count: Math.max(Math.round(one.count * grown), 1) })),
    })),
  );
  if (rate === undefined) return larger;
  const slower = sum(larger, valuesASecond) / rate;
  return larger.map((pack) =>
    withSimulator(pack, (simulator) => ({
      ...simulator,
      streams: simulator.streams.map((stream) => ({
        ...stream,
        every: Math.max(Math.round(stream.every * slower), 1),
      })),
    })),
  );
}

/** Values its crowd tells a second. */
export function valuesASecond({ crowd = [], streams }: SimulatorSpec): number {
  const count = (type: string) => crowd.reduce((all, one) => all + (one.type === type ? one.count : 0), 0);
  const told = ({ of, values, every }: SimulatorStream) => (count(of) * Object.keys(values).length * 1000) / every;
  return streams.reduce((all, stream) => all + told(stream), 0);
}

const crowdSize = ({ crowd = [] }: SimulatorSpec) => crowd.reduce((all, { count }) => all + count, 0);

function sum(packs: readonly SimulatedPack[], of: (simulator: SimulatorSpec) => number): number {
  return packs.reduce((all, { simulator }) => all + (simulator === null ? 0 : of(simulator)), 0);
}

function withSimulator<P extends SimulatedPack>(pack: P, change: (simulator: SimulatorSpec) => SimulatorSpec): P {
  return pack.simulator === null ? pack : { ...pack, simulator: change(pack.simulator) };
}
