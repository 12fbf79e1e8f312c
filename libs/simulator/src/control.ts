import type { FaultSpec, ScenarioSpec } from '@citywall/pack-schema';
import { broughtHome, clockFrom, continued, isSpeed, momentAt, realOf, type Turns, turned } from './clock.js';
import type { Fault } from './faults/faults.js';
import { momentIn, type Run, storyMinute } from './scenario/run.js';

/**
 * What the simulator is told to do, as data: whoever gives a command applies it to the state, and the publisher follows the
 * state. Nothing here knows where the state is kept.
 */
export interface SimulatorState {
  /** {@link STATE_FORMAT} of whoever wrote it */
  format: number;
  /** counts changes */
  revision: number;
  seed: string;
  /** wanted speed, 1 to 60; while the story is paused the city goes on at 1 */
  speed: number;
  paused: boolean;
  turns: Turns;
  /** the last is the one that runs, if any does */
  runs: Run[];
  /** number of the next run */
  next: number;
  /** what goes wrong on purpose, in the order it was begun; those that are over are dropped by and by */
  faults: OrderedFault[];
}

/** A fault that was ordered by hand. */
export interface OrderedFault {
  id: string;
  fault: FaultSpec;
  /** simulated Unix ms */
  from: number;
  /** null: until it is ended */
  until: number | null;
}

/** Another number: what is kept is of another version, and counts as nothing. */
export const STATE_FORMAT = 1;

export type SimulatorCommand =
  | { kind: 'start'; scenario: string /** minute of the story @default where it begins */; at?: number; speed?: number }
  | { kind: 'stop' }
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'jump'; at: number }
  | { kind: 'set'; speed?: number; seed?: string }
  | { kind: 'fault'; fault: FaultSpec /** so many simulated ms @default until it is ended */; lasts?: number }
  | { kind: 'mend' /** of a fault @default all of them */; id?: string }
  /** everything calm, the clock back at the time of day */
  | { kind: 'reset' };

export const CONTROL_REASONS = [
  'no-scenario',
  'nothing-runs',
  'outside',
  'speed',
  'not-paused',
  'paused',
  'no-fault',
  'faults',
] as const;
export type ControlReason = (typeof CONTROL_REASONS)[number];

/** A command that can't be carried out as things stand. */
export class ControlError extends Error {
  constructor(
    readonly reason: ControlReason,
    message: string,
  ) {
    super(message);
    this.name = 'ControlError';
  }
}

/** What runs now. */
export interface ActiveRun {
  run: Run;
  spec: ScenarioSpec;
  /** minute of its story */
  minute: number;
}

const SECOND = 1000;
/** Real time in which a story that is stopped or jumped into goes over into what follows. */
const FADE_OUT = 20 * SECOND;
const FADE_IN = 4 * SECOND;
const MOST_FAULTS = 50;
/** What a fault kept back is sent when it ends: it must be known for a while. */
const REMEMBERED_FAULT = 600_000;
/** Rain of ended runs stands in the sums of a day. */
const REMEMBERED = 26 * 3_600_000;

export function initialState(now: number, seed: string): SimulatorState {
  return {
    format: STATE_FORMAT,
    revision: 0,
    seed,
    speed: 1,
    paused: false,
    turns: clockFrom(now),
    runs: [],
    next: 1,
    faults: [],
  };
}

/** The run that is under way at a real moment; undefined: none. */
export function activeRun(state: SimulatorState, specs: readonly ScenarioSpec[], now: number): ActiveRun | undefined {
  const run = state.runs.at(-1);
  const spec = specs.find(({ id }) => id === run?.scenario);
  if (run === undefined || spec === undefined || run.stopped !== undefined) return undefined;
  const minute = storyMinute(run, momentAt(state.turns, now));
  return minute >= spec.until ? undefined : { run, spec, minute };
}

/** The state after a command. @throws ControlError */
export function applyCommand(
  state: SimulatorState,
  command: SimulatorCommand,
  specs: readonly ScenarioSpec[],
  now: number,
): SimulatorState {
  const changed = carriedOut(state, command, specs, now);
  return { ...changed, revision: state.revision + 1 };
}

