import type { Place } from '@citywall/model';

/** Something near an alarm. */
export interface Near<Thing> {
  thing: Thing;
  /** m, as the crow flies */
  distance: number;
  /** m east and north of the alarm */
  east: number;
  north: number;
}

const METRES_PER_DEGREE = 111_320;

/** What lies within a radius of a place, the nearest first. Straight lines: of roads nothing is known. */
export function nearby<Thing extends { place: Place | null }>(
  things: readonly Thing[],
  from: Place,
  radius: number,
): Near<Thing>[] {
  const shrink = Math.cos((from.lat * Math.PI) / 180);
  return things
    .flatMap((thing) => {
      if (thing.place === null) return [];
      const east = (thing.place.lon - from.lon) * METRES_PER_DEGREE * shrink;
      const north = (thing.place.lat - from.lat) * METRES_PER_DEGREE;
      const distance = Math.hypot(east, north);
      return distance <= radius ? [{ thing, distance, east, north }] : [];
    })
    .sort((a, b) => a.distance - b.distance);
}
