import { describe, expect, it } from '@jest/globals';
import { beginDelay, delayDue, freezeDelay, resumeDelay } from '../../../../libs/alarms/src/delay.js';

describe('a delay that stands still', () => {
  it('[AL13] goes on from what had counted; evidence of before does not count twice', () => {
    const delay = beginDelay(0);
    freezeDelay(delay, 10);
    expect(delayDue(delay, 20)).toBe(Number.POSITIVE_INFINITY);
    // measured before it came to stand still
    resumeDelay(delay, 5);
    expect(delayDue(delay, 20)).toBe(20);
    freezeDelay(delay, 15);
    resumeDelay(delay, 100);
    expect(delayDue(delay, 20)).toBe(105);
    // goes on already
    resumeDelay(delay, 200);
    expect(delayDue(delay, 20)).toBe(105);
  });

  it('[AL13] before it began has counted nothing, and does not begin earlier for that', () => {
    const delay = beginDelay(10);
    freezeDelay(delay, 5);
    resumeDelay(delay, 7);
    expect(delayDue(delay, 20)).toBe(30);
  });
});
