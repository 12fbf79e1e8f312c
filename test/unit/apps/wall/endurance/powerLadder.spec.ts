import { describe, expect, it } from '@jest/globals';
import {
  climb,
  LADDER,
  LADDER_START,
  type Ladder,
  type PowerStep,
} from '../../../../../apps/wall/src/endurance/powerLadder.js';

const SLOW = LADDER.slow - 1;
const EASY = LADDER.easy + 1;
const BETWEEN = (LADDER.slow + LADDER.easy) / 2;

function climbFor(ladder: Ladder, fps: number, seconds: number): Ladder {
  let now = ladder;
  for (let i = 0; i < seconds; i++) now = climb(now, fps);
  return now;
}
const at = (step: PowerStep): Ladder => ({ ...LADDER_START, step });

describe('low-power ladder', () => {
  it('goes down step by step while it is slow, and no further than the last', () => {
    expect(climbFor(LADDER_START, SLOW, LADDER.downAfter - 1).step).toBe(0);
    expect(climbFor(LADDER_START, SLOW, LADDER.downAfter).step).toBe(1);
    expect(climbFor(LADDER_START, SLOW, LADDER.downAfter * 2).step).toBe(2);
    expect(climbFor(LADDER_START, SLOW, LADDER.downAfter * 50).step).toBe(3);
  });

  it('a slow second now and then is no reason', () => {
    let ladder = LADDER_START;
    for (let i = 0; i < 200; i++) ladder = climb(ladder, i % LADDER.downAfter === 0 ? EASY : SLOW);
    expect(ladder.step).toBe(0);
  });

  it('neither slow nor easy concludes nothing', () => {
    expect(climbFor(at(2), BETWEEN, 10_000).step).toBe(2);
  });

  it('goes up again after a minute without effort', () => {
    expect(climbFor(at(2), EASY, LADDER.upAfter - 1).step).toBe(2);
    expect(climbFor(at(2), EASY, LADDER.upAfter).step).toBe(1);
    expect(climbFor(at(2), EASY, LADDER.upAfter * 2).step).toBe(0);
  });

  it('a step up that does not hold is tried twice as late, and never later than the bound', () => {
    let ladder = at(1);
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      let seconds = 0;
      while (ladder.step === 1) {
        ladder = climb(ladder, EASY);
        seconds += 1;
      }
      waits.push(seconds);
      ladder = climbFor(ladder, SLOW, LADDER.downAfter);
      expect(ladder.step).toBe(1);
    }
    expect(waits).toEqual([60, 120, 240, 480, 960, 1_920, 1_920, 1_920]);
  });

  it('forgives once it held', () => {
    let ladder: Ladder = { ...at(1), upAfter: 240 };
    ladder = climbFor(ladder, EASY, 240);
    expect(ladder).toMatchObject({ step: 0, upAfter: 240 });
    ladder = climbFor(ladder, EASY, 300);
    expect(ladder.upAfter).toBe(LADDER.upAfter);
  });
});
