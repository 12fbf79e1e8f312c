import type { Pack } from '@citywall/pack-schema';
import {
  createSimulation,
  type Scenario,
  type SimulatedClock,
  type SimulatedMessage,
  type Simulation,
  simulatedClock,
} from '@citywall/simulator';
import { Logger } from '@nestjs/common';
import type { Observable, Subscription } from 'rxjs';
import type { SimulatePublisher } from './simulate.gateway.js';

/** The part of the packs that is simulated. */
export interface SimulatedPacks {
  all(): readonly Pack[];
  readonly changes$: Observable<unknown>;
}

export interface SimulateOptions {
  /** @default 'citywall' */
  seed?: string | number;
  scenario?: Scenario;
  /** 1 to 60 times the real time @default 1 */
  speed?: number;
  /** ms between two looks at what is due @default 100 */
  tick?: number;
  /** Unix ms @default Date.now */
  now?: () => number;
}

/** Most messages under way; above it nothing more is said until the broker has caught up. */
const MOST_UNDER_WAY = 2000;
/** After a pause of the process at most so much is told late, ms. */
const LATEST = 10_000;
const OPENING_SLICE = 250;
/** Listeners of the same process subscribe while we connect; what is said before is lost to them, ms. */
const LEAD = 500;

/** Publishes the simulated city while it runs. `start` begins, `stop` ends; both may be called twice. */
export class SimulateService {
  private readonly log = new Logger('Simulate');
  private readonly now: () => number;
  private simulation: Simulation | undefined;
  private clock: SimulatedClock | undefined;
  private timer: NodeJS.Timeout | undefined;
  private changes: Subscription | undefined;
  /** first connection, Unix ms */
  private connectedAt: number | undefined;
  /** simulated moment up to which everything was said; undefined before the first connection */
  private told: number | undefined;
  private opening: SimulatedMessage[] = [];

  constructor(
    private readonly packs: SimulatedPacks,
    private readonly publisher: SimulatePublisher,
    private readonly options: SimulateOptions = {},
  ) {
    this.now = options.now ?? Date.now;
  }

  start(): void {
    if (this.timer !== undefined) return;
    this.clock = simulatedClock(this.now(), this.options.speed ?? 1);
    this.build();
    this.changes = this.packs.changes$.subscribe(() => this.build());
    this.publisher.open(() => {
      this.connectedAt ??= this.now();
    });
    this.timer = setInterval(() => this.tick(), this.options.tick ?? 100);
  }

  async stop(): Promise<void> {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.changes?.unsubscribe();
    await this.publisher.close();
  }

  /** A pack that can't be simulated must not silence the others. */
  private build(): void {
    const { clock } = this;
    if (clock === undefined) return;
    const good = this.packs.all().filter((pack) => {
      if (pack.simulator === null) return false;
      try {
        // the opening fills every placeholder once
        createSimulation([pack], { seed: 0 }).opening(this.now());
        return true;
      } catch (error) {
        this.log.error(`${pack.id} is not simulated: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      }
    });
    this.simulation = createSimulation(good, {
      seed: this.options.seed ?? 'citywall',
      stamp: clock.real,
      ...(this.options.scenario === undefined ? {} : { scenario: this.options.scenario }),
    });
    this.log.log(`simulating ${good.map((pack) => pack.id).join(', ') || 'nothing'}`);
  }

  /** After the first connection: how everything stands, and the past. Later connections go on with what is due. */
  private begin(simulation: Simulation, clock: SimulatedClock): void {
    if (this.connectedAt === undefined || this.now() < this.connectedAt + LEAD) return;
    this.told = clock.moment(this.now());
    this.opening = simulation.opening(this.told);
  }

  private tick(): void {
    const { simulation, clock, publisher } = this;
    if (simulation === undefined || clock === undefined) return;
    if (this.told === undefined) this.begin(simulation, clock);
    if (this.told === undefined) return;
    const told = this.told;
    const moment = clock.moment(this.now());
    if (!publisher.connected) {
      this.told = moment;
      return;
    }
    if (publisher.underWay > MOST_UNDER_WAY) return;
    if (this.opening.length > 0) {
      for (const message of this.opening.splice(0, OPENING_SLICE)) publisher.publish(message);
      return;
    }
    const from = Math.max(told, moment - LATEST * (this.options.speed ?? 1));
    if (moment <= from) return;
    for (const message of simulation.between(from, moment)) publisher.publish(message);
    this.told = moment;
  }
}
