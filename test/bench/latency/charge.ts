/** What publications are charged: how long until a value measured at or after them was in the document. */
import { type Arm, type Shown, seenBy } from './arm.js';
import type { Published } from './load.js';

export interface Charged {
  /** ms, the least first */
  list: number[];
  /** of them, those nothing at or after was ever seen of, charged to the end */
  neverShown: number;
}

/** @param end Unix ms */
export async function charge(arm: Arm, shown: readonly Shown[], published: Published[], end: number): Promise<Charged> {
  const bySeries = new Map<number, { measured: number; at: number }[]>();
  for (const [index, measured, at] of await seenBy(arm.page)) {
    const seen = bySeries.get(index) ?? [];
    seen.push({ measured, at });
    bySeries.set(index, seen);
  }
  const missing = new Set<number>();
  let neverShown = 0;
  const list = published.map(([index, at]) => {
    const first = bySeries.get(index)?.find(({ measured }) => measured >= at);
    if (first) return first.at - at;
    neverShown++;
    missing.add(index);
    return end - at;
  });
  if (missing.size > 0) {
    const names = [...missing].map((index) => `${shown[index]?.asset} ${shown[index]?.metric}`);
    console.log(`  ${arm.name}, never shown to the end: ${listed(names)}`);
  }
  return { list: list.sort((a, b) => a - b), neverShown };
}

export const quantile = (list: readonly number[], q: number): number =>
  list[Math.min(list.length - 1, Math.floor(list.length * q))] ?? 0;

export const listed = (names: string[]): string =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
