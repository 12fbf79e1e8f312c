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
}

/**
 * A live playlist over a clip that goes round for ever: nothing is encoded while it plays. Parts are numbered by the clock, so
 * every process and every restart tells the same ones; where the clip begins again the time stamps do too, which is what
 * EXT-X-DISCONTINUITY says. Each part carries when it was "seen".
 * @param now Unix ms
 */
export function livePlaylist({ clip, stream, ahead }: LiveClip, now: number): string {
  const end = Math.floor(now / (PART * 1000));
  const first = end - WINDOW;
  // beginnings of the clip before the first part, up to a constant: what a player needs is that it never goes back
  const begun = Math.floor((first - 1 + ahead) / PARTS);
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
