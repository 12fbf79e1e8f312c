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
  /** brightness of the picture's dots at a small size; null where it can't be read */
  picture: Uint8Array | null;
}

export interface Motion {
  last: Sample | null;
  /** the picture as it was when it last changed: slow changes add up against it */
  reference: Uint8Array | null;
  /** the picture has been seen to change since the player began */
  proven: boolean;
  /** moment the picture was last seen to change; null before the first sample */
  changedAt: number | null;
  /** moment the stream was last seen to go on */
  wentOnAt: number | null;
}

export const UNSEEN: Motion = { last: null, reference: null, proven: false, changedAt: null, wentOnAt: null };

/** Samples farther apart than this prove nothing: a throttled page looked away. */
const GAP = 5_000;

export function observe(before: Motion, sample: Sample): Motion {
  const { last } = before;
  if (!last || sample.at - last.at > GAP || sample.at < last.at || sample.frames < last.frames) {
    return { last: sample, reference: sample.picture, proven: false, changedAt: sample.at, wentOnAt: sample.at };
  }
  // a position alone may move over a hole without a new picture; frames are what was decoded
  const wentOn = sample.frames > last.frames && sample.position !== last.position;
  const changed = wentOn && differs(before.reference, sample.picture);
  return {
    last: sample,
    reference: changed ? sample.picture : before.reference,
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

/**
 * Levels of brightness (of 255) a dot may differ without having changed: an encoder that repeats a picture draws it a little
 * otherwise at every key frame (3 measured), a street in rain differs by 80 and more, a sensor's own noise by more than this
 * somewhere.
 */
const TOLERANCE = 6;

/** A picture that can't be read counts as another one: frames alone must tell then. */
function differs(before: Uint8Array | null, after: Uint8Array | null): boolean {
  if (!before || !after || before.length !== after.length) return true;
  return after.some((level, index) => Math.abs(level - before[index]!) > TOLERANCE);
}

/** Brightness of a picture's dots (RGBA). */
export function brightness(rgba: Uint8ClampedArray): Uint8Array {
  const levels = new Uint8Array(rgba.length >> 2);
  for (let i = 0; i < levels.length; i++) {
    const at = i * 4;
    levels[i] = (rgba[at]! * 77 + rgba[at + 1]! * 150 + rgba[at + 2]! * 29) >> 8;
  }
  return levels;
}
