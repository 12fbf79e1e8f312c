import { HOLDS, type Hold } from './calls.js';

type Told = 'announced' | Hold;
const TOLD: readonly Told[] = ['announced', ...HOLDS];
/** What a flood alone holds back, and what is announced. */
const DUE = ['announced', 'flood', 'list'] as const satisfies readonly Told[];

/** In which calls are counted (ISA-18.2), ms. */
export const CALLS_WITHIN_MS = 600_000;
/** Calls of a second are counted together. */
const SECOND = 1_000;

/** Seconds of Unix time with the calls in them, by what became of them; the oldest first. */
export type CallWindowState = [second: number, counts: Partial<Record<Told, number>>][];

/** Calls of the last ten minutes, exact to a second: as many places as there are seconds, however many calls. */
export class CallWindow {
  private seconds: CallWindowState;
  private readonly sums = Object.fromEntries(TOLD.map((told) => [told, 0])) as Record<Told, number>;

  constructor(state: CallWindowState = []) {
    this.seconds = state.map(([second, counts]) => [second, { ...counts }]);
    for (const [, counts] of this.seconds) this.sum(counts, 1);
  }

  get counts(): Readonly<Record<Told, number>> {
    return this.sums;
  }

  /** @param at Unix ms; what comes late counts as of the newest second */
  add(told: Told, at: number, times = 1): void {
    const second = Math.floor(at / SECOND);
    const last = this.seconds.at(-1);
    if (last === undefined || last[0] < second) this.seconds.push([second, { [told]: times }]);
    else last[1][told] = (last[1][told] ?? 0) + times;
    this.sums[told] += times;
  }

  /** @param now Unix ms @returns whether there was something to forget */
  forget(now: number): boolean {
    let over = 0;
    for (const [second, counts] of this.seconds) {
      if (this.reaches(second * SECOND, now)) break;
      this.sum(counts, -1);
      over += 1;
    }
    this.seconds.splice(0, over);
    return over > 0;
  }

  /** Whether a moment is within the window. */
  reaches(at: number, now: number): boolean {
    return Math.floor(at / SECOND) * SECOND + CALLS_WITHIN_MS > now;
  }

  /** When the oldest call is forgotten, Unix ms; null: there is none. */
  nextDue(): number | null {
    const oldest = this.seconds[0];
    return oldest === undefined ? null : oldest[0] * SECOND + CALLS_WITHIN_MS;
  }

  /** Due calls by minute of Unix time, minutes without one left out; the oldest first. */
  minutes(): [minute: number, due: number][] {
    const minutes = new Map<number, number>();
    for (const [second, counts] of this.seconds) {
      const due = DUE.reduce((sum, told) => sum + (counts[told] ?? 0), 0);
      const minute = Math.floor(second / 60);
      if (due > 0) minutes.set(minute, (minutes.get(minute) ?? 0) + due);
    }
    return [...minutes];
  }

  /** Calls that would have been told without a flood. */
  get due(): number {
    return DUE.reduce((sum, told) => sum + this.sums[told], 0);
  }

  state(): CallWindowState {
    return this.seconds.map(([second, counts]) => [second, { ...counts }]);
  }

  private sum(counts: Partial<Record<Told, number>>, by: 1 | -1): void {
    for (const told of TOLD) this.sums[told] += by * (counts[told] ?? 0);
  }
}
