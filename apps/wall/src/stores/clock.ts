import { type Ref, readonly, ref } from 'vue';

const SAMPLES = 60;

/**
 * The server's clock on this screen. A frame heard at local time `l` and closed at server time `s` says that the offset is at
 * least `s − l` (the way here takes time), so the largest of the last samples is the best one.
 */
export class ServerClock {
  private readonly samples: number[] = [];
  private best = 0;

  hear(serverAt: number, localAt: number): void {
    if (!Number.isFinite(serverAt)) return;
    this.samples.push(serverAt - localAt);
    if (this.samples.length > SAMPLES) this.samples.shift();
    this.best = Math.max(...this.samples);
  }

  /** Server clock − this computer's, ms: by how much every time on the screen is corrected. */
  get offset(): number {
    return this.best;
  }

  /** Server time for a local time, Unix ms. */
  at(localAt: number): number {
    return localAt + this.best;
  }
}

/** One ticking now for all ages, once a second on the second of the server's clock. */
export function tickingNow(
  clock: ServerClock,
  local: () => number = Date.now,
): { now: Readonly<Ref<number>>; tick(): void; stop(): void } {
  const now = ref(clock.at(local()));
  let timer: ReturnType<typeof setTimeout> | null = null;
  const tick = () => {
    now.value = clock.at(local());
  };
  const turn = () => {
    tick();
    timer = setTimeout(turn, 1000 - (now.value % 1000) + 5);
  };
  turn();
  return {
    now: readonly(now),
    tick,
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}
