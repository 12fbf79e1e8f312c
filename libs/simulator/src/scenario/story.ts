import type { Asset } from '@citywall/model';
import type { ScenarioDrive, ScenarioSpec, ScenarioStates } from '@citywall/pack-schema';
import { between, smoothNoise, within } from '../random.js';
import { curveAt } from './curve.js';
import { type Run, storyMinute, strengthOf } from './run.js';

/** What runs, with what it says. */
export interface Running {
  run: Run;
  spec: ScenarioSpec;
}

/** What scenarios make of values before they are encoded. */
export interface Story {
  /** undefined: no scenario touches this number of this asset, ever */
  drive(source: string, metric: string, asset: Asset): ((value: number, at: number) => number) | undefined;
  /** the code that stands instead of the asset's own now; undefined: its own */
  state(source: string, metric: string, asset: Asset, at: number): string | number | boolean | null | undefined;
}

type Bend = (value: number, at: number) => number;

const MINUTE = 60_000;
/** How fast the noise of a driven value wanders, ms. */
const WANDER = 2 * MINUTE;

/** Runs laid over values. A curve leads the named assets; others follow later and by less (`spread`). */
export function createStory(running: readonly Running[], seed: number): Story {
  const drives = indexed(running.flatMap(({ run, spec }) => spec.drive.map((part) => ({ run, spec, part }))));
  const states = indexed(running.flatMap(({ run, spec }) => spec.states.map((part) => ({ run, spec, part }))));
  const known = new Map<string, Bend | undefined>();
  return {
    drive(source, metric, asset) {
      const name = `${source} ${metric}`;
      const all = drives.get(name);
      if (all === undefined) return undefined;
      const key = `${name} ${asset.key}`;
      if (known.has(key)) return known.get(key);
      const bends = all.flatMap((one) => bendOf(one, asset, within(seed, `drive ${key}`)) ?? []);
      const whole: Bend | undefined =
        bends.length === 0 ? undefined : (value, at) => bends.reduce((bent, bend) => bend(bent, at), value);
      known.set(key, whole);
      return whole;
    },
    state(source, metric, asset, at) {
      const all = states.get(`${source} ${metric}`);
      if (all === undefined) return undefined;
      // the newest run has the last word
      for (const one of [...all].reverse()) {
        const { run, part } = one;
        if (at < run.opened || (run.stopped !== undefined && at >= run.stopped)) continue;
        if (part.assets !== undefined && !part.assets.includes(asset.key)) continue;
        const minute = storyMinute(run, at);
        if (minute >= part.until) continue;
        const code = part.codes.findLast(([from]) => minute >= from);
        if (code !== undefined) return code[1];
      }
      return undefined;
    },
  };
}

type Indexed<Part> = Running & { part: Part };

function indexed<Part extends ScenarioDrive | ScenarioStates>(all: Indexed<Part>[]): Map<string, Indexed<Part>[]> {
  const found = new Map<string, Indexed<Part>[]>();
  for (const one of all) {
    const name = `${one.part.of} ${one.part.value}`;
    const list = found.get(name);
    if (list === undefined) found.set(name, [one]);
    else list.push(one);
  }
  return found;
}

/** What a drive does to an asset's value; undefined: nothing. */
function bendOf({ run, spec, part }: Indexed<ScenarioDrive>, asset: Asset, seed: number): Bend | undefined {
  const { curve, ease, mode, noise, spread } = part;
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const leads = part.assets === undefined || part.assets.includes(asset.key);
  if (!leads && (spread === undefined || (spread.assets !== undefined && !spread.assets.includes(asset.key)))) {
    return undefined;
  }
  const lag = leads || spread === undefined ? 0 : between(seed, 1, ...spread.lag);
  const scale = leads || spread === undefined ? 1 : between(seed, 2, ...spread.scale);
  return (value, at) => {
    const minute = storyMinute(run, at) - lag;
    const strength = strengthOf(run, spec, at) * easeOf(minute, first[0], last[0], ease);
    if (strength <= 0) return value;
    const neutral = mode === 'set' ? first[1] : mode === 'add' ? 0 : 1;
    const wander = noise === 0 ? 1 : 1 + noise * smoothNoise(within(seed, 'noise'), at, WANDER);
    const change = (curveAt(curve, minute) - neutral) * scale * wander;
    if (mode === 'scale') return value * (1 + strength * change);
    if (mode === 'add') return value + strength * change;
    // the leading assets stand at the curve itself, the others keep their own height
    return leads ? value + strength * (neutral + change - value) : value + strength * change;
  };
}

function easeOf(minute: number, first: number, last: number, ease: number): number {
  if (minute >= first && minute <= last) return 1;
  const away = minute < first ? first - minute : minute - last;
  return ease <= 0 ? 0 : Math.max(1 - away / ease, 0);
}
