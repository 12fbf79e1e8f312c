import type { ScenarioRain } from '@citywall/pack-schema';
import type { Weather } from '../weather.js';
import { areaTo, curveAt, type Point } from './curve.js';
import { momentIn, type Run, storyMinute, strengthOf } from './run.js';
import type { Running } from './story.js';

const MINUTE = 60_000;
const KM_LAT = 110.57;
/** Showers of every day give way within so many minutes before and after the rain of a scenario. */
const GIVE_WAY = 20;
const STEPS = 4;
/** It is nowhere felt later than this, ms. */
const LATEST_MS = 9 * MINUTE;

/** Everyday weather with the rain of scenarios. `calm` is the same without it: showers that give way to it. */
export function withStorms(weather: Weather, running: readonly Running[]): { weather: Weather; calm: Weather } {
  const storms = running
    .filter(({ run }) => !run.replaced)
    .flatMap(({ run, spec }) => (spec.weather?.rain ?? []).map((rain) => ({ run, spec, rain, felt: feltAt(rain) })));
  if (storms.length === 0) return { weather, calm: weather };

  const room = (at: number): number => {
    let left = 1;
    for (const { run, spec, rain } of storms) {
      const minute = storyMinute(run, at);
      const first = rain.curve[0]?.[0] ?? 0;
      const last = rain.curve.at(-1)?.[0] ?? 0;
      const away = Math.max(first - minute, minute - last, 0);
      left *= 1 - Math.max(1 - away / GIVE_WAY, 0) * strengthOf(run, spec, at);
    }
    return left;
  };
  const breaks = storms.flatMap(({ run, rain }) => breaksOf(run, rain)).sort((a, b) => a - b);
  const calm: Weather = {
    intensity: (lon, lat, at) => weather.intensity(lon, lat, at) * room(at),
    fallen(lon, lat, from, to) {
      let sum = 0;
      let left = from;
      for (const right of [...breaks.filter((at) => at > from && at < to), to]) {
        sum += piece(left, right, (begin, end) => weather.fallen(lon, lat, begin, end), room);
        left = right;
      }
      return sum;
    },
  };
  return {
    calm,
    weather: {
      intensity: (lon, lat, at) =>
        calm.intensity(lon, lat, at) +
        storms.reduce((sum, { run, spec, rain, felt }) => {
          const { share, lag } = felt(lon, lat);
          return (
            sum + curveAt(bounded(rain.curve), storyMinute(run, at - lag)) * 60 * share * strengthOf(run, spec, at)
          );
        }, 0),
      fallen: (lon, lat, from, to) =>
        calm.fallen(lon, lat, from, to) +
        storms.reduce((sum, { run, rain, felt }) => {
          const { share, lag } = felt(lon, lat);
          return sum + share * (total(run, rain.curve, to - lag) - total(run, rain.curve, from - lag));
        }, 0),
    },
  };
}

/** Where and when it is felt: the share of it, and ms later. */
function feltAt(rain: ScenarioRain): (lon: number, lat: number) => { share: number; lag: number } {
  const [lon0, lat0] = rain.place;
  const kmLon = 111.32 * Math.cos((lat0 * Math.PI) / 180);
  return (lon, lat) => {
    const km = Math.hypot((lon - lon0) * kmLon, (lat - lat0) * KM_LAT);
    const near = Math.exp(-(km * km) / (2 * rain.radius * rain.radius));
    return {
      share: rain.floor + (1 - rain.floor) * near,
      lag: Math.min((km / rain.speed) * 60 * MINUTE, LATEST_MS),
    };
  };
}

/** No rain before the first and after the last point. */
function bounded(curve: readonly Point[]): readonly Point[] {
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined) return curve;
  return [[first[0] - 0.01, 0], ...curve, [last[0] + 0.01, 0]];
}

/** mm at the place itself up to a moment. While the story is paused it rains on as it does. */
function total(run: Run, curve: readonly Point[], at: number): number {
  // half of the fading still falls
  const end = run.stopped === undefined ? at : Math.min(at, run.stopped + run.fade.out / 2);
  let paused = 0;
  for (const [from, to] of run.pauses) {
    if (end <= from) break;
    paused += curveAt(bounded(curve), storyMinute(run, from)) * ((Math.min(end, to ?? end) - from) / MINUTE);
  }
  // one jumped into has rained before, as the other values of the story say
  return areaTo(curve, storyMinute(run, end)) + paused;
}

/** Moments between which the room for everyday showers is a straight line, or nearly. */
function breaksOf(run: Run, rain: ScenarioRain): number[] {
  const first = rain.curve[0]?.[0] ?? 0;
  const last = rain.curve.at(-1)?.[0] ?? 0;
  const { stopped = Number.POSITIVE_INFINITY } = run;
  return [
    ...[first - GIVE_WAY, first, last, last + GIVE_WAY].map((minute) => momentIn(run, minute)),
    run.opened,
    run.opened + run.fade.in,
    stopped,
    stopped + run.fade.out,
  ].filter(Number.isFinite);
}

/** Everyday rain of a span in which the room for it is a straight line. */
function piece(
  from: number,
  to: number,
  fallen: (from: number, to: number) => number,
  room: (at: number) => number,
): number {
  const ends = room(from + 1) + room(to - 1);
  if (ends <= 0) return 0;
  if (ends >= 2) return fallen(from, to);
  const step = (to - from) / STEPS;
  let sum = 0;
  for (let i = 0; i < STEPS; i += 1) {
    sum += fallen(from + i * step, from + (i + 1) * step) * room(from + (i + 0.5) * step);
  }
  return sum;
}
