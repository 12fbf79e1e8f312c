import type { ScenarioSpec } from '@citywall/pack-schema';
import type { Fault } from './faults/faults.js';
import type { Run } from './scenario/run.js';

/** A message as the simulated platform publishes it. */
export interface SimulatedMessage {
  /** simulated moment it is due, Unix ms */
  due: number;
  topic: string;
  /** text is UTF-8; empty: clears what the broker kept for the topic */
  payload: string | Uint8Array;
  qos: 0 | 1 | 2;
  retain: boolean;
  /** `system/stream` or `system/life` it belongs to */
  source: string;
  /** keys of the assets it tells of */
  keys?: readonly string[];
  /** a burst repeats it as it is: what it tells can't be told more often */
  repeats?: true;
}

/** How the day goes, apart from what runs (`runs`). */
export interface Scenario {
  /** factor on all rain: 1 passing showers, 0 dry, 3 a downpour; default 1 */
  rain?: number;
}

export interface SimulationOptions {
  /** scenarios of the city's pack; those of `runs` must be among them */
  scenarios?: readonly ScenarioSpec[];
  /** what runs and what ran, oldest first */
  runs?: readonly Run[];
  /** any text or number: the same seed gives the same city */
  seed: string | number;
  scenario?: Scenario;
  /** what goes wrong on purpose, in the order it is done */
  faults?: readonly Fault[];
  /** measured time a payload says for a simulated moment; default the moment itself (see `simulatedClock`) */
  stamp?: (moment: number) => number;
}

/** A simulated city. Holds no state: the same questions give the same messages. */
export interface Simulation {
  /** Every asset once, and everything under way, as it stands at `at`: the newest of each first, then the past (unless `past` is false). */
  opening(at: number, past?: boolean): SimulatedMessage[];
  /**
   * Messages due in (from, to], in order.
   * @param pace least ms between two messages of one speaker @default 0
   */
  between(from: number, to: number, pace?: number): SimulatedMessage[];
  /** After a leap of the clock: how everything stands at `to`, and what was under way at `from`. */
  leap(from: number, to: number): SimulatedMessage[];
}
