/**
 * Chance without state: every draw is a hash of a seed and of what it is drawn for. The same seed, thing and moment give the
 * same number, in any order and in any process, so a simulated city can be asked about any moment.
 */

/** A seed of 32 bits out of a text (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return mix(hash);
}

/** The seed of something below another: `within(seed, key)`. */
export function within(seed: number, text: string): number {
  return below(seed, seedOf(text));
}

/** The same of a text whose own seed is known: for what is drawn all the time. */
export function below(seed: number, own: number): number {
  return mix(seed ^ own);
}

/** 0 ≤ number < 1, fixed for the seed and the whole number `n` (which may be larger than 32 bits). */
export function unit(seed: number, n = 0): number {
  const low = n | 0;
  const high = Math.floor(n / 4_294_967_296) | 0;
  return (mix(mix(seed ^ Math.imul(low, 0x9e3779b1)) ^ Math.imul(high + 1, 0x85ebca77)) >>> 0) / 4_294_967_296;
}

/** from ≤ number < to. */
export function between(seed: number, n: number, from: number, to: number): number {
  return from + unit(seed, n) * (to - from);
}

/** One of the entries, by weight. */
export function weighted<T>(seed: number, n: number, entries: readonly { weight: number; value: T }[]): T | undefined {
  let total = 0;
  for (const entry of entries) total += entry.weight;
  let left = unit(seed, n) * total;
  for (const entry of entries) {
    left -= entry.weight;
    if (left < 0) return entry.value;
  }
  return entries.at(-1)?.value;
}

/**
 * Smooth wandering around 0 within −1 and 1: two octaves of value noise. `over` (ms) is about one swing.
 */
export function smoothNoise(seed: number, at: number, over: number): number {
  return (lattice(seed, at / over) + 0.5 * lattice(~seed, (2.37 * at) / over)) / 1.5;
}

function lattice(seed: number, x: number): number {
  const cell = Math.floor(x);
  const part = x - cell;
  const ease = part * part * (3 - 2 * part);
  const left = unit(seed, cell) * 2 - 1;
  const right = unit(seed, cell + 1) * 2 - 1;
  return left + (right - left) * ease;
}

function mix(value: number): number {
  let h = value | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
