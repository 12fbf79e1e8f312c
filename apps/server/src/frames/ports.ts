import type { Notice, Occurrence } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { Observable } from 'rxjs';
import type { AlarmList } from '../alarms/alarm-list.js';
import type { EndedNotice } from '../notices/notices.service.js';
import type { Change, FeedCounters, OccurrencesQuery, Page, Row, SeenAsset, Window } from '../state/index.js';

/** What frames read of state; `StateRepository` is one. */
export interface StateSource {
  latestAll(system: string, onChunk: (rows: Row[]) => void): Promise<number>;
  assets(system: string): Promise<SeenAsset[]>;
  windows(asset: string, metric: string, from: number, to: number, stepMs: number): Promise<Window[]>;
  occurrences(query: OccurrencesQuery): Promise<Page<Occurrence>>;
  subscribe(systems: string[]): Observable<Change>;
  feedCounters(system: string): Promise<Map<string, FeedCounters>>;
}

/** What frames read of packs; `PacksService` is one. */
export interface PackSource {
  all(): readonly Pack[];
  readonly changes$: Observable<{ changed: string[]; removed: string[] }>;
}

/** The conditions that hold; `NoticesService` is one. */
export interface NoticeSource {
  all(): Notice[];
  ended(): readonly EndedNotice[];
  readonly changes$: Observable<unknown>;
}

/** Standing alarms and what happened to alarms of late; `AlarmList` is one. */
export type AlarmSource = Pick<AlarmList, 'standing' | 'happenings' | 'knows' | 'watchedSince' | 'watch' | 'flood'>;

/** The part of a log that frames write. */
export interface Log {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
