import type { ScenarioSpec } from '@citywall/pack-schema';

/** A span in which the story stands still; open-ended while it lasts. Simulated Unix ms. */
export type Pause = readonly [from: number, to: number | null];

/** A scenario that runs or ran. Moments are simulated Unix ms. */
export interface Run {
  scenario: string;
  /** counts up; keeps the ids of one run's occurrences apart from another's */
  n: number;
  /** moment of T0, were nothing paused */
  start: number;
  /** begun, or jumped into, at this moment */
  opened: number;
  pauses: Pause[];
  /** ended at this moment */
  stopped?: number;
  /** another run of the same scenario tells it from another minute on: its rain has not fallen twice */
  replaced?: boolean;
  /** it came to its end by itself: nothing is cut short */
  finished?: boolean;
  /** ms in which it fades in after `opened` and out after `stopped` */
  fade: { in: number; out: number };
}

const MINUTE = 60_000;

/** Minutes of the story after T0 at a moment; it stands still while paused. */
export function storyMinute(run: Run, at: number): number {
  let paused = 0;
  for (const [from, to] of run.pauses) if (at > from) paused += Math.min(at, to ?? at) - from;
  return (at - run.start - paused) / MINUTE;
}

/** Moment of a minute of the story, whether or not it was stopped; Infinity where it is paused before. */
export function momentIn(run: Run, minute: number): number {
  let moment = run.start + minute * MINUTE;
  for (const [from, to] of run.pauses) {
    // what falls on the beginning of a pause has happened
    if (moment <= from) break;
    if (to === null) return Number.POSITIVE_INFINITY;
    moment += to - from;
  }
  return moment;
}

/** Moment of a minute of the story; null: it never comes, for the story is paused or was stopped before. */
export function momentOf(run: Run, minute: number): number | null {
  const moment = momentIn(run, minute);
  if (!Number.isFinite(moment)) return null;
  return run.stopped !== undefined && !run.finished && moment > run.stopped ? null : moment;
}

/** How much of it is felt at a moment, 0 to 1. */
export function strengthOf(run: Run, spec: Pick<ScenarioSpec, 'from'>, at: number): number {
  let strength = 1;
  // begun where it begins, its curves ease in by themselves
  if (run.fade.in > 0 && storyMinute(run, run.opened) > spec.from + 0.01) {
    strength = Math.min(Math.max((at - run.opened) / run.fade.in, 0), 1);
  } else if (at < run.opened) return 0;
  if (run.stopped === undefined || at <= run.stopped) return strength;
  return run.fade.out <= 0 ? 0 : strength * Math.max(1 - (at - run.stopped) / run.fade.out, 0);
}
