import type { ViewMeta, ViewState } from '@citywall/protocol';
import { stateOf } from '@citywall/protocol';

/** mulberry32: small, seeded, good enough to vary tests. */
export function randomSource(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  '',
  '0',
  '2',
  '1',
  '-1',
  '受理',
  'hasOwnProperty',
  '1783612500000',
];
const T0 = Date.UTC(2026, 6, 9, 6, 35);

type Row = Record<string, unknown>;

/** A random state over few keys, hostile ones among them, so that consecutive states overlap. */
export function randomState(random: () => number): ViewState {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const keys = [...KEYS, ...Array.from({ length: 8 }, (_, i) => `water/reservoir/${i}`)]
    .filter(() => random() < 0.6)
    .sort(() => random() - 0.5);
  const meta: ViewMeta = {};
  if (random() < 0.7) meta.fresh = Math.floor(random() * 3);
  if (random() < 0.5) meta.oldestAt = random() < 0.5 ? null : T0 + Math.floor(random() * 5);
  if (random() < 0.3) meta.unit = pick(['m', 'mm']);
  return stateOf(
    keys.map((key) => [key, randomRow(random, pick)] as const),
    meta,
  );
}

function randomRow(random: () => number, pick: <T>(items: readonly T[]) => T): Row {
  const row: Row = { value: pick([1, 2.5, 462.44, -0.001, 'fault', true, null, [107.33, 30.32], 1e300, 123456.789]) };
  if (random() < 0.8) row.at = pick([T0, T0 + 1, T0 - 86_400_000, 0, -5, T0 + 0.5, 1e15]);
  if (random() < 0.8) row.receivedAt = T0 + Math.floor(random() * 3);
  if (random() < 0.4) row.flags = pick([[], ['clock'], ['clock', 'range']]);
  if (random() < 0.4) row.fields = { description: pick(['a', '漫水']), size: pick([1, null]) };
  if (random() < 0.2) row.oldestAt = pick([null, T0]);
  if (random() < 0.2) row.unheardOf = pick([1, 'x']);
  return row;
}

/** A state as plain entries, for comparison: order and prototypes play no part in `toEqual` of objects. */
export function plain(state: ViewState): { meta: ViewMeta; rows: [string, unknown][] } {
  return { meta: state.meta, rows: state.order.map((key) => [key, state.rows[key]]) };
}
