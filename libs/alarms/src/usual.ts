import type { AlarmReading } from './alarm.js';

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
/** The next hour is asked for so long before it begins: it is there when it does, and nothing is unknown in between. */
const AHEAD = 5 * 60_000;

/** The mean of a series over an hour, which somebody who has the past must tell. Times are Unix ms. */
export interface UsualAsked {
  /** `system/type/key` */
  asset: string;
  metric: string;
  /** the hour for which it is usual */
  hour: number;
  /** begin of the hour of the past whose mean it is */
  of: number;
}

interface Known {
  /** by hour: its mean; null: there is too little history; undefined: asked, not answered */
  hours: Map<number, number | null | undefined>;
  /** newest reading that waits for an answer */
  waiting: AlarmReading | null;
}

/** What is usual of the series that rules of deviation watch: each is asked for once an hour, not once a reading. */
export class Usual {
  private readonly series = new Map<string, Known>();
  private asked: UsualAsked[] = [];

  /** What is usual at the hour of a reading; null: there is too little history; undefined: not known yet, it waits. */
  at(reading: AlarmReading): number | null | undefined {
    const { asset, metric, at } = reading;
    const key = `${asset} ${metric}`;
    let known = this.series.get(key);
    if (known === undefined) {
      known = { hours: new Map(), waiting: null };
      this.series.set(key, known);
    }
    const hour = Math.floor(at / HOUR) * HOUR;
    this.ask(known, asset, metric, hour);
    if (at >= hour + HOUR - AHEAD) this.ask(known, asset, metric, hour + HOUR);
    const usual = known.hours.get(hour);
    known.waiting = usual === undefined ? reading : null;
    return usual;
  }

  /** Takes an answer. The reading that waited for it; null: none did. */
  learn(asset: string, metric: string, hour: number, mean: number | null): AlarmReading | null {
    const known = this.series.get(`${asset} ${metric}`);
    if (known === undefined || !known.hours.has(hour)) return null;
    known.hours.set(hour, mean);
    const { waiting } = known;
    return waiting !== null && Math.floor(waiting.at / HOUR) * HOUR === hour ? waiting : null;
  }

  /** What could not be looked up: it is asked for again with the next reading. */
  forget({ asset, metric, hour }: UsualAsked): void {
    this.series.get(`${asset} ${metric}`)?.hours.delete(hour);
  }

  /** What has to be looked up, each once. */
  take(): UsualAsked[] {
    const asked = this.asked;
    this.asked = [];
    return asked;
  }

  private ask(known: Known, asset: string, metric: string, hour: number): void {
    if (known.hours.has(hour)) return;
    for (const other of known.hours.keys()) if (other < hour - HOUR) known.hours.delete(other);
    known.hours.set(hour, undefined);
    this.asked.push({ asset, metric, hour, of: hour - WEEK });
  }
}
