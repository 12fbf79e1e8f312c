/**
 * Simulated time. It runs one to sixty times as fast as the real one, may change its speed and may leap ahead, but never goes
 * back. Payloads are stamped with real times, so that nothing is measured in the future.
 */

/** From a real moment on the simulated one goes on from `moment`, `speed` times as fast. Unix ms. */
export interface Turn {
  real: number;
  moment: number;
  speed: number;
  /** where the clock stood before it leapt to `moment`; absent: it did not leap */
  leaptFrom?: number;
}

/** Oldest first, never empty. Only the newest few are needed. */
export type Turns = readonly [Turn, ...Turn[]];

const KEPT = 8;
const DAY = 86_400_000;

export const FASTEST = 60;

export function isSpeed(speed: number): boolean {
  return speed >= 1 && speed <= FASTEST;
}

/** A clock that is the real one. */
export function clockFrom(now: number): Turns {
  return [{ real: now, moment: now, speed: 1 }];
}

/** Simulated moment of a real one. */
export function momentAt(turns: Turns, real: number): number {
  const turn = newest(turns);
  return turn.moment + Math.max(real - turn.real, 0) * turn.speed;
}

/** Real moment of a simulated one: what payloads say. Before the first turn both went equally fast. */
export function realOf(turns: Turns, moment: number): number {
  const at = turns.findLastIndex((turn) => turn.moment <= moment);
  const turn = turns[at];
  if (turn === undefined) return turns[0].real - (turns[0].moment - moment);
  const real = turn.real + (moment - turn.moment) / turn.speed;
  return Math.round(Math.min(real, turns[at + 1]?.real ?? real));
}

/** @throws RangeError for a speed that is not 1 to 60 */
export function turned(turns: Turns, now: number, speed: number): Turns {
  if (!isSpeed(speed)) throw new RangeError(`speed ${speed} is not between 1 and ${FASTEST}`);
  return added(turns, { real: now, moment: momentAt(turns, now), speed });
}

/** The same speed from another moment on: after a time in which nobody told anything. */
export function continued(turns: Turns, now: number, moment: number): Turns {
  // leaps that were not made are not made up for
  const [first, ...others] = turns.map(({ leaptFrom: _leap, ...turn }) => turn);
  return added([first ?? newest(turns), ...others], { real: now, moment, speed: newest(turns).speed });
}

/** Leaps ahead to the next moment of the same time of day as the real one. Less than a second away it stays. */
export function broughtHome(turns: Turns, now: number): Turns {
  const moment = momentAt(turns, now);
  const home = now + Math.ceil((moment - now) / DAY) * DAY;
  const days = Math.round((moment - now) / DAY);
  if (Math.abs(moment - now - days * DAY) < 1000) return turns;
  return added(turns, { real: now, moment: home, speed: newest(turns).speed, leaptFrom: moment });
}

function newest(turns: Turns): Turn {
  return turns.at(-1) ?? turns[0];
}

function added(turns: Turns, turn: Turn): Turns {
  const [first = turn, ...others] = [...turns, turn].slice(-KEPT);
  return [first, ...others];
}
