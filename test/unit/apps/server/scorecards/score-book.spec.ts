import { describe, expect, it } from '@jest/globals';
import { type FeedFacts, feedFacts } from '../../../../../apps/server/src/readings/feed-facts.js';
import { HOUR, ScoreBook, type Scored } from '../../../../../apps/server/src/scorecards/score-book.js';
import type { BatchOccurrence, BatchReading, BatchRejection } from '../../../../../apps/server/src/state/index.js';
import { NOW, pack } from '../api/fixture.js';

const MINUTE = 60_000;
const water = pack('water', {
  feeds: [
    { id: 'rt', topic: 'rt', contract: { rate: { per: MINUTE, min: 2, max: 3 }, maxAge: 10 * MINUTE } },
    { id: 'loose', topic: 'loose', expect: 30_000 },
    { id: 'free', topic: 'free' },
  ],
});
const facts = feedFacts(water);

const reading = (parts: Partial<BatchReading> = {}): BatchReading => ({
  typeKey: 'reservoir/a',
  metric: 'level',
  value: 1,
  at: NOW,
  receivedAt: NOW,
  quality: 'good',
  origin: 'live',
  flags: [],
  feed: 'rt',
  declared: true,
  maxAssets: 1,
  history: 'none',
  journal: true,
  ...parts,
});
const batch = (parts: Partial<Scored> = {}): Scored => ({
  system: 'water',
  readings: [],
  occurrences: [],
  rejections: [],
  feeds: new Map(),
  ...parts,
});
const outcome = (accepted: number, duplicates = 0, occurrences = 0) => ({
  feeds: new Map([['rt', { accepted, duplicates, occurrences, late: 0 }]]),
});
const only = (book: ScoreBook) => {
  const [entry, ...others] = book.drain();
  expect(others).toEqual([]);
  return entry;
};

describe('ScoreBook', () => {
  it('holds messages against the rate', () => {
    const book = new ScoreBook();
    book.applied(batch({ feeds: new Map([['rt', { messages: 5, lastAt: NOW }]]) }), outcome(0), facts, NOW);
    expect(only(book)).toEqual({
      system: 'water',
      feed: 'rt',
      hour: Math.floor(NOW / HOUR),
      sums: expect.objectContaining({ messages: 5, filled: 2, over: 2, due: 0 }),
    });
  });

  it('judges every reading by quality and delay', () => {
    const book = new ScoreBook();
    const readings = [
      reading({ at: NOW - 10 * MINUTE }),
      reading({ at: NOW - 10 * MINUTE - 1 }),
      reading({ quality: 'bad', flags: ['range'] }),
      reading({ quality: 'uncertain', flags: ['rate'] }),
      // its value is sound, its promise of a time is not kept
      reading({ quality: 'uncertain', flags: ['no-time'] }),
      reading({ quality: 'uncertain', flags: ['clock'] }),
      // the broker had kept it
      reading({ at: NOW - HOUR, flags: ['retained'] }),
    ];
    book.applied(batch({ readings }), outcome(7), facts, NOW);
    expect(only(book)?.sums).toMatchObject({ judged: 7, valid: 4, timed: 6, timely: 3, arrived: 7, duplicates: 0 });
  });

  it('judges no delay where none is promised', () => {
    const book = new ScoreBook();
    book.applied(batch({ readings: [reading({ feed: 'free', at: 0 })] }), { feeds: new Map() }, facts, NOW);
    expect(only(book)?.sums).toMatchObject({ judged: 1, valid: 1, timed: 0, timely: 0 });
  });

  it('judges occurrences by their delay, but not what the broker had kept', () => {
    const book = new ScoreBook();
    const occurrence = (at: number, create: boolean) =>
      ({ feed: 'rt', create, occurrence: { at, receivedAt: NOW } }) as BatchOccurrence;
    const occurrences = [occurrence(NOW, true), occurrence(NOW - HOUR, true), occurrence(NOW - HOUR, false)];
    book.applied(batch({ occurrences }), outcome(0, 1, 2), facts, NOW);
    expect(only(book)?.sums).toMatchObject({ judged: 3, valid: 3, timed: 2, timely: 1, arrived: 3, duplicates: 1 });
  });

  it('counts rejected parts, told or not, once', () => {
    const book = new ScoreBook();
    const part = { reason: 'value' as const, detail: '' };
    const rejection = (parts: Partial<BatchRejection>) =>
      ({ feed: 'rt', rejections: [part, part], ...parts }) as BatchRejection;
    book.applied(
      batch({ rejections: [rejection({ unlisted: 3 }), rejection({ counted: true })] }),
      outcome(0),
      facts,
      NOW,
    );
    expect(only(book)?.sums).toMatchObject({ judged: 5, rejected: 5, valid: 0 });
  });

  it('does not blame a feed for what the broker repeats', () => {
    const book = new ScoreBook();
    const readings = [reading({ flags: ['retained'] }), reading({ flags: ['retained'] }), reading()];
    book.applied(batch({ readings }), outcome(0, 3), facts, NOW);
    expect(only(book)?.sums).toMatchObject({ arrived: 1, duplicates: 1 });
  });

  it('puts what no feed took under no feed', () => {
    const book = new ScoreBook();
    const rejections = [{ feed: '', rejections: [{ reason: 'no-feed', detail: '' }] }] as unknown as BatchRejection[];
    book.applied(batch({ rejections }), { feeds: new Map() }, facts, NOW);
    expect(only(book)).toMatchObject({ feed: '', sums: { judged: 1, rejected: 1 } });
  });

  describe('what is due', () => {
    const due = (book: ScoreBook) =>
      Object.fromEntries(book.drain().map(({ feed, sums }) => [feed, Math.round(sums.due * 1_000) / 1_000]));
    const feeds = (): FeedFacts[] => [...facts.values()];

    it('grows with the time we listened', () => {
      const book = new ScoreBook();
      book.look(feeds(), NOW, () => 0);
      for (let second = 1; second <= 30; second++) book.look(feeds(), NOW + second * 1_000, () => 0);
      // two a minute; one every 30 s (expect); nothing promised
      expect(due(book)).toEqual({ rt: 1, loose: 1 });
    });

    it('does not grow while we do not listen, nor before we did', () => {
      const book = new ScoreBook();
      book.look(feeds(), NOW, () => 0);
      book.look(feeds(), NOW + 1_000, ({ feed }) => (feed === 'rt' ? null : NOW + 700));
      expect(due(book)).toEqual({ loose: 0.01 });
    });

    it('does not grow while the process was held up, or its clock set back', () => {
      const book = new ScoreBook();
      book.look(feeds(), NOW, () => 0);
      book.look(feeds(), NOW + HOUR, () => 0);
      book.look(feeds(), NOW, () => 0);
      expect(due(book)).toEqual({});
      book.look(feeds(), NOW + 3_000, () => 0);
      expect(due(book)).toEqual({ rt: 0.1, loose: 0.1 });
    });
  });

  it('is empty once it was drained', () => {
    const book = new ScoreBook();
    book.applied(batch({ readings: [reading()] }), outcome(1), facts, NOW);
    expect(book.drain()).toHaveLength(1);
    expect(book.drain()).toEqual([]);
  });
});
