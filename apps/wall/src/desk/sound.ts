import type { DeskAlarm } from '@citywall/protocol';
import { isOpen } from './view.js';

/** Longest silence by hand, ms: it comes back by itself. */
export const MUTE_MS = 5 * 60_000;
/** A flood of P2 is not a tune: one chime in so long, ms. */
const CHIME_EVERY_MS = 3_000;

/** What the desk says of its sound: the truth, also where it is a failure. */
export type SoundState = { is: 'on' } | { is: 'muted'; until: number } | { is: 'blocked' };

/** What is to be heard now. */
export interface Sounding {
  state: SoundState;
  /** a red alarm waits: the tone that does not end by itself */
  urgent: boolean;
  chime: boolean;
}

/** Decides what is heard. Muting hides and acknowledges nothing, and holds for five minutes at most. */
export class Sounds {
  private mutedUntil = 0;
  private chimedAt = Number.NEGATIVE_INFINITY;
  private due = false;

  /** On or off; times are Unix ms. */
  toggle(now: number): void {
    this.mutedUntil = this.mutedUntil > now ? 0 : now + MUTE_MS;
  }

  /**
   * Alarms are announced: an orange one is worth a chime, or one of a group that a flood collapses. What a flood, a cause or people
   * hold back is not among them, and sounds no more than it is shown.
   * @param flooded whether there is a flood: then also a yellow line is new to the eye
   */
  hear(announced: readonly (Pick<DeskAlarm, 'priority'> | undefined)[], flooded: boolean): void {
    if (announced.some((alarm) => alarm?.priority === 2 || (flooded && alarm?.priority === 3))) this.due = true;
  }

  /** @param reds whether a red alarm waits @param blocked whether the browser lets nothing be heard */
  step(reds: boolean, blocked: boolean, now: number): Sounding {
    const muted = this.mutedUntil > now;
    const state: SoundState = blocked
      ? { is: 'blocked' }
      : muted
        ? { is: 'muted', until: this.mutedUntil }
        : { is: 'on' };
    const silent = state.is !== 'on';
    // a red alarm says more than a chime, and what came while it was silent is not told later
    const chime = this.due && !silent && !reds && now - this.chimedAt >= CHIME_EVERY_MS;
    if (chime) this.chimedAt = now;
    if (chime || silent || reds) this.due = false;
    return { state, urgent: reds && !silent, chime };
  }
}

/** A red alarm that holds and waits for somebody. One that is over still waits in the list, without a sound. */
export function isUrgent(alarm: DeskAlarm): boolean {
  return alarm.priority === 1 && isOpen(alarm) && alarm.state !== 'cleared-unacknowledged';
}
