/** Time for frames: injected, so that tests move it by hand. */
export interface Clock {
  /** Unix ms */
  now(): number;
  /** Calls once after `ms` (0: as soon as what runs now has ended); returns the cancellation. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    if (ms <= 0) {
      const immediate = setImmediate(call);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
