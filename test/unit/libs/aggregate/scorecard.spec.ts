import { addScores, dueIn, noScores, percent, RateSpans, scoresOf, wholeDue } from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';

const rate = { per: 60_000, min: 4, max: 6 };

describe('RateSpans', () => {
  it('fills a span up to its minimum and counts what is above its maximum', () => {
    const spans = new RateSpans();
    expect(spans.take(rate, 0, 3)).toEqual({ filled: 3, over: 0 });
    expect(spans.take(rate, 59_999, 5)).toEqual({ filled: 1, over: 2 });
    expect(spans.take(rate, 59_999, 1)).toEqual({ filled: 0, over: 1 });
    expect(spans.take(rate, 60_000, 1)).toEqual({ filled: 1, over: 0 });
  });

  it('does not let a burst make up for silence', () => {
    const spans = new RateSpans();
    let filled = spans.take(rate, 0, 40).filled;
    filled += spans.take(rate, 9 * 60_000, 1).filled;
    expect(scoresOf({ ...noScores(), filled, due: dueIn(rate, 600_000) }, null).completeness).toBe(12.5);
  });

  it('leaves no span of one message empty while gaps are as long as promised', () => {
    const spans = new RateSpans();
    const one = { per: 60_000, min: 1, max: null };
    let filled = 0;
    for (let at = 59_999; at < 60 * 60_000; at += 60_000) filled += spans.take(one, at, 1).filled;
    expect(filled).toBe(60);
  });

  it('takes a clock that was set back as the span under way', () => {
    const spans = new RateSpans();
    spans.take(rate, 120_000, 4);
    expect(spans.take(rate, 0, 1)).toEqual({ filled: 0, over: 0 });
  });

  it('counts nothing that is not promised', () => {
    expect(new RateSpans().take({ per: 1_000, min: null, max: null }, 0, 9)).toEqual({ filled: 0, over: 0 });
    expect(dueIn({ per: 1_000, min: null, max: 3 }, 5_000)).toBe(0);
    expect(dueIn(rate, 15_000)).toBe(1);
  });
});

describe('scores', () => {
  it('are shares in per cent, cut off to one decimal so that only the whole is 100', () => {
    expect([percent(2, 3), percent(9_999, 10_000), percent(7, 10), percent(1, 1), percent(0, 5)]).toEqual([
      66.6, 99.9, 70, 100, 0,
    ]);
    expect([percent(0, 0), percent(5, 4), percent(-1, 4)]).toEqual([null, 100, 0]);
  });

  it('take the weaker of messages and assets as completeness', () => {
    const sums = { ...noScores(), due: 10, filled: 9 };
    expect(scoresOf(sums, null).completeness).toBe(90);
    expect(scoresOf(sums, { expected: 4, heard: 3 }).completeness).toBe(75);
    expect(scoresOf(noScores(), { expected: 4, heard: 4 }).completeness).toBe(100);
    expect(scoresOf(sums, { expected: 0, heard: 0 }).completeness).toBe(90);
  });

  it('miss no message that is not wholly due', () => {
    expect(wholeDue({ due: 0.99 })).toBe(0);
    const sums = noScores();
    for (let second = 0; second < 60; second++)
      addScores(sums, { due: dueIn({ per: 60_000, min: 1, max: null }, 1_000) });
    expect(wholeDue(sums)).toBe(1);
  });

  it('say nothing of nothing', () => {
    expect(scoresOf(noScores(), null)).toEqual({
      completeness: null,
      timeliness: null,
      validity: null,
      uniqueness: null,
    });
  });

  it('come from sums that add up', () => {
    const hour = { judged: 10, valid: 9, rejected: 1, timed: 8, timely: 6, arrived: 10, duplicates: 2 };
    const sums = addScores(addScores(noScores(), hour), { judged: 10, valid: 10, timed: 2, timely: 2, arrived: 10 });
    expect(scoresOf(sums, null)).toMatchObject({ validity: 95, timeliness: 80, uniqueness: 90 });
  });
});
