import type { Asset } from '@citywall/model';
import type { RESETS, SimulatorTerm, SimulatorValue } from '@citywall/pack-schema';
import { below, seedOf, smoothNoise, unit, weighted } from './random.js';
import type { Story } from './scenario/story.js';
import { clockMs, type LocalTime, type Zone } from './time.js';
import type { Weather } from './weather.js';

/** What stands in a payload: a number with its decimals, or a code. null: the platform has no value. */
export type SimulatedValue =
  | { number: number; decimals: number }
  | { code: string | number | boolean | null }
  | { missing: string | number | boolean | null };

/** The city a model looks at. */
export interface City {
  seed: number;
  zone: Zone;
  weather: Weather;
  /** the weather without the rain of scenarios, for values that a scenario leads itself; default the same */
  calm?: Weather;
  /** what scenarios make of values */
  story?: Story;
}

/** One asset whose values are asked for. */
export interface Subject {
  asset: Asset;
  /** own seed of the asset */
  seed: number;
}

export type Values = Record<string, SimulatedValue>;
/** All values of one message at a moment. */
export type ValueModel = (subject: Subject, at: number) => Values;

interface Moment {
  subject: Subject;
  at: number;
  local: LocalTime;
  /** weather this value feels */
  weather: Weather;
  /** sums already reckoned, before rounding, by metric */
  raw: Record<string, number>;
  /** values already told, by metric */
  told: Values;
}

type Evaluate = (moment: Moment) => number;

interface TermEntry {
  doc: string;
  compile(term: SimulatorTerm, city: City, seed: string): Evaluate;
}

const HOUR = 3_600_000;
const DEFAULT_SWING = 600_000;

/** The models of a term: a closed table, documented for the reference. */
export const TERMS: Record<string, TermEntry> = {
  constant: { doc: 'a number', compile: (term) => () => term.constant ?? 0 },
  attribute: {
    doc: 'a number among the attributes of the asset',
    compile: (term) => (moment) => numberOf(moment.subject.asset, term.attribute ?? ''),
  },
  byAsset: {
    doc: 'a number an asset key',
    compile: (term) => {
      const table = new Map(Object.entries(term.byAsset ?? {}));
      return (moment) => table.get(moment.subject.asset.key) ?? 0;
    },
  },
  spread: {
    doc: 'fixed for each asset, between minus and plus this',
    compile: (term, _city, seed) => {
      const own = seedOf(`spread ${seed}`);
      return ({ subject }) => (unit(below(subject.seed, own)) * 2 - 1) * (term.spread ?? 0);
    },
  },
  daily: {
    doc: 'a curve over the local day',
    compile: (term) => {
      const curve = dailyCurve(term.daily ?? []);
      return ({ local }) => {
        const weekend = local.weekday === 0 || local.weekday === 6 ? (term.weekend ?? 1) : 1;
        return curve(local.sinceMidnight) * weekend;
      };
    },
  },
  noise: {
    doc: 'smooth wandering around 0, never beyond minus or plus this',
    compile: (term, _city, seed) => {
      const own = seedOf(`noise ${seed}`);
      return ({ subject, at }) =>
        smoothNoise(below(subject.seed, own), at, term.over ?? DEFAULT_SWING) * (term.noise ?? 0);
    },
  },
  shower: {
    doc: 'mm of rain at the place of the asset in the window `over`, `lag` earlier; 0 without a place',
    compile: (term) => (moment) => {
      const place = moment.subject.asset.place;
      if (place === null) return 0;
      const to = moment.at - (term.lag ?? 0);
      return moment.weather.fallen(place.lon, place.lat, to - (term.over ?? HOUR), to);
    },
  },
  counter: {
    doc: 'so many an hour since local midnight, or since the beginning of another `reset`',
    compile: (term, city) => (moment) => {
      const since = moment.at - beginningOf(term.reset ?? 'day', moment.at, moment.local, city.zone);
      return Math.floor(((term.counter ?? 0) * since) / HOUR);
    },
  },
  total: {
    doc: 'so many since local midnight, where a curve over the day says how many come an hour',
    compile: (term) => {
      const sinceMidnight = dailyTotal(term.total ?? []);
      return ({ local }) => {
        const weekend = local.weekday === 0 || local.weekday === 6 ? (term.weekend ?? 1) : 1;
        return Math.floor(sinceMidnight(local.sinceMidnight) * weekend);
      };
    },
  },
  byCode: {
    doc: 'a number a code of another value of the same message',
    compile: (term) => {
      const table = new Map(Object.entries(term.byCode ?? {}));
      return (moment) => {
        const told = moment.told[term.of ?? ''];
        return told !== undefined && 'code' in told ? (table.get(String(told.code)) ?? 0) : 0;
      };
    },
  },
  from: {
    doc: 'another value of the same message, before its rounding',
    compile: (term) => (moment) => moment.raw[term.from ?? ''] ?? 0,
  },
};

