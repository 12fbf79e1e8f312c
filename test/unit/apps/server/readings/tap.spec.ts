import { describe, expect, it } from '@jest/globals';
import type { InboundMessage } from '../../../../../apps/server/src/feeds/inbound.js';
import { markedIn, readingMarks } from '../../../../../apps/server/src/readings/reading-mark.js';
import { Tap } from '../../../../../apps/server/src/readings/tap.js';

const at = (receivedAt: number) => ({ receivedAt }) as InboundMessage;

describe('Tap', () => {
  it('lets one message a second and feed through', () => {
    const kept: string[] = [];
    const tap = new Tap((system, feed, { receivedAt }) => kept.push(`${system}/${feed} ${receivedAt}`));
    for (let ms = 0; ms <= 2_000; ms += 100) {
      tap.see('water', 'a', at(10_000 + ms));
      if (ms === 300) tap.see('water', 'b', at(10_000 + ms));
    }
    expect(kept).toEqual(['water/a 10000', 'water/b 10300', 'water/a 11000', 'water/a 12000']);
  });
  it('is not closed by a clock that was set back', () => {
    const kept: number[] = [];
    const tap = new Tap((_system, _feed, { receivedAt }) => kept.push(receivedAt));
    for (const time of [50_000, 20_000, 20_500, 21_000]) tap.see('water', 'a', at(time));
    expect(kept).toEqual([50_000, 20_000, 21_000]);
  });
});

describe('marks of readings', () => {
  it('tell series and time, whatever the value', () => {
    const had = markedIn(
      readingMarks([
        { typeKey: 'node/a', metric: 'level', at: 5 },
        { typeKey: 'node/汉', metric: 'level', at: 5 },
      ]),
    );
    expect(had('node/a', 'level', 5)).toBe(true);
    expect(had('node/汉', 'level', 5)).toBe(true);
    expect(had('node/a', 'level', 6)).toBe(false);
    expect(had('node/b', 'level', 5)).toBe(false);
    expect(markedIn(new Uint8Array())('node/a', 'level', 5)).toBe(false);
  });
  it('are as many as readings: 10,000 of one message are told apart', () => {
    const readings = Array.from({ length: 10_000 }, (_, i) => ({ typeKey: `node/${i}`, metric: 'level', at: 1 }));
    const had = markedIn(readingMarks(readings));
    expect(Array.from({ length: 10_000 }, (_, i) => had(`other/${i}`, 'level', 1)).filter(Boolean)).toEqual([]);
  });
});
