import { parseAssetId } from '@citywall/model';
import type { Redis } from 'ioredis';
import { decodeMinute, decodeMinuteLastAt, decodeTen } from './codec.js';
import type { Window } from './state.types.js';
import {
  chunksOf,
  decodeChunk,
  decodeLone,
  HOURS,
  inTens,
  MINUTES,
  mergeWindows,
  TENS,
  type WindowLevel,
  withLone,
  withUnderWay,
} from './windows.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Reads the windows of series: closed ones from their chunks, those under way from the newest value. */
export class WindowsRepository {
  constructor(private readonly redis: Redis) {}

  /**
   * Windows that begin in [from, to), merged to `stepMs` (a multiple of ten seconds, counted from the epoch); gaps are
   * absent. Steps below a minute reach back an hour, steps of whole hours a quarter where the metric keeps one.
   */
  async windows(asset: string, metric: string, from: number, to: number, stepMs: number): Promise<Window[]> {
    const parts = parseAssetId(asset);
    if (!parts || !(to > from)) return [];
    const series = `${parts.type}/${parts.key}|${metric}`;
    // Where both levels have a time, minutes are finer; hours stand in for what minutes no longer hold.
    const newest = Math.min(to, Date.now() + HOUR);
    if (stepMs < MINUTES.unit) {
      const oldest = Math.floor((Date.now() - HOUR) / TENS.unit) * TENS.unit;
      return mergeWindows(await this.tens(parts, metric, Math.max(from, oldest), newest), stepMs);
    }
    const minutesFrom = Math.max(from, Math.floor((Date.now() - DAY) / HOUR) * HOUR);
    // The record first: a minute that ends between the two answers is in both, and not in neither.
    const [record, closed] = await Promise.all([
      this.redis.hgetBuffer(`cw:{${parts.system}}:a:${parts.type}/${parts.key}`, metric),
      this.level(MINUTES, parts.system, series, minutesFrom, newest),
    ]);
    const minutes = withUnderWay(closed, record && decodeMinute(record)).filter(
      ({ at }) => at >= minutesFrom && at < newest,
    );
    if (from >= minutesFrom || stepMs % HOUR !== 0) return mergeWindows(minutes, stepMs);
    const oldest = Math.max(from, Date.now() - 91 * DAY);
    const firstMinute = minutes[0]?.at ?? newest;
    // The hour in which the minutes begin may have lost its first ones: its own window is whole.
    const seam = Math.ceil(firstMinute / HOUR) * HOUR;
    const hours = await this.level(HOURS, parts.system, series, oldest, Math.min(seam, newest));
    const covered = (hours.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + HOUR;
    return mergeWindows([...hours, ...minutes.filter(({ at }) => at >= covered)], stepMs);
  }

  private async tens(
    { system, type, key }: { system: string; type: string; key: string },
    metric: string,
    from: number,
    to: number,
  ): Promise<Window[]> {
    const series = `${type}/${key}|${metric}`;
    const [record, closed, lone] = await Promise.all([
      this.redis.hgetBuffer(`cw:{${system}}:a:${type}/${key}`, metric),
      this.level(TENS, system, series, from, to),
      // A minute that began before `from` may hold its reading after it.
      this.level(MINUTES, system, series, from - MINUTES.unit, to, decodeLone),
    ]);
    const slots = withUnderWay(closed, record && decodeTen(record));
    const underWay = record ? decodeMinute(record) : null;
    const lastAt = record ? decodeMinuteLastAt(record) : null;
    if (underWay?.count === 1 && lastAt !== null) lone.push(inTens(underWay, lastAt));
    return withLone(slots, lone).filter(({ at }) => at >= from && at < to);
  }

  private async level(
    level: WindowLevel,
    system: string,
    series: string,
    from: number,
    to: number,
    decode = (chunk: number, bytes: Buffer) => decodeChunk(level, chunk, bytes),
  ): Promise<Window[]> {
    const chunks = chunksOf(level, from, to);
    if (!chunks.length) return [];
    const keys = chunks.map((chunk) => `cw:{${system}}:${level.family}:${series}:${chunk}`);
    const values = await this.redis.mgetBuffer(...keys);
    return values
      .flatMap((bytes, index) => (bytes ? decode(chunks[index]!, bytes) : []))
      .filter(({ at }) => at >= from && at < to);
  }
}
