import type { Window } from './series.js';

/**
 * Rates of a counter, units a second, by start of the window: how much the last value grew since the window before, over
 * `step` ms. A value below the one before means that the counter began anew (a restart, an overflow): it counts from
 * zero. A window with none right before it has no rate: what happened in a gap is not known.
 *
 * `windows` are in order and begin at multiples of `step`.
 */
export function ratesOf(windows: Iterable<Pick<Window, 'at' | 'last'>>, step: number): Map<number, number> {
  const rates = new Map<number, number>();
  let before: Pick<Window, 'at' | 'last'> | undefined;
  for (const window of windows) {
    if (before !== undefined && window.at - before.at === step && Number.isFinite(before.last)) {
      const grown = window.last >= before.last ? window.last - before.last : window.last;
      // Below zero after a fall: no counter, so no rate either.
      if (grown >= 0 && Number.isFinite(grown)) rates.set(window.at, (grown * 1_000) / step);
    }
    before = window;
  }
  return rates;
}
