/**
 * Does the picture move? A stream can go on while its picture stands (an encoder that repeats its last frame), or stop without
 * an error (a playlist that stays as it is). Both look like a quiet street. Time is an argument.
 */
export interface Sample {
  /** ms */
  at: number;
  /** position in the stream, s */
  position: number;
  /** frames decoded since the player began */
  frames: number;
  /** of the picture's bytes at a small size; null where it can't be read */
  hash: number | null;
}

export interface Motion {
  last: Sample | null;
  /** the picture has been seen to change since the player began */
  proven: boolean;
  /** moment the picture was last seen to change; null before the first sample */
  changedAt: number | null;
  /** moment the stream was last seen to go on */
  wentOnAt: number | null;
}

export const UNSEEN: Motion = { last: null, proven: false, changedAt: null, wentOnAt: null };

/** Samples farther apart than this prove nothing: a throttled page looked away. */
const GAP = 5_000;

export function observe(before: Motion, sample: Sample): Motion {
  const { last } = before;
  if (!last || sample.at - last.at > GAP || sample.at < last.at || sample.frames < last.frames) {
    return { last: sample, proven: false, changedAt: sample.at, wentOnAt: sample.at };
  }
  // a position alone may move over a hole without a new picture; frames are what was decoded
  const wentOn = sample.frames > last.frames && sample.position !== last.position;
  const changed = wentOn && (sample.hash === null || last.hash === null || sample.hash !== last.hash);
  return {
    last: sample,
    proven: before.proven || changed,
    wentOnAt: wentOn ? sample.at : before.wentOnAt,
    changedAt: changed ? sample.at : before.changedAt,
  };
}

export type Stillness = 'moving' | 'still' | 'stalled';

/** still: the stream goes on with the same picture · stalled: nothing new comes. */
export function stillness(motion: Motion, now: number, after: number): Stillness {
  const { changedAt, wentOnAt } = motion;
  if (changedAt === null || wentOnAt === null || now - changedAt < after) return 'moving';
  return now - wentOnAt >= after ? 'stalled' : 'still';
}

/** FNV-1a over the brightness of a picture's bytes (RGBA). */
export function pictureHash(rgba: Uint8ClampedArray): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < rgba.length; i += 4) {
    hash = Math.imul(hash ^ rgba[i]!, 0x01000193);
    hash = Math.imul(hash ^ rgba[i + 1]!, 0x01000193);
    hash = Math.imul(hash ^ rgba[i + 2]!, 0x01000193);
  }
  return hash >>> 0;
}
