/** Requests to one server at a time; the rest wait in order. Six connections are all a browser opens to it over HTTP/1.1. */
export class LoadGate {
  readonly #under = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** @param most at once to one origin; what is left of six is for the wall itself */
  constructor(private readonly most: number) {}

  /**
   * Calls `begin` as soon as there is room, at once if there is.
   * @returns to be called once, when the request is over or no longer wanted; calling it again does nothing
   */
  enter(origin: string, begin: () => void): () => void {
    let state: 'waiting' | 'under' | 'over' = 'waiting';
    const start = () => {
      state = 'under';
      this.#under.set(origin, this.underWay(origin) + 1);
      begin();
    };
    const queue = this.#waiting.get(origin) ?? [];
    this.#waiting.set(origin, queue);
    if (this.underWay(origin) < this.most) start();
    else queue.push(start);
    return () => {
      if (state === 'waiting') queue.splice(queue.indexOf(start), 1);
      else if (state === 'under') {
        this.#under.set(origin, this.underWay(origin) - 1);
        queue.shift()?.();
      }
      state = 'over';
    };
  }

  underWay(origin: string): number {
    return this.#under.get(origin) ?? 0;
  }
}
