import { faultProblems, type Pack } from '@citywall/pack-schema';
import {
  activeRun,
  ControlError,
  type ControlReason,
  isOn,
  momentAt,
  partsOf,
  realOf,
  type SimulatorCommand,
  type SimulatorState,
  zeroOf,
} from '@citywall/simulator';
import type { z } from 'zod';
import { Problem, type ProblemReason } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import type { simulator } from '../api/schemas/simulator.js';
import type { SimulatorControl } from './control.service.js';
import { type ControlStore, SILENT_AFTER } from './control.types.js';

export type SimulatorView = z.input<typeof simulator>;

/** Which answer a refused command gets. */
const REASONS: Record<ControlReason, ProblemReason> = {
  'no-scenario': 'invalid-parameter',
  'nothing-runs': 'conflict',
  outside: 'invalid-parameter',
  speed: 'invalid-parameter',
  'not-paused': 'conflict',
  paused: 'conflict',
  'no-fault': 'not-found',
  faults: 'conflict',
};

/** What people see of the simulator, and their commands to it. The publisher may be another process. */
export class SimulatorService {
  constructor(
    private readonly packs: { all(): readonly Pack[] },
    private readonly store: ControlStore,
    private readonly control: SimulatorControl,
    /** whether this CityWall shows a demonstration at all */
    private readonly demo: boolean,
    private readonly now: () => number = Date.now,
  ) {}

  async view(): Promise<SimulatorView> {
    this.required();
    return this.shown(await this.control.state());
  }

  /** @throws Problem where there is no demonstration, or the command can't be carried out as things stand */
  async command(command: SimulatorCommand): Promise<SimulatorView> {
    this.required();
    if (command.kind === 'fault') this.checkTarget(command.fault);
    try {
      return await this.shown(await this.control.command(command));
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      throw new Problem(REASONS[error.reason], error.message);
    }
  }

  private required(): void {
    if (!this.demo) {
      throw new Problem('conflict', 'this CityWall shows no demonstration, so nothing is simulated (CITYWALL_DEMO=1)');
    }
  }

  private checkTarget(fault: Extract<SimulatorCommand, { kind: 'fault' }>['fault']): void {
    const systems = new Map(this.packs.all().map((pack) => [pack.id, pack]));
    const [system = ''] = fault.of.split('/');
    const problems = systems.has(system)
      ? faultProblems(fault, systems)
      : [{ path: ['of'], message: `there is no system "${system}"` }];
    if (problems.length === 0) return;
    throw new Problem('invalid-parameter', problems.map(({ message }) => message).join('; '), {
      parameters: problems.map(({ path, message }) => ({
        name: ['fault', ...path].join('.'),
        in: 'body' as const,
        detail: message,
      })),
    });
  }

  private async shown(state: SimulatorState): Promise<SimulatorView> {
    const now = this.now();
    const report = await this.store.report();
    const lives = report !== null && now - report.at < SILENT_AFTER;
    const packs = this.packs.all();
    const names = new Map(packs.map((pack) => [pack.id, pack.name]));
    const scenarios = packs.flatMap((pack) => pack.scenarios);
    const active = activeRun(state, scenarios, now);
    const moment = momentAt(state.turns, now);
    return {
      publishing: lives,
      connected: lives && report.connected,
      speed: state.speed,
      paused: state.paused,
      seed: state.seed,
      at: iso(now),
      moment: iso(moment),
      story:
        active === undefined
          ? null
          : {
              scenario: active.spec.id,
              minute: Math.round(active.minute * 100) / 100,
              startedAt: iso(zeroOf(state, active.run)),
            },
      scenarios: scenarios.map((spec) => ({
        id: spec.id,
        name: spec.name,
        story: spec.story,
        from: spec.from,
        until: spec.until,
        marks: spec.marks,
        systems: partsOf(spec).map(({ system, parts }) => ({ id: system, name: names.get(system) ?? null, parts })),
        faults: spec.faults.map(({ from, until, fault }) => ({ from, until, kind: fault.kind, of: fault.of })),
      })),
      faults: state.faults
        .filter((one) => isOn(one, moment))
        .map(({ id, fault, from, until }) => ({
          id,
          kind: fault.kind,
          of: fault.of,
          assets: fault.assets ?? null,
          fault,
          since: iso(realOf(state.turns, from)),
          until: until === null ? null : iso(now + (until - moment) / (state.paused ? 1 : state.speed)),
        })),
      systems: packs.flatMap(({ id, name, simulator }) =>
        simulator === null
          ? []
          : [
              {
                id,
                name,
                rate: (lives && report.rates[id]) || 0,
                sources: [...simulator.streams, ...simulator.lives].map((one) => one.id),
              },
            ],
      ),
    };
  }
}
