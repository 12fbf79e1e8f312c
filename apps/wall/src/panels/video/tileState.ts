/**
 * What a tile shows, as a state machine. Times are ms of one clock, `pictureAt` is the time of the shown picture.
 * resting: no turn at the moment · connecting · live · frozen: the picture does not move · offline: failed, tried again at
 * `retryAt` · none: the server has no such stream, asked again now and then.
 */
export type Phase = 'resting' | 'connecting' | 'live' | 'frozen' | 'offline' | 'none';

export interface TileState {
  phase: Phase;
  /** moment the phase began; frozen: moment the picture last changed; offline: of the first failure */
  since: number;
  /** failures in a row, and the moment of the first of them */
  failures: number;
  failedAt: number;
  retryAt: number;
  /** time of the picture shown (server's clock); null: never one */
  pictureAt: number | null;
}

export type TileEvent =
  | { type: 'play' }
  | { type: 'rest' }
  /** proven: the picture was seen to change; the first picture alone proves nothing */
  | { type: 'moving'; proven: boolean; pictureAt: number | null }
  | { type: 'frozen'; since: number; pictureAt: number | null }
  | { type: 'failed'; none: boolean }
  /** once a second while it plays */
  | { type: 'tick' };

export const RESTING: TileState = { phase: 'resting', since: 0, failures: 0, failedAt: 0, retryAt: 0, pictureAt: null };

/** A stream that shows nothing for this long has failed. */
export const PATIENCE = 15_000;
const FIRST_RETRY = 2_000;
const LAST_RETRY = 60_000;
/** A stream that does not exist is not worth asking for more often. */
const NONE_RETRY = 15_000;

export function nextTile(before: TileState, event: TileEvent, now: number): TileState {
  switch (event.type) {
    case 'play':
      return before.phase === 'resting' || before.phase === 'offline' || before.phase === 'none'
        ? { ...before, phase: 'connecting', since: now }
        : before;
    case 'rest':
      // what is known to be wrong is not forgotten because the turn is over
      return before.phase === 'live' || before.phase === 'connecting'
        ? { ...before, phase: 'resting', since: now }
        : before;
    case 'moving':
      return before.phase === 'live' || (before.phase === 'frozen' && !event.proven)
        ? { ...before, pictureAt: event.pictureAt ?? before.pictureAt }
        : { ...RESTING, phase: 'live', since: now, pictureAt: event.pictureAt ?? before.pictureAt };
    case 'frozen':
      return {
        ...before,
        phase: 'frozen',
        since: before.phase === 'frozen' ? Math.min(before.since, event.since) : event.since,
        pictureAt: event.pictureAt ?? before.pictureAt,
      };
    case 'failed':
      return failed(before, event.none, now);
    case 'tick':
      return before.phase === 'connecting' && now - before.since >= PATIENCE ? failed(before, false, now) : before;
  }
}

function failed(before: TileState, none: boolean, now: number): TileState {
  const failures = before.failures + 1;
  const wait = Math.min(LAST_RETRY, (none ? NONE_RETRY : FIRST_RETRY) * 2 ** Math.min(failures - 1, 10));
  // the first failure is when it went; each later attempt is part of the same
  const failedAt = before.failures > 0 ? before.failedAt : now;
  return { ...before, phase: none ? 'none' : 'offline', since: failedAt, failures, failedAt, retryAt: now + wait };
}

/** Whether it may be given a stream now. */
export function mayPlay(state: TileState, now: number): boolean {
  return now >= state.retryAt;
}
