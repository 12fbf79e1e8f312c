import type { CameraTile } from './option.js';
import type { TileState } from './tileState.js';

/** What lies over a tile's picture: nothing while it is live. Keys of the locale with their arguments. */
export interface TileNote {
  /** hatched and dashed: what is below is no picture of now */
  kind: 'quiet' | 'broken';
  head: [key: string, args: Record<string, string | number>];
  detail: [key: string, args: Record<string, string | number>] | null;
}

/** Words of ages and times, as the screen says them. */
export interface NoteWords {
  age(ms: number): string;
  clock(at: number): string;
}

export function noteOf(
  tile: Pick<CameraTile, 'stream' | 'reportedOff'>,
  state: TileState,
  { replay, kept, now }: { replay: boolean; kept: boolean; now: number },
  words: NoteWords,
): TileNote | null {
  // a replayed screen must not show today's street
  if (replay) return { kind: 'quiet', head: ['video.replay', {}], detail: null };
  const last: TileNote['detail'] =
    state.pictureAt === null ? null : ['video.last', { time: words.clock(state.pictureAt) }];
  if (tile.reportedOff !== null) {
    return { kind: 'broken', head: ['video.reported', { state: tile.reportedOff }], detail: ['video.byPlatform', {}] };
  }
  if (tile.stream === null) return { kind: 'broken', head: ['video.none', {}], detail: ['video.noStream', {}] };
  switch (state.phase) {
    case 'live':
      return null;
    case 'frozen':
      return {
        kind: 'broken',
        head: ['video.frozen', { age: words.age(now - state.since) }],
        detail: ['video.doNotJudge', {}],
      };
    case 'connecting':
      return { kind: 'quiet', head: ['video.connecting', { n: seconds(now - state.since) }], detail: last };
    case 'offline':
      return { kind: 'broken', head: ['video.offline', { age: words.age(now - state.since) }], detail: last };
    case 'none':
      return { kind: 'broken', head: ['video.none', {}], detail: last ?? ['video.notServed', {}] };
    case 'resting':
      return kept && state.pictureAt !== null
        ? { kind: 'quiet', head: ['video.resting', { age: words.age(now - state.pictureAt) }], detail: null }
        : { kind: 'quiet', head: ['video.waiting', {}], detail: null };
  }
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}
