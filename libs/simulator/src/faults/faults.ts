import type { FaultKind, FaultSpec } from '@citywall/pack-schema';
import { unit, within } from '../random.js';
import type { SimulatedValue, Values } from '../values.js';

/** Something goes wrong on purpose from when until when: simulated moments, Unix ms. */
export type Fault = FaultSpec & { from: number; until: number };
type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** What faults do to the values, times and rows of one asset, asked before anything is written. */
export interface Faults {
  /** ms that are added to the times of a payload */
  offset(source: string, key: string | undefined, moment: number): number;
  /** moment whose values are told at another */
  valuesAt(source: string, key: string, moment: number): number;
  spiked(source: string, key: string, moment: number, values: Values): Values;
  /** whether nothing of an asset is heard, or not now, while others of its message are */
  hushed(source: string, key: string, moment: number): boolean;
  /** times as many messages as usual at some time of [from, to]; 1 usual */
  burst(source: string, keys: readonly string[], from: number, to: number): number;
  /** Silences of a source or of one of the keys, in the order they begin. */
  silences(source: string, keys: readonly string[]): readonly FaultOf<'silence'>[];
}

export function holds(fault: Fault, moment: number): boolean {
  return moment >= fault.from && moment < fault.until;
}

/** Whether a fault is about a stream or life, for some of its assets at least. */
export function isOf(fault: Fault, source: string): boolean {
  return source === fault.of || source.startsWith(`${fault.of}/`);
}

/** Whether it meets one of the assets; without any named it meets all, also what is of no asset. */
export function meetsAny({ assets }: Fault, keys: readonly (string | undefined)[]): boolean {
  return assets === undefined || keys.some((key) => key !== undefined && assets.includes(key));
}

/** One share of the things a fault may meet, the same ones however often it is asked. 0 ≤ number < 1 */
export function chanceOf(fault: Fault, seed: number, thing: string, moment: number): number {
  return unit(within(seed, `${fault.kind} ${fault.of} ${fault.from} ${thing}`), moment);
}

export function createFaults(faults: readonly Fault[], seed: number): Faults {
  const of = <K extends FaultKind>(...kinds: K[]) =>
    faults.filter((fault): fault is FaultOf<K> => (kinds as FaultKind[]).includes(fault.kind));
  const clocks = of('clock', 'future');
  const freezes = of('frozen');
  const spikes = of('spike');
  const hushes = of('silence', 'buffer').filter(({ assets }) => assets !== undefined);
  const bursts = of('burst');
  const silences = of('silence').sort((a, b) => a.from - b.from);
  const met = <F extends Fault>(list: readonly F[], source: string, key: string | undefined, moment: number) =>
    list.filter((fault) => holds(fault, moment) && isOf(fault, source) && meetsAny(fault, [key]));

  return {
    offset(source, key, moment) {
      let offset = 0;
      for (const fault of met(clocks, source, key, moment)) {
        if (fault.kind === 'clock') offset += fault.by;
        else if (chanceOf(fault, seed, `${source} ${key}`, moment) < fault.share) {
          offset += Math.ceil(chanceOf(fault, seed, `by ${source} ${key}`, moment) * fault.by);
        }
      }
      return offset;
    },
    valuesAt: (source, key, moment) =>
      met(freezes, source, key, moment).reduce((earliest, { from }) => Math.min(earliest, from), moment),
    spiked(source, key, moment, values) {
      const hit = met(spikes, source, key, moment).filter(
        (fault) => chanceOf(fault, seed, `${source} ${key}`, moment) < fault.share,
      );
      if (hit.length === 0) return values;
      return Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          hit.reduce((told, fault) => spikedBy(fault, name, told), value),
        ]),
      );
    },
    hushed: (source, key, moment) => met(hushes, source, key, moment).length > 0,
    burst: (source, keys, from, to) =>
      bursts.reduce(
        (most, fault) =>
          fault.from <= to && fault.until > from && isOf(fault, source) && meetsAny(fault, keys)
            ? Math.max(most, fault.times)
            : most,
        1,
      ),
    silences: (source, keys) => silences.filter((fault) => isOf(fault, source) && meetsAny(fault, keys)),
  };
}

function spikedBy({ value, set, add, scale }: FaultOf<'spike'>, name: string, told: SimulatedValue): SimulatedValue {
  if (!('number' in told) || (value !== undefined && value !== name)) return told;
  // what is set is said as it is written: a sentinel is "-9999", not "-9999.0"
  if (set !== undefined) return { ...told, number: set, decimals: Number.isInteger(set) ? 0 : told.decimals };
  return { ...told, number: told.number * (scale ?? 1) + (add ?? 0) };
}

/** Nothing goes wrong. */
export const NO_FAULTS: Faults = {
  offset: () => 0,
  valuesAt: (_source, _key, moment) => moment,
  spiked: (_source, _key, _moment, values) => values,
  hushed: () => false,
  burst: () => 1,
  silences: () => [],
};
