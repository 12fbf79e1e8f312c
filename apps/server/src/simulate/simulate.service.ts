import type { Pack } from '@citywall/pack-schema';
import {
  createSimulation,
  faultsOf,
  finishedState,
  momentAt,
  realOf,
  resumedState,
  type SimulatedMessage,
  type Simulation,
  type SimulatorState,
  type Turn,
} from '@citywall/simulator';
import { Logger } from '@nestjs/common';
import type { Observable, Subscription } from 'rxjs';
import { SimulatorControl } from './control.service.js';
import type { ControlStore } from './control.types.js';
import { MemoryControlStore } from './memory-store.js';
import { Rates } from './rates.js';
import type { SimulatePublisher } from './simulate.gateway.js';

/** The part of the packs that is simulated. */
export interface SimulatedPacks {
  all(): readonly Pack[];
  readonly changes$: Observable<unknown>;
}

export interface SimulateOptions {
  /** seed of a city nobody has given another @default 'citywall' */
  seed?: string;
  /** 1 to 60, until somebody sets another @default 1 */
  speed?: number;
  /** at speed no asset speaks more often than this, real ms @default 2000 */
  pace?: number;
  /** ms between two looks at what is due @default 100 */
  tick?: number;
  /** Unix ms @default Date.now */
  now?: () => number;
}

/** Most messages under way; above it nothing more is said until the broker has caught up. */
const MOST_UNDER_WAY = 2000;
/** After a pause of the process at most so much is told late, real ms. */
const LATEST = 10_000;
/** Messages of the opening a tick, at least; a larger one is told within so many ticks. */
const OPENING_SLICE = 250;
const OPENING_TICKS = 100;
/** Listeners of the same process subscribe while we connect; what is said before is lost to them, ms. */
const LEAD = 500;
/** More often nobody could see it, and stamps have whole seconds. */
const PACE = 2_000;
const REPORT_EVERY = 1_000;
/** A missed word of a change is made good by looking, ms. */
const LOOK_EVERY = 2_000;

/**
 * Publishes the simulated city while it runs, and follows the state others change (`SimulatorControl`). `start` begins, `stop`
 * ends; both may be called twice. What it is told survives it: another process goes on where this one was.
 */
