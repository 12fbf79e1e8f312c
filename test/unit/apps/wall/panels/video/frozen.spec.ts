import { describe, expect, it } from '@jest/globals';
import {
  brightness,
  type Motion,
  observe,
  stillness,
  UNSEEN,
} from '../../../../../../apps/wall/src/panels/video/frozen.js';

const AFTER = 10_000;
/** Another picture for another number. */
const pictureOf = (look: number | null) => (look === null ? null : Uint8Array.from([40, (look * 37) % 256, 90]));

/** A player at 10 frames a second, looked at once a second. */
function watch(
  from: number,
  seconds: number,
  hash: (second: number) => number | null,
  going = true,
  before: Motion = UNSEEN,
) {
  let motion = before;
  const base = before.last;
  for (let i = 0; i <= seconds; i++) {
    const step = going ? i + (base ? 1 : 0) : 0;
    motion = observe(motion, {
      at: from + i * 1000,
      position: (base?.position ?? 0) + step,
      frames: (base?.frames ?? 1) + step * 10,
      picture: pictureOf(hash(i)),
    });
  }
  return motion;
}

describe('frozen picture', () => {
  it('a street that moves is never frozen', () => {
    const motion = watch(0, 600, (i) => i);
    expect(stillness(motion, 600_000, AFTER)).toBe('moving');
    expect(motion.proven).toBe(true);
  });

  it('a stream that goes on with the same picture is still, counted from its last change', () => {
    const motion = watch(
      30_000,
      42,
      () => 7,
      true,
      watch(0, 29, (i) => i),
    );
    expect(stillness(motion, 38_000, AFTER)).toBe('moving');
    expect(stillness(motion, 72_000, AFTER)).toBe('still');
    expect(motion.changedAt).toBe(30_000);
  });

  it('a stream that brings nothing new is stalled, whatever the page paints', () => {
    const motion = watch(
      30_000,
      15,
      (i) => 1000 + i,
      false,
      watch(0, 29, (i) => i),
    );
    expect(stillness(motion, 45_000, AFTER)).toBe('stalled');
  });

  it('one change ends it', () => {
    const frozen = watch(0, 30, () => 7);
    expect(stillness(frozen, 30_000, AFTER)).toBe('still');
    expect(
      stillness(
        watch(31_000, 1, (i) => i, true, frozen),
        32_000,
        AFTER,
      ),
    ).toBe('moving');
  });

  it('where the picture can’t be read, frames alone tell', () => {
    expect(
      stillness(
        watch(0, 60, () => null),
        60_000,
        AFTER,
      ),
    ).toBe('moving');
    expect(
      stillness(
        watch(0, 60, () => null, false),
        60_000,
        AFTER,
      ),
    ).toBe('stalled');
  });

  it('a page that looked away, a new player or a clock set back prove nothing', () => {
    const moving = watch(0, 20, (i) => i);
    const later = observe(moving, { at: 90_000, position: 20, frames: 201, picture: pictureOf(20) });
    expect([stillness(later, 91_000, AFTER), later.proven]).toEqual(['moving', false]);
    expect(observe(moving, { at: 21_000, position: 0, frames: 1, picture: pictureOf(20) }).proven).toBe(false);
    expect(observe(moving, { at: 1_000, position: 21, frames: 300, picture: pictureOf(21) }).proven).toBe(false);
    expect(stillness(UNSEEN, 1_000_000, AFTER)).toBe('moving');
  });

  it('a repeated picture that an encoder draws a little otherwise is the same; slow changes add up to another', () => {
    const level = (grey: number, at: number) =>
      ({ at, position: at, frames: at / 100 + 1, picture: Uint8Array.from([40, grey, 90]) }) as const;
    let motion = UNSEEN;
    for (let i = 0; i <= 20; i++) motion = observe(motion, level(i % 2 ? 100 : 103, i * 1000));
    expect(stillness(motion, 20_000, AFTER)).toBe('still');
    motion = UNSEEN;
    for (let i = 0; i <= 20; i++) motion = observe(motion, level(100 + i, i * 1000));
    expect(stillness(motion, 20_000, AFTER)).toBe('moving');
  });

  it('reads brightness, not transparency', () => {
    expect([...brightness(Uint8ClampedArray.from([255, 255, 255, 255, 0, 0, 0, 9, 0, 255, 0, 0]))]).toEqual([
      255, 0, 149,
    ]);
  });
});
