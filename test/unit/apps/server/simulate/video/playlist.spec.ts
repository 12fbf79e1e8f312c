import { describe, expect, it } from '@jest/globals';
import { livePlaylist, PART, PARTS } from '../../../../../../apps/server/src/simulate/video/playlist.js';

const START = Date.parse('2026-07-09T14:35:00+08:00');
const clip = { clip: 'river', stream: 'sub' as const, ahead: 5, from: START };

/** Parts of a playlist with number, round and time, as a player reads them. */
function read(text: string) {
  const tag = (name: string) => Number(new RegExp(`${name}:(\\d+)`).exec(text)?.[1]);
  let number = tag('#EXT-X-MEDIA-SEQUENCE');
  let round = tag('#EXT-X-DISCONTINUITY-SEQUENCE');
  let at = 0;
  const parts: { number: number; round: number; at: number; uri: string }[] = [];
  for (const line of text.split('\n')) {
    if (line === '#EXT-X-DISCONTINUITY') round += 1;
    else if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) at = Date.parse(line.slice(25));
    else if (line.endsWith('.ts')) parts.push({ number: number++, round, at, uri: line });
  }
  return parts;
}

describe('live playlist', () => {
  it('tells every part the same number, round, time and file, however often it is asked', () => {
    const told = new Map<number, string>();
    for (let now = START; now < START + 200_000; now += 700) {
      const parts = read(livePlaylist(clip, now));
      expect(parts).toHaveLength(6);
      for (const part of parts) {
        const text = JSON.stringify(part);
        expect(told.get(part.number) ?? text).toBe(text);
        told.set(part.number, text);
        // only what is over is told
        expect(part.at + PART * 1000).toBeLessThanOrEqual(now);
      }
      expect(now - parts.at(-1)!.at).toBeLessThan(2 * PART * 1000);
    }
    expect(told.size).toBeGreaterThan(90);
  });

  it('goes round its clip, a new round at each beginning, and no round goes back', () => {
    let last = { number: 0, round: -1 };
    for (let now = START; now < START + 120_000; now += PART * 1000) {
      for (const { number, round, uri } of read(livePlaylist(clip, now))) {
        if (number <= last.number) continue;
        const begins = uri.endsWith('-00.ts');
        if (last.round >= 0) expect(round).toBe(last.round + (begins ? 1 : 0));
        expect(uri).toBe(`../clips/river/sub-${String((number + 5) % PARTS).padStart(2, '0')}.ts`);
        last = { number, round };
      }
    }
    // small: players keep arrays of this length
    expect(last.round).toBeLessThan(20);
  });
});
