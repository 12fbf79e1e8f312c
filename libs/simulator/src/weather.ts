import { between, unit, within } from './random.js';

/**
 * Rain over the county: seeded showers that are born, drift and die, and a little drizzle. One weather for all packs of a run.
 * An intensity is mm/h; a place is WGS-84 degrees.
 */
export interface Weather {
  /** mm/h at the place now */
  intensity(lon: number, lat: number, at: number): number;
  /** mm fallen at the place in the window (from, to] */
  fallen(lon: number, lat: number, from: number, to: number): number;
}

export interface WeatherOptions {
  seed: number;
  /** [west, south, east, north] of the assets; showers are born over it */
  bbox: readonly [number, number, number, number];
  /** factor on all rain: 1 a day of passing showers, 0 dry */
  rain: number;
}

interface Shower {
  born: number;
  life: number;
  lon: number;
  lat: number;
  /** degrees a ms */
  driftLon: number;
  driftLat: number;
  /** km, one sigma */
  radius: number;
  /** mm/h in the middle, at its height */
  peak: number;
}

const MINUTE = 60_000;
/** A shower is born every so often, so that a wide county is rarely all dry. */
const SPACING = 48 * MINUTE;
const LONGEST = 110 * MINUTE;
const KM_LAT = 110.57;

export function createWeather(options: WeatherOptions): Weather {
  const { bbox, rain } = options;
  const seed = within(options.seed, 'weather');
  const kmLon = 111.32 * Math.cos((((bbox[1] + bbox[3]) / 2) * Math.PI) / 180);
  const cache = new Map<number, Shower>();

  const shower = (slot: number): Shower => {
    const known = cache.get(slot);
    if (known !== undefined) return known;
    const draw = (part: number, from: number, to: number) => between(seed, slot * 16 + part, from, to);
    const speed = draw(0, 8, 22); // km/h
    const course = (draw(1, 20, 80) * Math.PI) / 180; // towards the north-east, as most summer showers here
    const made: Shower = {
      born: slot * SPACING + draw(2, 0, SPACING),
      life: draw(3, 60 * MINUTE, LONGEST),
      lon: draw(4, bbox[0], bbox[2] - (bbox[2] - bbox[0]) * 0.25),
      lat: draw(5, bbox[1], bbox[3]),
      driftLon: (speed * Math.cos(course)) / kmLon / 3_600_000,
      driftLat: (speed * Math.sin(course)) / KM_LAT / 3_600_000,
      radius: draw(6, 3, 7.5),
      peak: 12 + 28 * unit(seed, slot * 16 + 7) ** 1.5,
    };
    // more slots than a day's windows can touch would only be kept for nothing
    if (cache.size > 4096) cache.clear();
    cache.set(slot, made);
    return made;
  };

  const intensity = (lon: number, lat: number, at: number): number => {
    if (rain === 0) return 0;
    let sum = 0;
    const last = Math.floor(at / SPACING);
    for (let slot = last - Math.ceil(LONGEST / SPACING) - 1; slot <= last; slot += 1) {
      const s = shower(slot);
      const age = at - s.born;
      if (age <= 0 || age >= s.life) continue;
      const dx = (lon - s.lon - s.driftLon * age) * kmLon;
      const dy = (lat - s.lat - s.driftLat * age) * KM_LAT;
      const near = (dx * dx + dy * dy) / (2 * s.radius * s.radius);
      if (near > 9) continue;
      sum += s.peak * Math.sin((Math.PI * age) / s.life) ** 2 * Math.exp(-near);
    }
    return sum * rain;
  };

  const fallen = (lon: number, lat: number, from: number, to: number): number => {
    const span = to - from;
    if (span <= 0) return 0;
    const steps = Math.min(Math.max(Math.round(span / MINUTE), 2), 60);
    const step = span / steps;
    let sum = 0;
    for (let i = 0; i < steps; i += 1) sum += intensity(lon, lat, from + (i + 0.5) * step);
    return (sum * step) / 3_600_000;
  };

  return { intensity, fallen };
}
