import type { Flag, Origin, Place, Quality, ReadingValue, Rejection } from '@citywall/model';
import type { Memories, Memory } from './decode/memory.js';

/** A raw message as it came from a broker. */
export interface Message {
  topic: string;
  payload: Uint8Array;
  /** Unix ms */
  receivedAt: number;
  /** sent by the broker from its store after subscribing */
  retained: boolean;
  origin: Origin;
}

/** A reading before its asset is known to exist. Times are Unix ms; `at` is already resolved (design: event time). */
export interface MappedReading {
  type: string;
  key: string;
  metric: string;
  value: ReadingValue;
  at: number;
  quality: Quality;
  flags: Flag[];
}

export interface MappedOccurrence {
  id: string;
  type: string;
  asset?: { type: string; key: string };
  at: number;
  /** latest moment at which the whole of it can have begun, Unix ms; absent where that is `at`, or nothing says so */
  beganAt?: number;
  status: string;
  level?: string;
  /** WGS-84 */
  place?: Place;
  /** null: the source says explicitly that there is none */
  fields: Record<string, ReadingValue | null>;
  flags: Flag[];
  /** ms */
  staleAfter: number;
}

export interface Mapped {
  readings: MappedReading[];
  occurrences: MappedOccurrence[];
  rejections: Rejection[];
}

/** What one feed made of a message. A feed with `ignore: true` gives empty lists. */
export interface FeedResult extends Mapped {
  feed: string;
  /** rejections of this message beyond the first 100, counted and not listed */
  unlisted: number;
}

export interface Subscription {
  /** MQTT topic filter */
  filter: string;
  qos: 0 | 1;
  broker: string;
  priority: 'normal' | 'high';
  /** group of a shared subscription; a filter that begins with `$share/` has its own */
  share?: string;
  feedIds: string[];
}

/** Bounds of one message. */
export interface Limits {
  /** bytes of payload, also after each decoder; default 1 MiB */
  bytes: number;
  /** nesting of the decoded tree; default 32 */
  depth: number;
  /** elements of fan-out, and results, of one message; default 10,000 */
  elements: number;
}

/** What a decoder may use besides its input. */
export interface DecodeScope {
  limits: Limits;
  /** Unix ms */
  receivedAt: number;
  topic: string;
  /** what this way of decoding remembers between messages */
  memory: Memory;
}

/**
 * A named decoder: bytes, text or tree in; bytes, text or tree out. Throws `DecodeError` for input that is not what it
 * should be. Registered from outside where it needs more than this library may use (`gzip`).
 */
export type Decoder = (input: unknown, scope: DecodeScope) => unknown;
/** Makes a decoder from its options (`{ csv: { header: true } }` → `{ header: true }`; `{}` for a bare name). */
export type DecoderFactory = (options: Record<string, unknown>) => Decoder;

export interface CompileOptions {
  /** system id */
  system: string;
  /** IANA name or fixed offset for times without one; default Asia/Shanghai */
  zone?: string | undefined;
  /** ms; older event times are implausible (pack.yaml `time.maxAge`) */
  maxAge?: number | undefined;
  limits?: Partial<Limits> | undefined;
  /** more decoders, by name */
  decoders?: Record<string, DecoderFactory> | undefined;
  /** what stateful decoders remember between messages; default a new one. Give the old one when feeds are compiled again */
  memory?: Memories | undefined;
}

export interface CompiledFeeds {
  subscriptions: Subscription[];
  /** what its decoders remember between messages */
  readonly memory: Memories;
  /** does any feed listen to this topic (exclusions considered; content not)? */
  match(topic: string): boolean;
  /** `map` for messages of one topic, to be kept by whoever remembers topics; null where no feed listens to it. */
  listen(topic: string): ((message: Message) => FeedResult[]) | null;
  /** One result per feed that took the message. Never throws. Empty where no feed listens to the topic. */
  map(message: Message): FeedResult[];
}

/** Something wrong in a feed's own text; `path` leads to it within the list of feeds: `[0, 'readings', 'level', 'ops', 1]`. */
export interface FeedProblem {
  feed: string;
  path: (string | number)[];
  message: string;
}

/** One step of an explanation, for people: `path v = "3.21"`. `depth` indents. */
export interface ExplainStep {
  feed?: string;
  depth: number;
  text: string;
  failed?: boolean;
}

export interface Explanation {
  steps: ExplainStep[];
  results: FeedResult[];
}
