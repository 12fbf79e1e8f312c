import { LOOP } from './drawings.js';

/** s of one part of a clip */
export const PART = 2;
export const PARTS = LOOP / PART;
/** parts a player is told of */
const WINDOW = 6;
/** two sizes, as cameras have them: `sub` for a grid, `main` for one large picture */
export const STREAMS = ['main', 'sub'] as const;
export type StreamName = (typeof STREAMS)[number];

export interface LiveClip {
  clip: string;
  stream: StreamName;
  /** parts this camera is ahead of others that show the same drawing */
  ahead: number;
  /** Unix ms before any playlist of this process; beginnings of the clip are counted from here */
  from: number;
}

/**
 * A live playlist over a clip that goes round for ever: nothing is encoded while it plays. Parts are numbered by the clock, so
 * every process and every restart tells the same ones; where the clip begins again the time stamps do too, which is what
 * EXT-X-DISCONTINUITY says. Each part carries when it was "seen".
 * @param now Unix ms
 */
export function livePlaylist({ clip, stream, ahead, from }: LiveClip, now: number): string {
  const end = partAt(now);
  const first = end - WINDOW;
  // Beginnings of the clip that have left the playlist. Counted from the start of the process, not of the era: hls.js keeps
  // an array by this number and goes through all of it for every part (a second each at 70 million).
  const begun = Math.max(0, rounds(first - 1 + ahead) - rounds(partAt(from) - WINDOW));
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${PART}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${begun}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  for (let part = first; part < end; part++) {
    const index = (part + ahead) % PARTS;
    if (index === 0) lines.push('#EXT-X-DISCONTINUITY');
    lines.push(
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(part * PART * 1000).toISOString()}`,
      `#EXTINF:${PART.toFixed(3)},`,
      `../clips/${clip}/${stream}-${String(index).padStart(2, '0')}.ts`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function partAt(at: number): number {
  return Math.floor(at / (PART * 1000));
}

function rounds(parts: number): number {
  return Math.floor(parts / PARTS);
}