function carriedOut(
  state: SimulatorState,
  command: SimulatorCommand,
  specs: readonly ScenarioSpec[],
  now: number,
): SimulatorState {
  switch (command.kind) {
    case 'start': {
      const spec = specs.find(({ id }) => id === command.scenario);
      if (spec === undefined) {
        const known = specs.map(({ id }) => id).join(', ') || 'none';
        throw new ControlError('no-scenario', `there is no scenario "${command.scenario}"; there are ${known}`);
      }
      const at = within(spec, command.at ?? spec.from);
      const free = released(stopped(state, specs, now), now);
      const faster = command.speed === undefined ? free : atSpeed(free, command.speed, now);
      return begun(faster, spec, at, now);
    }
    case 'stop':
      required(state, specs, now);
      return released(stopped(state, specs, now), now);
    case 'jump': {
      const { run, spec } = required(state, specs, now);
      const at = within(spec, command.at);
      const moment = momentAt(state.turns, now);
      const runs = state.runs.map((one) =>
        one === run ? { ...ended(one, moment, state.speed), replaced: true } : one,
      );
      const next = begun({ ...state, runs }, spec, at, now);
      return state.paused ? pausing(next, now) : next;
    }
    case 'pause':
      required(state, specs, now);
      if (state.paused) throw new ControlError('paused', 'the story is paused already');
      return pausing({ ...state, paused: true, turns: turned(state.turns, now, 1) }, now);
    case 'resume':
      if (!state.paused) throw new ControlError('not-paused', 'the story is not paused');
      return released(state, now);
    case 'set': {
      const seeded = command.seed === undefined ? state : { ...state, seed: command.seed };
      return command.speed === undefined ? seeded : atSpeed(seeded, command.speed, now);
    }
    case 'fault': {
      const moment = momentAt(state.turns, now);
      const faults = state.faults.filter(({ until }) => until === null || moment - until < REMEMBERED_FAULT);
      if (faults.length >= MOST_FAULTS)
        throw new ControlError('faults', `there are ${MOST_FAULTS} faults: end some first`);
      const until = command.lasts === undefined ? null : moment + command.lasts;
      const one = { id: `f${state.revision + 1}`, fault: command.fault, from: moment, until };
      return { ...state, faults: [...faults, one] };
    }
    case 'mend': {
      const { id } = command;
      const moment = momentAt(state.turns, now);
      if (id !== undefined && !state.faults.some((one) => one.id === id && isOn(one, moment))) {
        throw new ControlError('no-fault', `no fault "${id}" holds now`);
      }
      return mended(state, now, id);
    }
    case 'reset': {
      const calm = atSpeed(released(stopped(state, specs, now), now), 1, now);
      return mended({ ...calm, turns: broughtHome(calm.turns, now) }, now);
    }
  }
}

/**
 * The state of a publisher that begins again. What ran goes on where it was left (`told`: the simulated moment up to which
 * everything was said), what was ordered while there was no publisher begins; without anything that runs, or after a long time,
 * the clock is brought home.
 */
export function resumedState(
  state: SimulatorState,
  told: { moment: number; at: number } | null,
  specs: readonly ScenarioSpec[],
  now: number,
  longest = 3_600_000,
): SimulatorState {
  const pruned = { ...state, runs: state.runs.filter((run) => recent(run, momentAt(state.turns, now))) };
  const last = pruned.runs.at(-1);
  const orderedAt = Math.max(
    pruned.turns.at(-1)?.real ?? 0,
    last === undefined ? 0 : realOf(pruned.turns, last.opened),
  );
  if (orderedAt > (told?.at ?? Number.NEGATIVE_INFINITY) && now - orderedAt <= longest) {
    // as it was when it was ordered: at speed it might be over by now, and nobody has told it
    const active = activeRun(pruned, specs, orderedAt);
    if (active === undefined) return { ...pruned, revision: state.revision + 1 };
    const from = Math.max(active.run.opened, told?.moment ?? Number.NEGATIVE_INFINITY);
    const turns = continued(pruned.turns, now, Math.min(from, momentAt(pruned.turns, now)));
    return { ...pruned, turns, revision: state.revision + 1 };
  }
  if (told === null || now - told.at > longest) {
    const calm = atSpeed(released(stopped(pruned, specs, now), now), 1, now);
    return { ...calm, turns: broughtHome(calm.turns, now), revision: state.revision + 1 };
  }
  const turns = continued(pruned.turns, now, Math.min(told.moment, momentAt(pruned.turns, now)));
  const left = { ...pruned, turns, revision: state.revision + 1 };
  const idle = activeRun(left, specs, now) === undefined && left.speed === 1;
  return idle ? { ...left, turns: broughtHome(turns, now) } : left;
}

/** The state once a story has come to its end by itself; the same state where none did. */
export function finishedState(state: SimulatorState, specs: readonly ScenarioSpec[], now: number): SimulatorState {
  const run = state.runs.at(-1);
  if (run === undefined || run.stopped !== undefined || activeRun(state, specs, now) !== undefined) return state;
  const moment = momentAt(state.turns, now);
  const runs = state.runs
    .map((one) => (one === run ? { ...ended(one, moment, state.speed), finished: true } : one))
    .filter((one) => recent(one, moment));
  return { ...atSpeed(released({ ...state, runs }, now), 1, now), revision: state.revision + 1 };
}

