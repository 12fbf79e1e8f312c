import { distance } from '@citywall/geo';

/** A position as a source reported it. */
export interface Report {
  key: string;
  lon: number;
  lat: number;
  /** measured, Unix ms */
  at: number;
  /** degrees clockwise from north, where the source says it */
  heading?: number | undefined;
}

/** Where a moving asset is drawn. */
export interface Drawn {
  lon: number;
  lat: number;
  heading: number;
}

/** Corners kept of one track, for how long, and m between two: a short way behind the asset, bounded for weeks. */
export const TRACK_POINTS = 24;
export const TRACK_MS = 600_000;
export const TRACK_STEP = 60;
/** Shortest and longest way from one reported position to the next, ms on the screen. */
const GLIDE = { least: 250, most: 15_000 };
/** Faster than this between two reports (m/s), and the asset was put elsewhere: it jumps, and its track begins anew. */
const JUMP = 70;

interface Mover {
  report: Report;
  from: { lon: number; lat: number };
  /** when the newest report came, this screen's clock, ms */
  began: number;
  glide: number;
  heading: number;
  track: [lon: number, lat: number, at: number][];
}

/**
 * Moving assets between their reports. A symbol glides from where it stands to the newest reported position in the time
 * between the last two reports, and waits there: it is never drawn where no report has been. `clock` values are of this
 * screen, for the glide only.
 */
export class Motion {
  private readonly movers = new Map<string, Mover>();
  private settledAt = Number.NEGATIVE_INFINITY;
  /** Degrees the fastest asset moves in a second of this screen: how often it is worth to draw. */
  fastest = 0;

  /** Takes the newest reports; assets that are no longer among them are gone. */
  take(reports: Iterable<Report>, clock: number): void {
    const seen = new Set<string>();
    for (const report of reports) {
      seen.add(report.key);
      const mover = this.movers.get(report.key);
      if (!mover) {
        this.movers.set(report.key, this.place(report, clock));
        continue;
      }
      const { report: last } = mover;
      if (report.at === last.at && report.lon === last.lon && report.lat === last.lat) {
        if (report.heading !== undefined) mover.heading = report.heading;
        mover.report = report;
        continue;
      }
      this.move(mover, report, clock);
    }
    this.fastest = 0;
    for (const [key, { from, report, glide }] of this.movers) {
      if (!seen.has(key)) this.movers.delete(key);
      else if (glide > 0) {
        const far = Math.max(Math.abs(report.lon - from.lon), Math.abs(report.lat - from.lat));
        this.fastest = Math.max(this.fastest, (far / glide) * 1000);
      }
    }
  }

  private place(report: Report, clock: number): Mover {
    return {
      report,
      from: { lon: report.lon, lat: report.lat },
      began: clock,
      glide: 0,
      heading: report.heading ?? 0,
      track: [[report.lon, report.lat, report.at]],
    };
  }

  private move(mover: Mover, report: Report, clock: number): void {
    const { report: last } = mover;
    const metres = distance([last.lon, last.lat], [report.lon, report.lat]);
    const passed = report.at - last.at;
    if (passed <= 0 || metres / (passed / 1000) > JUMP) {
      Object.assign(mover, this.place(report, clock), { heading: report.heading ?? mover.heading });
      return;
    }
    const { lon, lat } = this.drawnAt(mover, clock);
    mover.from = { lon, lat };
    // a simulator at sixty times the speed measures a minute a second: what counts is how soon the next report comes here
    mover.glide = Math.min(GLIDE.most, Math.max(GLIDE.least, Math.min(passed, clock - mover.began)));
    mover.began = clock;
    // a parked bus trembles by some metres: that is no course
    if (report.heading !== undefined) mover.heading = report.heading;
    else if (metres > 8) mover.heading = bearing(last, report);
    mover.report = report;
    const [lastLon, lastLat] = mover.track.at(-1) ?? [report.lon, report.lat];
    if (distance([lastLon, lastLat], [report.lon, report.lat]) >= TRACK_STEP) {
      mover.track.push([report.lon, report.lat, report.at]);
    }
    const oldest = report.at - TRACK_MS;
    let gone = Math.max(0, mover.track.length - TRACK_POINTS);
    while (gone < mover.track.length - 1 && mover.track[gone]![2] < oldest) gone++;
    if (gone > 0) mover.track.splice(0, gone);
    this.settledAt = Math.max(this.settledAt, clock + mover.glide);
  }

  private drawnAt(mover: Mover, clock: number): { lon: number; lat: number } {
    const { from, report, began, glide } = mover;
    const share = glide > 0 ? Math.min(1, Math.max(0, (clock - began) / glide)) : 1;
    return { lon: from.lon + (report.lon - from.lon) * share, lat: from.lat + (report.lat - from.lat) * share };
  }

  /** Where an asset is drawn now; undefined for one that is not here. */
  at(key: string, clock: number): Drawn | undefined {
    const mover = this.movers.get(key);
    return mover && { ...this.drawnAt(mover, clock), heading: mover.heading };
  }

  /** Calls `draw` for every asset with where it is drawn; no objects are made, it runs thousands of times a frame. */
  each(clock: number, draw: (key: string, lon: number, lat: number, heading: number) => void): void {
    for (const [key, mover] of this.movers) {
      const { from, report, began, glide } = mover;
      const share = glide > 0 ? Math.min(1, Math.max(0, (clock - began) / glide)) : 1;
      draw(key, from.lon + (report.lon - from.lon) * share, from.lat + (report.lat - from.lat) * share, mover.heading);
    }
  }

  /** Reported positions of an asset, thinned, the oldest first. */
  track(key: string): readonly (readonly [lon: number, lat: number, at: number])[] {
    return this.movers.get(key)?.track ?? [];
  }

  /** Nothing moves any more until the next report. */
  settled(clock: number): boolean {
    return clock >= this.settledAt;
  }

  get size(): number {
    return this.movers.size;
  }
}

/** Course from one place to another, degrees clockwise from north; good for the length of a street. */
export function bearing(from: { lon: number; lat: number }, to: { lon: number; lat: number }): number {
  const east = (to.lon - from.lon) * Math.cos((from.lat * Math.PI) / 180);
  const degrees = (Math.atan2(east, to.lat - from.lat) * 180) / Math.PI;
  return (degrees + 360) % 360;
}