/** Compiles the values of a stream. `from` may only look at values named before it; others count as 0. */
export function compileValues(specs: Record<string, SimulatorValue>, city: City, scope: string): ValueModel {
  const models = Object.entries(specs).map(([metric, spec]) => ({
    metric,
    model: compileValue(spec, city, scope, metric),
  }));
  return (subject, at) => {
    const values: Values = {};
    const moment: Moment = { subject, at, local: city.zone.local(at), weather: city.weather, raw: {}, told: values };
    for (const { metric, model } of models) values[metric] = model(moment);
    return values;
  };
}

function compileValue(
  spec: SimulatorValue,
  city: City,
  source: string,
  metric: string,
): (moment: Moment) => SimulatedValue {
  const own = compileOwn(spec, city, source, metric);
  const { story } = city;
  if (story === undefined || 'decimals' in spec) return own;
  return (moment) => {
    const code = story.state(source, metric, moment.subject.asset, moment.at);
    return code === undefined ? own(moment) : { code };
  };
}

/** The value as the system's own simulator.yaml says it; numbers as scenarios lead them. */
function compileOwn(spec: SimulatorValue, city: City, source: string, metric: string): (m: Moment) => SimulatedValue {
  const seed = `${source} ${metric}`;
  if ('choice' in spec) {
    const entries = Object.entries(spec.choice).map(([value, weight]) => ({ weight, value }));
    const choice = seedOf(`choice ${seed}`);
    return ({ subject, at }) => {
      const own = below(subject.seed, choice);
      // each asset changes at its own moments, not all at the full hour
      const slot = Math.floor(at / spec.dwell + unit(own, -1));
      return { code: weighted(own, slot, entries) ?? null };
    };
  }
  const gapSeed = seedOf(`gap ${seed}`);
  const sum = compileSum(spec.sum, city, `${seed} sum`);
  if ('steps' in spec) {
    return (moment) => {
      const value = sum(moment);
      let code = spec.otherwise;
      for (const [threshold, step] of spec.steps) if (value >= threshold) code = step;
      return { code };
    };
  }
  const times = spec.times === undefined ? null : compileSum(spec.times, city, `${seed} times`);
  return (moment) => {
    const lead = city.story?.drive(source, metric, moment.subject.asset);
    // what a scenario leads must not be moved by its rain a second time
    moment.weather = lead === undefined ? city.weather : (city.calm ?? city.weather);
    let value = sum(moment) * (times === null ? 1 : times(moment));
    if (lead !== undefined) value = lead(value, moment.at);
    moment.weather = city.weather;
    if (spec.min !== undefined) value = Math.max(value, spec.min);
    if (spec.max !== undefined) {
      value = Math.min(
        value,
        typeof spec.max === 'number' ? spec.max : numberOf(moment.subject.asset, spec.max.attribute),
      );
    }
    moment.raw[metric] = value;
    const gap = spec.missing;
    if (gap !== undefined && isGap(gap, moment, gapSeed)) return { missing: gap.as };
    return { number: value, decimals: spec.decimals };
  };
}

