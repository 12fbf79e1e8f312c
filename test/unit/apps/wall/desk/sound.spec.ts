import { describe, expect, it } from '@jest/globals';
import { isUrgent, MUTE_MS, Sounds } from '../../../../../apps/wall/src/desk/sound.js';
import { alarm, NOW } from './support.js';

describe('the sound of the desk', () => {
  it('a red alarm that waits goes on until somebody has seen it', () => {
    const sounds = new Sounds();
    expect(sounds.step(true, false, NOW)).toEqual({ state: { is: 'on' }, urgent: true, chime: false });
    expect(sounds.step(true, false, NOW + 60_000).urgent).toBe(true);
    expect(sounds.step(false, false, NOW + 61_000).urgent).toBe(false);
    expect(isUrgent(alarm('a'))).toBe(true);
    expect(isUrgent(alarm('a', { state: 'active-acknowledged' }))).toBe(false);
    expect(isUrgent(alarm('a', { suppressedBy: 'b' }))).toBe(false);
    expect(isUrgent(alarm('a', { state: 'cleared-unacknowledged' }))).toBe(false);
  });

  it('an orange one chimes when it is announced, and at no other time', () => {
    const sounds = new Sounds();
    const orange = alarm('a', { priority: 2 });
    sounds.hear([orange], false);
    expect([sounds.step(false, false, NOW).chime, sounds.step(false, false, NOW + 9_000).chime]).toEqual([true, false]);
    sounds.hear([], false);
    expect(sounds.step(false, false, NOW + 20_000).chime).toBe(false);
    sounds.hear([alarm('b', { priority: 3 }), undefined], false);
    expect(sounds.step(false, false, NOW + 40_000).chime).toBe(false);
  });

  it('in a flood a new line chimes whatever its priority is; what is folded away is not announced', () => {
    const sounds = new Sounds();
    sounds.hear([alarm('a', { priority: 3 })], true);
    expect(sounds.step(false, false, NOW).chime).toBe(true);
    sounds.hear([], true);
    expect(sounds.step(false, false, NOW + 9_000).chime).toBe(false);
  });

  it('a flood is not a tune: one chime in three seconds', () => {
    const sounds = new Sounds();
    let chimes = 0;
    for (let at = 0; at < 9_000; at += 250) {
      sounds.hear([alarm(`a${at}`, { priority: 2 })], false);
      if (sounds.step(false, false, NOW + at).chime) chimes += 1;
    }
    expect(chimes).toBe(3);
  });

  it('muted it says until when, and comes back by itself after five minutes or by hand', () => {
    const sounds = new Sounds();
    sounds.toggle(NOW);
    expect(sounds.step(true, false, NOW + 1)).toMatchObject({
      state: { is: 'muted', until: NOW + MUTE_MS },
      urgent: false,
    });
    expect(sounds.step(true, false, NOW + MUTE_MS)).toMatchObject({ state: { is: 'on' }, urgent: true });
    sounds.toggle(NOW + MUTE_MS);
    sounds.toggle(NOW + MUTE_MS + 1);
    expect(sounds.step(true, false, NOW + MUTE_MS + 2).urgent).toBe(true);
  });

  it('what the browser blocks is said as blocked, whatever was muted', () => {
    const sounds = new Sounds();
    sounds.toggle(NOW);
    expect(sounds.step(true, true, NOW)).toEqual({ state: { is: 'blocked' }, urgent: false, chime: false });
  });
});
