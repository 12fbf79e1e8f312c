import type { LatestValue, Occurrence } from '@citywall/model';
import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { RedisConnection } from '../infra/redis.connection.js';
import type {
  ApplyResult,
  Change,
  FeedCounters,
  JournalReading,
  JournalRejection,
  OccurrencesQuery,
  Page,
  ReadingsQuery,
  RejectionsQuery,
  Row,
  SeenAsset,
  StateBatch,
  Window,
} from './state.types.js';

/**
 * The only reader and writer of `cw:{system}:…` (docs/reference/redis.md). Every method rejects with the error of Redis
 * when it is gone or refuses; nothing is retried here.
 */
@Injectable()
export class StateRepository {
  constructor(readonly redis: RedisConnection) {}

  /** Applies a batch whole or not at all, in one call; durable (as far as this Redis is) when it resolves. */
  apply(_system: string, _batch: StateBatch): Promise<ApplyResult> {
    throw new Error('in the next commit');
  }

  /** Newest measured value of every metric of an asset; empty where it is unknown. */
  latest(_assetId: string): Promise<Map<string, LatestValue>> {
    throw new Error('in the next commit');
  }

  /**
   * All newest values of a system, in chunks of some hundred rows. Resolves with the change counter as it was before
   * the first chunk: changes with a greater `n` are not (surely) contained.
   */
  latestAll(_system: string, _onChunk: (rows: Row[]) => void): Promise<number> {
    throw new Error('in the next commit');
  }

  /** All assets ever seen in a system. */
  assets(_system: string): Promise<SeenAsset[]> {
    throw new Error('in the next commit');
  }

  /** Windows that begin in [from, to), merged to `stepMs` (a multiple of a minute); gaps are absent. */
  windows(_asset: string, _metric: string, _from: number, _to: number, _stepMs: number): Promise<Window[]> {
    throw new Error('in the next commit');
  }

  /** The readings journal in order of receipt, oldest first. */
  readings(_query: ReadingsQuery): Promise<Page<JournalReading>> {
    throw new Error('in the next commit');
  }

  /** Occurrences as they are now, newest stage first. */
  occurrences(_query: OccurrencesQuery): Promise<Page<Occurrence>> {
    throw new Error('in the next commit');
  }

  /** Kept rejections, newest first. */
  rejections(_query: RejectionsQuery): Promise<Page<JournalRejection>> {
    throw new Error('in the next commit');
  }

  /** Changes of the systems from now on; ends never, says `lost` after an interruption. */
  subscribe(_systems: string[]): Observable<Change> {
    throw new Error('in the next commit');
  }

  /** Counters by feed id. */
  feedCounters(_system: string): Promise<Map<string, FeedCounters>> {
    throw new Error('in the next commit');
  }

  /** How many rejections there were: feed → reason → number. */
  rejectionCounts(_system: string): Promise<Map<string, Map<string, number>>> {
    throw new Error('in the next commit');
  }
}