type Gap = NonNullable<Extract<SimulatorValue, { missing?: unknown }>['missing']>;

function isGap({ chance = 0, while: closed }: Gap, moment: Moment, own: number): boolean {
  if (closed !== undefined && (moment.raw[closed.value] ?? 0) < closed.below) return true;
  return unit(below(moment.subject.seed, own), Math.floor(moment.at / 1000)) < chance;
}

function compileSum(terms: readonly SimulatorTerm[], city: City, seed: string): Evaluate {
  const parts = terms.map((term, index) => {
    const model = Object.keys(TERMS).find((name) => term[name as keyof SimulatorTerm] !== undefined);
    const entry = model === undefined ? undefined : TERMS[model];
    if (entry === undefined) throw new TypeError(`a term of ${seed} has no model`);
    const evaluate = entry.compile(term, city, `${seed} ${index}`);
    const { scale = 1, plus = 0, per } = term;
    return (moment: Moment) =>
      (evaluate(moment) * scale) / (per === undefined ? 1 : numberOf(moment.subject.asset, per) || 1) + plus;
  });
  return (moment) => {
    let total = 0;
    for (const part of parts) total += part(moment);
    return total;
  };
}

/** Linear between the points, around midnight too. Takes ms since local midnight. */
export function dailyCurve(points: readonly (readonly [string, number])[]): (sinceMidnight: number) => number {
  const knots = points.map(([clock, value]) => ({ at: clockMs(clock), value }));
  const first = knots[0];
  const last = knots.at(-1);
  if (first === undefined || last === undefined) return () => 0;
  const day = 24 * HOUR;
  const ring = [{ at: last.at - day, value: last.value }, ...knots, { at: first.at + day, value: first.value }];
  return (sinceMidnight) => {
    for (let i = 1; i < ring.length; i += 1) {
      const right = ring[i]!;
      if (sinceMidnight > right.at) continue;
      const left = ring[i - 1]!;
      const span = right.at - left.at;
      return span === 0 ? right.value : left.value + ((right.value - left.value) * (sinceMidnight - left.at)) / span;
    }
    return last.value;
  };
}

/** What a daily curve of so many an hour adds up to since local midnight. Takes ms since it. */
export function dailyTotal(points: readonly (readonly [string, number])[]): (sinceMidnight: number) => number {
  const curve = dailyCurve(points);
  const day = 24 * HOUR;
  const knots = points.map(([clock]) => (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) * 60_000);
  const at = [...new Set([0, ...knots, day])].sort((a, b) => a - b);
  const area = (from: number, to: number) => ((curve(from) + curve(to)) / 2) * ((to - from) / HOUR);
  const before = [0];
  for (let i = 1; i < at.length; i += 1) before.push(before[i - 1]! + area(at[i - 1]!, at[i]!));
  return (sinceMidnight) => {
    const i = at.findLastIndex((knot) => knot <= sinceMidnight);
    return before[i]! + area(at[i]!, sinceMidnight);
  };
}

/** The moment a counter last stood at 0. */
function beginningOf(reset: (typeof RESETS)[number], at: number, local: LocalTime, zone: Zone): number {
  const today = zone.dayNumber(at);
  const dayOf = (year: number, month: number) => Math.floor(Date.UTC(year, month - 1, 1) / (24 * HOUR));
  switch (reset) {
    case 'day':
      return at - local.sinceMidnight;
    case 'shift':
      return at - (local.sinceMidnight % (8 * HOUR));
    case 'week':
      return zone.midnight(today - ((local.weekday + 6) % 7));
    case 'month':
      return zone.midnight(today - local.day + 1);
    case 'quarter':
      return zone.midnight(dayOf(local.year, local.month - ((local.month - 1) % 3)));
    case 'year':
      return zone.midnight(dayOf(local.year, 1));
  }
}

function numberOf(asset: Asset, attribute: string): number {
  const value = Object.hasOwn(asset.attributes, attribute) ? asset.attributes[attribute] : undefined;
  return typeof value === 'number' ? value : 0;
}
