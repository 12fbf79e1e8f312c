/** Simulated time that runs `speed` times as fast as the real one, from a real moment on. */
export interface SimulatedClock {
  /** simulated moment of a real one */
  moment(real: number): number;
  /** real moment of a simulated one: what payloads say, so that nothing is measured in the future */
  real(moment: number): number;
}

export function simulatedClock(start: number, speed: number): SimulatedClock {
  if (!(speed >= 1 && speed <= 60)) throw new RangeError(`speed ${speed} is not between 1 and 60`);
  if (speed === 1) return { moment: (real) => real, real: (moment) => moment };
  return {
    moment: (real) => start + (real - start) * speed,
    // before the start there was no faster clock: past readings keep their times
    real: (moment) => (moment <= start ? moment : Math.round(start + (moment - start) / speed)),
  };
}
