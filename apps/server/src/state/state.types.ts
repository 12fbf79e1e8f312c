import type {
  Flag,
  History,
  KeptRejection,
  LatestValue,
  Occurrence,
  Origin,
  Quality,
  ReadingValue,
  Rejection,
} from '@citywall/model';
import { ORIGINS, QUALITIES } from '@citywall/model';

/**
 * A row as it stands in the change channel and in the readings journal:
 * `[typeKey, metric, value, at, receivedAt, quality, origin, flags, feed]`, quality and origin as indexes into
 * `QUALITIES` and `ORIGINS`. `typeKey` is the asset id without its system: `reservoir/longtan`.
 */
export type Row = [
  typeKey: string,
  metric: string,
  value: ReadingValue,
  at: number,
  receivedAt: number,
  quality: number,
  origin: number,
  flags: Flag[],
  feed: string,
];

/** The latest value that a row carries. */
export function rowValue(row: Row): LatestValue {
  return {
    value: row[2],
    at: row[3],
    receivedAt: row[4],
    quality: QUALITIES[row[5]] ?? 'bad',
    origin: ORIGINS[row[6]] ?? 'live',
    flags: row[7],
    feed: row[8],
  };
}

/** What one batch changed in a system, in the order of `n`. */
export interface Change {
  system: string;
  /** the system's change counter; the next change has n + 1, a gap means: load the system anew */
  n: number;
  rows: Row[];
  occurrences: Occurrence[];
  /** the channel was interrupted: `n` is 0, rows are empty, load the system anew */
  lost?: true;
}

/** A mapped and checked reading on its way into state. */
export interface BatchReading {
  /** `type/key` */
  typeKey: string;
  metric: string;
  value: ReadingValue;
  at: number;
  receivedAt: number;
  quality: Quality;
  origin: Origin;
  flags: readonly Flag[];
  feed: string;
  /** the pack declares the asset */
  declared: boolean;
  /** most assets the feed may discover */
  maxAssets: number;
  /** how long one-minute windows are kept */
  history: History;
  /** false: the feed opted out of the readings journal */
  journal: boolean;
}

export interface BatchOccurrence {
  occurrence: Occurrence;
  feed: string;
  /** false: only updates one that is known (an old retained message) */
  create: boolean;
}

/** Rejections of one message by one feed. They share the payload. */
export interface BatchRejection {
  feed: string;
  topic: string;
  receivedAt: number;
  payload: Uint8Array;
  rejections: Rejection[];
  /** more of the same message, counted (with the reason of the last one told) but not told */
  unlisted?: number;
  /** of the message, to run it again as it came; default live */
  origin?: Origin;
  retained?: boolean;
  /** what the message brought all the same, 8 bytes a reading (`readingMark`): not brought again when it is run again */
  had?: Uint8Array;
  /** it was counted when it was first kept */
  counted?: boolean;
}

/** What a feed saw in a batch. */
export interface BatchFeed {
  feed: string;
  messages: number;
  /** Unix ms of the newest message */
  lastAt: number;
}

/** A message acknowledged after the batch, remembered until its acknowledgement has surely arrived. */
export interface Delivery {
  packetId: number;
  /** hash of topic and payload, 8 bytes */
  hash: Uint8Array;
}

/** Everything that happened in one system in one batch of messages; applied whole or not at all. */
export interface StateBatch {
  /** Unix ms */
  now: number;
  /** who writes: one per MQTT connection */
  writer: string;
  /** 16 ASCII characters, others for every run of a writer; with `number`, a repeated batch is recognised */
  run: string;
  /** whole, grows by one a batch and system */
  number: number;
  readings: BatchReading[];
  occurrences: BatchOccurrence[];
  rejections: BatchRejection[];
  feeds: BatchFeed[];
  deliveries: Delivery[];
  /** entries of the rejections journal that this batch settles, removed with it; one that is gone: `repeated` */
  settles?: string[];
}

/** What became of the readings and occurrences of one feed in a batch. */
export interface FeedOutcome {
  /** readings that are new */
  accepted: number;
  /** readings and occurrences dropped as repetitions */
  duplicates: number;
  /** readings that came after a newer one of their series */
  late: number;
  occurrences: number;
}

export interface ApplyResult extends FeedOutcome {
  /** the batch had been applied before: nothing was done */
  repeated: boolean;
  /** the sums above, by feed */
  feeds: Map<string, FeedOutcome>;
  /** assets beyond the feed's maxAssets, or series beyond the metrics an asset may have; their readings were dropped */
  refused: { typeKey: string; feed: string; limit: 'assets' | 'metrics' }[];
}

/** An asset that was seen in a feed. */
export interface SeenAsset {
  /** `system/type/key` */
  id: string;
  /** Unix ms, exact to a minute */
  firstSeen: number;
  lastSeen: number;
  declared: boolean;
  /** feed that brought it first */
  feed: string;
}

/** Windows of a series in steps of a multiple of ten seconds. Times are Unix ms. */
export interface Window {
  /** start of the window */
  at: number;
  min: number;
  max: number;
  avg: number;
  sum: number;
  count: number;
  last: number;
}

export interface JournalReading extends LatestValue {
  /** order of receipt over all systems: received ms × 4096 + counter */
  seq: number;
  system: string;
  /** asset id */
  asset: string;
  metric: string;
}

export interface Page<Item> {
  items: Item[];
  /** where the next page begins; null: there is none now */
  next: string | null;
}

export interface ReadingsQuery {
  systems: string[];
  feed?: string;
  /** asset id */
  asset?: string;
  metric?: string;
  /** only later than this seq */
  since?: number;
  limit: number;
  cursor?: string;
}

export interface OccurrencesQuery {
  systems: string[];
  type?: string;
  status?: string;
  /** Unix ms, inclusive */
  from?: number;
  limit: number;
  cursor?: string;
}

export interface RejectionsQuery {
  systems: string[];
  feed?: string;
  reason?: string;
  /** Unix ms, inclusive: received at or after */
  since?: number;
  /** anything else that is asked for */
  wanted?: (rejection: JournalRejection) => boolean;
  limit: number;
  cursor?: string;
}

/** A rejection of the journal with the system whose feed it was. */
export interface JournalRejection extends KeptRejection {
  system: string;
}

/** A message in the rejections journal, whole: one entry a message and feed. */
export interface QuarantinedMessage {
  system: string;
  /** id of the entry in the journal */
  entry: string;
  feed: string;
  topic: string;
  /** Unix ms */
  receivedAt: number;
  payload: Buffer;
  truncated: boolean;
  rejections: Rejection[];
  origin: Origin;
  retained: boolean;
  /** what it brought all the same, 8 bytes a reading */
  had: Uint8Array;
}

/** Counts since the state began. */
export interface FeedCounters {
  messages: number;
  readings: number;
  occurrences: number;
  rejections: number;
  duplicates: number;
  late: number;
  /** Unix ms of the newest message; 0: none ever */
  lastAt: number;
}
