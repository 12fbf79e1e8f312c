/**
 * The low-power ladder: what a computer too slow for the picture gives up, in this order. 0 nothing · 1 decoration (glow,
 * motion) · 2 the rate at which charts are drawn · 3 their detail. Data is never given up.
 */
export const POWER_STEPS = [0, 1, 2, 3] as const;
export type PowerStep = (typeof POWER_STEPS)[number];

export interface LadderRules {
  /** a second below this is slow, frames a second */
  slow: number;
  /** a second above this is easy; between the two nothing is concluded */
  easy: number;
  /** so many slow seconds in a row go one step down */
  downAfter: number;
  /** so many easy seconds in a row go one step up, at first */
  upAfter: number;
  /** each step up that did not hold doubles that, up to so many seconds */
  upAtMost: number;
}

export const LADDER: LadderRules = { slow: 24, easy: 40, downAfter: 5, upAfter: 60, upAtMost: 1_920 };

export interface Ladder {
  step: PowerStep;
  slowFor: number;
  easyFor: number;
  /** easy seconds wanted before the next step up */
  upAfter: number;
  /** seconds since the last step up; null: the last step was down */
  sinceUp: number | null;
}

export const LADDER_START: Ladder = { step: 0, slowFor: 0, easyFor: 0, upAfter: LADDER.upAfter, sinceUp: null };

/** The ladder after one more second that had so many frames. A page that is not painted (hidden) is not measured. */
export function climb(ladder: Ladder, fps: number, rules: LadderRules = LADDER): Ladder {
  const slowFor = fps < rules.slow ? ladder.slowFor + 1 : 0;
  const easyFor = fps > rules.easy ? ladder.easyFor + 1 : 0;
  const sinceUp = ladder.sinceUp === null ? null : ladder.sinceUp + 1;
  if (slowFor >= rules.downAfter && ladder.step < 3) {
    // a step up that did not hold was a step too early
    const failed = sinceUp !== null && sinceUp <= rules.upAfter;
    const upAfter = failed ? Math.min(rules.upAtMost, ladder.upAfter * 2) : ladder.upAfter;
    return { step: (ladder.step + 1) as PowerStep, slowFor: 0, easyFor: 0, upAfter, sinceUp: null };
  }
  if (easyFor >= ladder.upAfter && ladder.step > 0) {
    return { ...ladder, step: (ladder.step - 1) as PowerStep, slowFor: 0, easyFor: 0, sinceUp: 0 };
  }
  // held for long: what failed once is forgiven
  const upAfter = sinceUp !== null && sinceUp > ladder.upAfter ? rules.upAfter : ladder.upAfter;
  return { ...ladder, slowFor, easyFor, upAfter, sinceUp };
}
