import { distance } from '@citywall/geo';
import type { SimulatorMoves } from '@citywall/pack-schema';
import { placeIn } from './places.js';
import { between, unit, within } from './random.js';
import { clockMs, type Zone } from './time.js';
import type { Subject } from './values.js';

/** Where a moving asset is: degrees in the stream's datum, km/h, degrees clockwise from north. */
export interface Moved {
  lon: number;
  lat: number;
  speed: number;
  heading: number;
  /** code of where on its line it is; null where the stream names none */
  state: string | number | boolean | null;
}

type Point = readonly [lon: number, lat: number];

interface Leg {
  from: Point;
  to: Point;
  metres: number;
  heading: number;
  /** ms it stands at the end of it */
  halt: number;
  /** on the way, and standing at its end */
  states: Record<'under' | 'stood', Moved['state']>;
}

const MS_A_KM_AT_ONE_KMH = 3_600_000;
/** A leg begins and ends at this much below the mean speed and is as much above it in the middle. */
const SWING = 0.6;
const TAU = Math.PI * 2;

/**
 * Assets that go up and down a line. Where one is at a moment follows from its seed and the moment alone.
 * @param zone of the hours of service
 * @throws TypeError for an asset whose line is not among `lines`
 */
export function compileMoves(spec: SimulatorMoves, zone: Zone): (subject: Subject, at: number) => Moved {
  const serves = serving(spec.hours, zone);
  const lines = new Map(Object.entries(spec.lines).map(([name, points]) => [name, legsOf(points, spec)]));
  const lineOf = ({ asset }: Subject) => String(asset.attributes[spec.by] ?? '');
  const legsFor = ({ asset }: Subject, name: string): Leg[] => {
    const legs = lines.get(name);
    if (legs === undefined) throw new TypeError(`${asset.id} moves along a line "${name}", which is not there`);
    return legs;
  };
  return (subject, at) => {
    const line = lineOf(subject);
    const legs = legsFor(subject, line);
    const own = within(subject.seed, 'moves');
    const speed = between(own, 1, ...spec.speed);
    const timeOf = (leg: Leg) => (leg.metres / 1_000 / speed) * MS_A_KM_AT_ONE_KMH;
    const round = legs.reduce((sum, leg) => sum + timeOf(leg) + leg.halt, 0);
    let left = (at + unit(own, 2) * round) % round;
    if (!serves(at - left) && !spec.allNight.includes(line)) return standing(legs.at(-1)!, spec);
    for (const leg of legs) {
      const time = timeOf(leg);
      if (left < time) return onLeg(leg, left / time, speed, spec);
      left -= time;
      if (left < leg.halt) return standing(leg, spec);
      left -= leg.halt;
    }
    return standing(legs.at(-1)!, spec);
  };
}

/** Whether a round trip begins at a moment. From later to earlier is over midnight. */
function serving(hours: SimulatorMoves['hours'], zone: Zone): (at: number) => boolean {
  if (hours === undefined) return () => true;
  const [from, until] = hours.map(clockMs) as [number, number];
  return (at) => {
    const { sinceMidnight } = zone.local(at);
    if (from <= until) return sinceMidnight >= from && sinceMidnight < until;
    return sinceMidnight >= from || sinceMidnight < until;
  };
}

function legsOf(points: readonly Point[], { halt, turn, states }: SimulatorMoves): Leg[] {
  const way = [...points, ...points.slice(0, -1).reverse()];
  const [home, far] = typeof turn === 'number' ? [turn, turn] : turn;
  const last = points.length - 2;
  return way.slice(1).map((to, i): Leg => {
    const from = way[i]!;
    const under = states?.[i <= last ? 'out' : 'back'] ?? null;
    const leg = { from, to, metres: distance(from, to), heading: bearing(from, to) };
    if (i === last) return { ...leg, halt: far, states: { under, stood: states?.there ?? null } };
    if (i === way.length - 2) return { ...leg, halt: home, states: { under, stood: states?.home ?? null } };
    return { ...leg, halt, states: { under, stood: under } };
  });
}

/** @param share of the time between its ends */
function onLeg({ from, to, heading, states }: Leg, share: number, speed: number, { crs }: SimulatorMoves): Moved {
  const part = share - (SWING * Math.sin(TAU * share)) / TAU;
  const [lon, lat] = placeIn(crs, from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part);
  return { lon, lat, heading, speed: speed * (1 - SWING * Math.cos(TAU * share)), state: states.under };
}

function standing({ to, heading, states }: Leg, { crs }: SimulatorMoves): Moved {
  const [lon, lat] = placeIn(crs, ...to);
  return { lon, lat, heading, speed: 0, state: states.stood };
}

function bearing(from: Point, to: Point): number {
  const east = (to[0] - from[0]) * Math.cos((from[1] * Math.PI) / 180);
  return ((Math.atan2(east, to[1] - from[1]) * 180) / Math.PI + 360) % 360;
}