export class SimulateService {
  private readonly log = new Logger('Simulate');
  private readonly now: () => number;
  private readonly control: SimulatorControl;
  private readonly rates: Rates;
  private simulation: Simulation | undefined;
  private state: SimulatorState | undefined;
  private good: readonly Pack[] = [];
  private timers: NodeJS.Timeout[] = [];
  private changes: Subscription | undefined;
  private unfollow: (() => void) | undefined;
  /** first connection, Unix ms */
  private connectedAt: number | undefined;
  /** simulated moment up to which everything was said; undefined before the first connection */
  private told: number | undefined;
  /** it goes on where another process was: the past has been told */
  private resumed = false;
  private opening: SimulatedMessage[] = [];
  private slice = OPENING_SLICE;
  /** what was due and the broker has not taken yet */
  private due: SimulatedMessage[] = [];
  private following: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly packs: SimulatedPacks,
    private readonly publisher: SimulatePublisher,
    private readonly options: SimulateOptions = {},
    private readonly store: ControlStore = new MemoryControlStore(),
  ) {
    this.now = options.now ?? Date.now;
    this.rates = new Rates(this.now);
    this.control = new SimulatorControl(store, () => this.scenarios(), this.now, options.seed);
  }

  start(): void {
    if (this.timers.length > 0) return;
    this.stopped = false;
    this.check();
    this.changes = this.packs.changes$.subscribe(() => {
      this.check();
      this.build();
    });
    this.publisher.open(() => {
      this.connectedAt ??= this.now();
    });
    this.unfollow = this.store.onChange(() => void this.follow());
    void this.resume();
    this.timers = [
      setInterval(() => this.tick(), this.options.tick ?? 100),
      setInterval(() => void this.report(), REPORT_EVERY),
      setInterval(() => void this.follow(), LOOK_EVERY),
    ];
  }

  async stop(): Promise<void> {
    if (this.timers.length === 0) return;
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    this.unfollow?.();
    this.changes?.unsubscribe();
    await this.following;
    await this.report(true).catch(() => {});
    await this.publisher.close();
  }

  private scenarios() {
    return this.packs.all().flatMap((pack) => pack.scenarios);
  }

  /** A pack that can't be simulated must not silence the others. */
  private check(): void {
    const before = new Set(this.good);
    this.good = this.packs.all().filter((pack) => {
      if (pack.simulator === null) return false;
      if (before.has(pack)) return true;
      try {
        // the opening fills every placeholder once
        createSimulation([pack], { seed: 0 }).opening(this.now(), false);
        return true;
      } catch (error) {
        this.log.error(`${pack.id} is not simulated: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      }
    });
    this.log.log(`simulating ${this.good.map((pack) => pack.id).join(', ') || 'nothing'}`);
  }

  private build(): void {
    const { state } = this;
    if (state === undefined) return;
    this.simulation = createSimulation(this.good, {
      seed: state.seed,
      stamp: (moment) => realOf(this.state?.turns ?? state.turns, moment),
      scenarios: this.scenarios(),
      runs: state.runs,
      faults: faultsOf(state, this.scenarios()),
    });
  }

  /** Takes the kept state up where the last process left it. Without a store that answers it begins by itself. */
  private async resume(): Promise<void> {
    try {
      const report = await this.store.report();
      const told = report?.told == null ? null : { moment: report.told, at: report.at };
      this.resumed = told !== null && this.now() - told.at < 600_000;
      const { speed } = this.options;
      this.take(await this.control.change((state) => resumedState(state, told, this.scenarios(), this.now())));
      if (speed !== undefined && speed !== this.state?.speed)
        this.take(await this.control.command({ kind: 'set', speed }));
    } catch (error) {
      this.log.warn(`goes on without the kept state: ${error instanceof Error ? error.message : String(error)}`);
      this.take(await new SimulatorControl(new MemoryControlStore(), () => [], this.now, this.options.seed).state());
    }
  }

  /** Takes up what others changed. Overlapping calls are one. */
  private follow(): Promise<void> {
    this.following ??= (async () => {
      try {
        const kept = await this.store.read();
        if (kept !== null && this.state !== undefined && kept.revision !== this.state.revision) this.take(kept);
      } catch {
        // Redis is gone: the city goes on as it was told last
      } finally {
        this.following = undefined;
      }
    })();
    return this.following;
  }

  private take(state: SimulatorState): void {
    if (this.stopped) return;
    const before = this.state;
    this.state = state;
    const same =
      before !== undefined &&
      before.seed === state.seed &&
      JSON.stringify([before.runs, before.faults]) === JSON.stringify([state.runs, state.faults]) &&
      this.simulation !== undefined;
    if (!same) this.build();
  }

  /** After the first connection: how everything stands, and the past. Later connections go on with what is due. */
  private begin(simulation: Simulation, state: SimulatorState): void {
    if (this.connectedAt === undefined || this.now() < this.connectedAt + LEAD) return;
    this.told = momentAt(state.turns, this.now());
    this.opening = simulation.opening(this.told, !this.resumed);
    this.slice = Math.max(OPENING_SLICE, Math.ceil(this.opening.length / OPENING_TICKS));
  }

  private tick(): void {
    const { simulation, state, publisher } = this;
    if (simulation === undefined || state === undefined) return;
    if (this.told === undefined) this.begin(simulation, state);
    if (this.told === undefined) return;
    const moment = momentAt(state.turns, this.now());
    if (!publisher.connected) {
      this.told = Math.max(this.told, moment);
      this.due = [];
      return;
    }
    if (publisher.underWay > MOST_UNDER_WAY) return;
    if (this.opening.length > 0) {
      for (const message of this.opening.splice(0, this.slice)) this.say(message);
      return;
    }
    if (!this.tell()) return;
    const leap = leapAfter(state.turns, this.told);
    const until = leap?.leaptFrom ?? moment;
    const speed = state.paused ? 1 : state.speed;
    const from = Math.max(this.told, until - LATEST * speed);
    if (until > from) {
      this.due = simulation.between(from, until, speed > 1 ? (this.options.pace ?? PACE) * speed : 0);
      this.told = until;
      this.tell();
    }
    if (leap === undefined) return;
    this.opening = [...this.due, ...simulation.leap(until, leap.moment)];
    this.due = [];
    this.told = leap.moment;
  }

  /** Says what is due as far as the broker takes it: tens of thousands at once would make the client wait for each by itself. */
  private tell(): boolean {
    let said = 0;
    while (said < this.due.length && this.publisher.underWay <= MOST_UNDER_WAY) {
      this.say(this.due[said] as SimulatedMessage);
      said += 1;
    }
    this.due = this.due.slice(said);
    return this.due.length === 0;
  }

  private say(message: SimulatedMessage): void {
    this.rates.count(message.source.slice(0, message.source.indexOf('/')));
    this.publisher.publish(message);
  }

  /** Says how it goes, and ends a story that has come to its end. */
  private async report(last = false): Promise<void> {
    const { state } = this;
    if (state === undefined) return;
    const now = this.now();
    try {
      const { told = null } = this;
      await this.store.writeReport(
        {
          at: now,
          pid: process.pid,
          connected: this.publisher.connected && !last,
          told,
          rates: this.rates.perSecond(),
        },
        told ?? momentAt(state.turns, now),
      );
      if (!last && finishedState(state, this.scenarios(), now) !== state) {
        this.take(await this.control.change((kept) => finishedState(kept, this.scenarios(), this.now())));
      }
    } catch {
      // Redis is gone: said by whoever needs it more
    }
  }
}

/** The first leap of the clock that lies ahead of `told`. */
function leapAfter(turns: readonly Turn[], told: number): (Turn & { leaptFrom: number }) | undefined {
  return turns.find((turn): turn is Turn & { leaptFrom: number } => turn.leaptFrom !== undefined && turn.moment > told);
}
