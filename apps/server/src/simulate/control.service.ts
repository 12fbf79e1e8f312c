import type { ScenarioSpec } from '@citywall/pack-schema';
import {
  activeRun,
  applyCommand,
  initialState,
  type SimulatorCommand,
  type SimulatorState,
  zeroOf,
} from '@citywall/simulator';
import type { ControlStore, SimulatorGlance } from './control.types.js';

/** Of several who command at once each tries again so often. */
const TRIES = 8;
export const DEFAULT_SEED = 'citywall';

/** The simulator's state, changed by commands. Used by whoever commands it and by the publisher itself. */
export class SimulatorControl {
  constructor(
    private readonly store: ControlStore,
    private readonly scenarios: () => readonly ScenarioSpec[],
    private readonly now: () => number = Date.now,
    private readonly seed: string = DEFAULT_SEED,
  ) {}

  /** As it is now; a first one where nobody has written any. */
  async state(): Promise<SimulatorState> {
    return (await this.store.read()) ?? initialState(this.now(), this.seed);
  }

  /** @throws ControlError where it can't be carried out as things stand */
  command(command: SimulatorCommand): Promise<SimulatorState> {
    return this.change((state) => applyCommand(state, command, this.scenarios(), this.now()));
  }

  /** Changes the state by a function of it; called again where somebody else was first. The same state writes nothing. */
  async change(by: (state: SimulatorState) => SimulatorState): Promise<SimulatorState> {
    for (let left = TRIES; left > 0; left -= 1) {
      const kept = await this.store.read();
      const before = kept ?? initialState(this.now(), this.seed);
      const after = by(before);
      if (after === before && kept !== null) return before;
      if (await this.store.write(after, kept === null ? null : kept.revision, this.glance(after))) return after;
    }
    throw new Error('the state of the simulator is changed by others all the time');
  }

  private glance(state: SimulatorState): SimulatorGlance {
    const active = activeRun(state, this.scenarios(), this.now());
    return {
      speed: state.paused ? 1 : state.speed,
      scenario: active?.spec.id ?? '',
      startedAt: active === undefined ? 0 : zeroOf(state, active.run),
    };
  }
}
