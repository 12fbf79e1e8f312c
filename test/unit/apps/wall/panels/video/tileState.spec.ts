import { describe, expect, it } from '@jest/globals';
import {
  mayPlay,
  nextTile,
  PATIENCE,
  RESTING,
  type TileEvent,
  type TileState,
} from '../../../../../../apps/wall/src/panels/video/tileState.js';

const PLAY: TileEvent = { type: 'play' };
const REST: TileEvent = { type: 'rest' };
const FAILED: TileEvent = { type: 'failed', none: false };
const moving = (pictureAt: number | null = null, proven = true): TileEvent => ({ type: 'moving', proven, pictureAt });
const through = (events: [TileEvent, number][], from: TileState = RESTING) =>
  events.reduce((state, [event, now]) => nextTile(state, event, now), from);

describe('state of a tile', () => {
  it('connects, shows, rests and keeps the time of its picture', () => {
    expect(through([[PLAY, 1000]])).toMatchObject({ phase: 'connecting', since: 1000 });
    expect(
      through([
        [PLAY, 1000],
        [moving(900), 2000],
      ]),
    ).toMatchObject({ phase: 'live', since: 2000, pictureAt: 900 });
    expect(
      through([
        [PLAY, 1000],
        [moving(900), 2000],
        [REST, 3000],
      ]),
    ).toMatchObject({ phase: 'resting', pictureAt: 900 });
  });

  it('tries again later each time, at most once a minute, and says since when it is gone', () => {
    let state = RESTING;
    const waits: number[] = [];
    let now = 1000;
    for (let i = 0; i < 9; i++) {
      state = nextTile(nextTile(state, PLAY, now), FAILED, now);
      waits.push(state.retryAt - now);
      expect([mayPlay(state, state.retryAt - 1), mayPlay(state, state.retryAt)]).toEqual([false, true]);
      now = state.retryAt;
    }
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
    expect(state).toMatchObject({ phase: 'offline', since: 1000, failures: 9 });
    expect(nextTile(state, moving(), now)).toMatchObject({ phase: 'live', failures: 0, retryAt: 0 });
  });

  it('a stream that shows nothing has failed after its patience', () => {
    const state = through([[PLAY, 1000]]);
    expect(nextTile(state, { type: 'tick' }, 1000 + PATIENCE - 1).phase).toBe('connecting');
    expect(nextTile(state, { type: 'tick' }, 1000 + PATIENCE).phase).toBe('offline');
    expect(nextTile(through([[moving(), 1000]]), { type: 'tick' }, 90_000).phase).toBe('live');
  });

  it('a stream the server does not have is no failure of the line, and is asked for less often', () => {
    const state = through([
      [PLAY, 0],
      [{ type: 'failed', none: true }, 500],
    ]);
    expect(state).toMatchObject({ phase: 'none', since: 500, retryAt: 15_500 });
  });

  it('frozen stays frozen through a rest and a new start until the picture is seen to change', () => {
    const frozen = through([
      [PLAY, 0],
      [moving(0), 1000],
      [{ type: 'frozen', since: 5000, pictureAt: 5000 }, 16_000],
    ]);
    expect(frozen).toMatchObject({ phase: 'frozen', since: 5000 });
    const again = through(
      [
        [REST, 20_000],
        [PLAY, 40_000],
        [moving(39_000, false), 41_000],
      ],
      frozen,
    );
    expect(again).toMatchObject({ phase: 'frozen', since: 5000 });
    // found frozen again: it has been so since the first time
    expect(nextTile(again, { type: 'frozen', since: 41_000, pictureAt: null }, 52_000).since).toBe(5000);
    expect(nextTile(again, moving(52_000), 52_000)).toMatchObject({ phase: 'live', since: 52_000 });
  });

  it('what is known to be wrong is not forgotten because the turn is over', () => {
    expect(
      through([
        [PLAY, 0],
        [FAILED, 1000],
        [REST, 2000],
      ]).phase,
    ).toBe('offline');
  });
});