/** What goes wrong: what was ordered by hand, and what the stories bring with them. */
export function faultsOf(state: SimulatorState, specs: readonly ScenarioSpec[]): Fault[] {
  const ordered = state.faults.map(({ fault, from, until }) => ({
    ...fault,
    from,
    until: until ?? Number.POSITIVE_INFINITY,
  }));
  const told = state.runs.flatMap((run) => {
    const spec = specs.find(({ id }) => id === run.scenario);
    return (spec?.faults ?? []).flatMap(({ from, until, fault }) => {
      const end = Math.min(momentIn(run, until), run.stopped ?? Number.POSITIVE_INFINITY);
      const begin = Math.max(momentIn(run, from), run.opened);
      return begin < end ? { ...fault, from: begin, until: end } : [];
    });
  });
  return [...told, ...ordered];
}

/** Real moment at which T0 of a run was, or will be at this speed. */
export function zeroOf(state: SimulatorState, run: Run): number {
  return realOf(state.turns, run.start);
}

/** Whether a fault that was ordered holds at a simulated moment. */
export function isOn({ from, until }: OrderedFault, moment: number): boolean {
  return moment >= from && (until === null || moment < until);
}

function mended(state: SimulatorState, now: number, id?: string): SimulatorState {
  const moment = momentAt(state.turns, now);
  const faults = state.faults.map((one) =>
    (id === undefined || one.id === id) && isOn(one, moment) ? { ...one, until: moment } : one,
  );
  return { ...state, faults };
}

function required(state: SimulatorState, specs: readonly ScenarioSpec[], now: number): ActiveRun {
  const active = activeRun(state, specs, now);
  if (active === undefined) throw new ControlError('nothing-runs', 'no scenario runs');
  return active;
}

function within(spec: ScenarioSpec, at: number): number {
  if (at >= spec.from && at < spec.until) return at;
  throw new ControlError('outside', `minute ${at} is not between ${spec.from} and ${spec.until}`);
}

function atSpeed(state: SimulatorState, speed: number, now: number): SimulatorState {
  if (!isSpeed(speed)) throw new ControlError('speed', `speed ${speed} is not between 1 and 60`);
  if (speed === state.speed) return state;
  return { ...state, speed, turns: state.paused ? state.turns : turned(state.turns, now, speed) };
}

function begun(state: SimulatorState, spec: ScenarioSpec, at: number, now: number): SimulatorState {
  const moment = momentAt(state.turns, now);
  const run: Run = {
    scenario: spec.id,
    n: state.next,
    start: moment - at * 60_000,
    opened: moment,
    pauses: [],
    fade: { in: FADE_IN * state.speed, out: FADE_OUT * state.speed },
  };
  const runs = state.runs.filter((one) => recent(one, moment));
  return { ...state, runs: [...runs, run], next: state.next + 1 };
}

function stopped(state: SimulatorState, specs: readonly ScenarioSpec[], now: number): SimulatorState {
  const active = activeRun(state, specs, now);
  if (active === undefined) return state;
  const moment = momentAt(state.turns, now);
  const speed = state.paused ? 1 : state.speed;
  return { ...state, runs: state.runs.map((run) => (run === active.run ? ended(run, moment, speed) : run)) };
}

function ended(run: Run, moment: number, speed: number): Run {
  const pauses = run.pauses.map(([from, to]) => [from, to ?? moment] as const);
  return { ...run, pauses, stopped: moment, fade: { ...run.fade, out: FADE_OUT * speed } };
}

function pausing(state: SimulatorState, now: number): SimulatorState {
  const moment = momentAt(state.turns, now);
  const last = state.runs.length - 1;
  return {
    ...state,
    runs: state.runs.map((run, i) => (i === last ? { ...run, pauses: [...run.pauses, [moment, null]] } : run)),
  };
}

/** The story goes on, and the clock at its speed. */
function released(state: SimulatorState, now: number): SimulatorState {
  if (!state.paused) return state;
  const moment = momentAt(state.turns, now);
  const runs = state.runs.map((run) => ({
    ...run,
    pauses: run.pauses.map(([from, to]) => [from, to ?? moment] as const),
  }));
  return { ...state, paused: false, runs, turns: turned(state.turns, now, state.speed) };
}

function recent(run: Run, moment: number): boolean {
  return run.stopped === undefined || moment - run.stopped < REMEMBERED;
}
