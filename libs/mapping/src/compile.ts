import type { RejectionReason } from '@citywall/model';
import { Cursor, type Frame, type Taken } from './cursor.js';
import { compileDecoders } from './decode/index.js';
import { Memories, Memory } from './decode/memory.js';
import type { Env } from './env.js';
import { DecodeError, Failure, FeedsRefused, SpecError } from './failure.js';
import { type CompiledFeed, compileFeed } from './feed.js';
import type { FeedSpec } from './feed-spec.js';
import type {
  CompiledFeeds,
  CompileOptions,
  Decoder,
  DecoderFactory,
  DecodeScope,
  ExplainStep,
  Explanation,
  FeedProblem,
  FeedResult,
  Limits,
  Message,
  Subscription,
} from './mapped.js';
import type { TopicPattern } from './topic.js';
import { parseZone } from './zone.js';

export const DEFAULT_LIMITS: Readonly<Limits> = { bytes: 1_048_576, depth: 32, elements: 10_000 };
export const DEFAULT_ZONE = 'Asia/Shanghai';

/** A feed that listens to the topic of the message. */
interface Listener extends Taken {
  feed: CompiledFeed;
  chain: Chain;
}

const NOBODY: readonly Listener[] = [];

/** Topics remembered: where there are more of them, none is. And the longest of them. */
const REMEMBERED_TOPICS = 1_024;
const LONGEST_REMEMBERED = 256;

/** One way of decoding; feeds of the same way share its result for a message. */
interface Chain {
  decode: Decoder;
  memory: Memory;
  /** message it was last used for */
  stamp: number;
  tree: unknown;
  error: DecodeError | null;
}

function emptyResult(feed: string): FeedResult {
  return { feed, readings: [], occurrences: [], rejections: [], unlisted: 0 };
}

function refusal(feed: string, reason: RejectionReason, detail: string): FeedResult {
  return { feed, readings: [], occurrences: [], rejections: [{ reason, detail }], unlisted: 0 };
}

function subscriptionsOf(feeds: readonly CompiledFeed[]): Subscription[] {
  const byKey = new Map<string, Subscription>();
  for (const { id, spec, topics } of feeds) {
    for (const { filter } of topics) {
      const broker = spec.broker ?? 'default';
      const priority = spec.priority ?? 'normal';
      const qos = spec.qos ?? 1;
      const { share } = spec;
      const key = `${broker}\n${priority}\n${share ?? ''}\n${filter}`;
      const known = byKey.get(key);
      if (!known)
        byKey.set(key, { filter, qos, broker, priority, ...(share === undefined ? {} : { share }), feedIds: [id] });
      else {
        if (qos > known.qos) known.qos = qos;
        if (!known.feedIds.includes(id)) known.feedIds.push(id);
      }
    }
  }
  return [...byKey.values()];
}

function asDecodeError(error: unknown): DecodeError {
  return error instanceof DecodeError ? error : new DecodeError(`decoder: ${(error as Error).message}`);
}

/**
 * Decoders for values within a message. What was decoded last is remembered for the message: elements of a fan-out that
 * all look at one field of the root decode it once. They remember nothing beyond it.
 */
function valueDecoders(limits: Limits, more: Readonly<Record<string, DecoderFactory>>): Env['decoders'] {
  return (spec) => {
    const decode = compileDecoders(spec, more);
    let message = -1;
    let input: unknown;
    let output: unknown;
    return (value, cursor) => {
      if (cursor.message === message && value === input) return output;
      message = cursor.message;
      input = value;
      try {
        const { receivedAt, topic } = cursor;
        output = decode(value, { limits, receivedAt, topic, memory: new Memory() });
      } catch (error) {
        const { reason, message: detail } = asDecodeError(error);
        output = new Failure(reason, detail);
      }
      return output;
    };
  };
}

/** Places of feeds, in their order, by the code of the character their topics begin with; under -1 those of any. */
function placesByFirst(feeds: readonly CompiledFeed[]): Map<number, number[]> {
  const firsts = feeds.map(({ topics }) => new Set(topics.map(({ head }) => (head === '' ? -1 : head.charCodeAt(0)))));
  const places = new Map<number, number[]>();
  for (const code of new Set(firsts.flatMap((codes) => [...codes]))) {
    places.set(
      code,
      firsts.flatMap((codes, place) => (codes.has(code) || codes.has(-1) ? [place] : [])),
    );
  }
  return places;
}

class Feeds implements CompiledFeeds {
  readonly subscriptions: Subscription[];
  private readonly cursor = new Cursor();
  /** the message itself; elements of a fan-out have frames of their own */
  private readonly root: Frame = { value: undefined, key: undefined, index: 0, parent: null, label: '', shift: 0 };
  /**
   * Places of feeds whose topics may begin with a character, by its code; -1: those that may begin with any. Most packs
   * have nothing to do with most topics, and this tells it at once.
   */
  private readonly places: ReadonlyMap<number, readonly number[]>;
  /** by topic; null: there are too many */
  private known: Map<string, readonly Listener[]> | null = new Map();
  private messages = 0;
  private readonly scope: DecodeScope;
  steps: ExplainStep[] | null = null;

  constructor(
    private readonly feeds: readonly CompiledFeed[],
    private readonly chains: readonly Chain[],
    private readonly limits: Limits,
    readonly memory: Memories,
  ) {
    this.subscriptions = subscriptionsOf(feeds);
    this.scope = { limits, receivedAt: 0, topic: '', memory: new Memory() };
    this.places = placesByFirst(feeds);
  }

  match(topic: string): boolean {
    return this.listeners(topic).length > 0;
  }

  listen(topic: string): ((message: Message) => FeedResult[]) | null {
    const listeners = this.listeners(topic);
    return listeners.length > 0 ? (message) => this.mapFor(listeners, message) : null;
  }

  /**
   * Who listens. Remembered by topic as long as the topics are few; of 100,000 it was tens of megabytes once, and slower
   * than looking, since what is remembered of so many is never in the processor's cache.
   */
  private listeners(topic: string): readonly Listener[] {
    const places = this.places.get(topic.charCodeAt(0)) ?? this.places.get(-1);
    if (places === undefined) return NOBODY;
    const { known } = this;
    if (known === null) return this.look(topic, places);
    const remembered = known.get(topic);
    if (remembered !== undefined) return remembered;
    const listeners = this.look(topic, places);
    if (known.size >= REMEMBERED_TOPICS) this.known = null;
    else if (topic.length <= LONGEST_REMEMBERED) known.set(topic, listeners);
    return listeners;
  }

  private look(topic: string, places: readonly number[]): readonly Listener[] {
    let found: Listener[] | null = null;
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      const feed = this.feeds[place] as CompiledFeed;
      const captures = this.capturesOf(feed, topic);
      if (captures === null) continue;
      const listener: Listener = { feed, captures, asset: undefined, chain: this.chains[place] as Chain };
      if (found === null) found = [listener];
      else found.push(listener);
    }
    return found ?? NOBODY;
  }

  private capturesOf(feed: CompiledFeed, topic: string): readonly (string | undefined)[] | null {
    const { topics, excludes } = feed;
    for (let i = 0; i < topics.length; i++) {
      const pattern = topics[i] as TopicPattern;
      const captured = pattern.match(topic);
      if (captured === null) continue;
      for (let k = 0; k < excludes.length; k++) if ((excludes[k] as TopicPattern).match(topic)) return null;
      if (topics.length === 1) return captured;
      return feed.captures.map((name) => captured[pattern.names.indexOf(name)]);
    }
    return null;
  }

  /** Decodes once a message and way; false where it cannot be. */
  private decoded(chain: Chain, message: Message): boolean {
    if (chain.stamp !== this.messages) {
      chain.stamp = this.messages;
      chain.error = null;
      try {
        this.scope.receivedAt = message.receivedAt;
        this.scope.topic = message.topic;
        this.scope.memory = chain.memory;
        chain.tree = chain.decode(message.payload, this.scope);
      } catch (error) {
        chain.tree = undefined;
        chain.error = asDecodeError(error);
      }
    }
    return chain.error === null;
  }

  map(message: Message): FeedResult[] {
    return this.mapFor(this.listeners(message.topic), message);
  }

  private mapFor(listeners: readonly Listener[], message: Message): FeedResult[] {
    const first = listeners[0];
    if (this.steps) this.explainTopic(message.topic, listeners);
    if (!first) return [];
    if (message.payload.length > this.limits.bytes) {
      const detail = `${message.payload.length} bytes, more than ${this.limits.bytes}`;
      return [refusal(first.feed.id, 'too-large', detail)];
    }
    this.messages++;
    const results: FeedResult[] = [];
    let undecoded: { feed: string; error: DecodeError } | null = null;
    for (let i = 0; i < listeners.length; i++) {
      const listener = listeners[i] as Listener;
      const { feed, chain } = listener;
      const { when, run } = feed;
      // what is left over is ignored, what could not be read is not
      if (feed.spec.otherwise && (results.length > 0 || (feed.spec.ignore === true && undecoded))) continue;
      if (message.retained && feed.spec.retained === 'ignore') {
        results.push(emptyResult(feed.id));
        continue;
      }
      if (feed.topicWhen) {
        this.cursor.topic = message.topic;
        this.cursor.taken = listener;
        if (!feed.topicWhen(this.cursor)) {
          this.steps?.push({ feed: feed.id, depth: 0, text: `feed ${feed.index + 1} (${feed.id}) means other topics` });
          continue;
        }
      }
      if (when !== null || run !== null) {
        if (!this.decoded(chain, message)) {
          undecoded ??= { feed: feed.id, error: chain.error as DecodeError };
          continue;
        }
      }
      const out = emptyResult(feed.id);
      try {
        if (!this.take(listener, chain.tree, message, out)) continue;
      } catch (error) {
        out.rejections.push({ reason: 'internal', detail: String((error as Error).message).slice(0, 300) });
      }
      results.push(out);
    }
    if (results.length === 0) {
      if (undecoded) results.push(refusal(undecoded.feed, undecoded.error.reason, undecoded.error.message));
      else results.push(refusal(first.feed.id, 'no-feed', 'no feed of this topic takes such a message'));
      if (this.steps) this.explainRefusal(results[0] as FeedResult);
    }
    this.cursor.root = undefined;
    this.cursor.current = undefined;
    this.root.value = undefined;
    return results;
  }

  private take(listener: Listener, tree: unknown, message: Message, out: FeedResult): boolean {
    const { cursor } = this;
    const { feed } = listener;
    cursor.message = this.messages;
    cursor.topic = message.topic;
    cursor.taken = listener;
    cursor.receivedAt = message.receivedAt;
    cursor.retained = message.retained;
    cursor.root = tree;
    cursor.elements = 0;
    cursor.at = message.receivedAt;
    cursor.flag = null;
    cursor.timeFailure = null;
    cursor.steps = this.steps;
    this.root.value = tree;
    cursor.enter(this.root);
    if (this.steps) {
      cursor.depth = 0;
      cursor.note(`feed ${feed.index + 1} (${feed.id})`);
      cursor.depth = 1;
    }
    if (feed.when && !feed.when(cursor)) return false;
    if (feed.run) feed.run(cursor, out);
    else if (this.steps) cursor.note('takes the message and yields nothing');
    return true;
  }

  private explainTopic(topic: string, listeners: readonly Listener[]): void {
    for (const feed of this.feeds) {
      const listener = listeners.find((one) => one.feed === feed);
      const captures = feed.captures.map((name, i) => `${name} = ${JSON.stringify(listener?.captures[i])}`);
      const text = listener
        ? `topic matched feed ${feed.index + 1} (${feed.id})${captures.length ? `: ${captures.join(', ')}` : ''}`
        : `topic ${topic} does not match feed ${feed.index + 1} (${feed.id})`;
      this.steps?.push({ feed: feed.id, depth: 0, text });
    }
  }

  private explainRefusal(result: FeedResult): void {
    const [rejection] = result.rejections;
    this.steps?.push({
      feed: result.feed,
      depth: 0,
      text: `rejected, ${rejection?.reason}: ${rejection?.detail}`,
      failed: true,
    });
  }
}

function build(specs: readonly FeedSpec[], options: CompileOptions, tracing: boolean, problems: FeedProblem[]): Feeds {
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  let zone = options.zone ?? DEFAULT_ZONE;
  try {
    parseZone(zone);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    problems.push({ feed: '', path: [], message: error.message });
    zone = DEFAULT_ZONE;
  }
  const scope = {
    zone,
    maxAge: options.maxAge ?? Number.POSITIVE_INFINITY,
    elements: limits.elements,
    tracing,
    decoders: valueDecoders(limits, options.decoders ?? {}),
    problems,
  };
  const memories = options.memory ?? new Memories();
  const ids = new Set<string>();
  const byText = new Map<string, Chain>();
  const chains: Chain[] = [];
  const feeds = specs.map((spec, index) => {
    if (ids.has(spec.id)) problems.push({ feed: spec.id, path: [index, 'id'], message: `two feeds ${spec.id}` });
    ids.add(spec.id);
    const key = JSON.stringify(spec.decode ?? 'json');
    let chain = byText.get(key);
    if (!chain) {
      chain = { decode: () => undefined, memory: memories.of(key), stamp: 0, tree: undefined, error: null };
      byText.set(key, chain);
      try {
        chain.decode = compileDecoders(spec.decode, options.decoders ?? {});
      } catch (error) {
        if (!(error instanceof SpecError)) throw error;
        problems.push({ feed: spec.id, path: [index, 'decode'], message: error.message });
      }
    }
    chains.push(chain);
    return compileFeed(spec, index, scope);
  });
  return new Feeds(feeds, chains, limits, memories);
}

/**
 * The feeds of one pack, in their order, as closures. Throws `FeedsRefused` with everything that is wrong.
 * The result keeps state between messages only to be fast (some topics it has seen): it may be thrown away at any time.
 */
export function compileFeeds(feeds: readonly FeedSpec[], options: CompileOptions): CompiledFeeds {
  const problems: FeedProblem[] = [];
  const compiled = build(feeds, options, false, problems);
  if (problems.length > 0) throw new FeedsRefused(problems);
  return compiled;
}

/** Everything wrong in the feeds, without compiling them for use. */
export function checkFeeds(feeds: readonly FeedSpec[], options: CompileOptions): FeedProblem[] {
  const problems: FeedProblem[] = [];
  build(feeds, options, false, problems);
  return problems;
}

/** The same mapping, step by step for people. Throws `FeedsRefused`. */
export function explainFeeds(feeds: readonly FeedSpec[], options: CompileOptions, message: Message): Explanation {
  const problems: FeedProblem[] = [];
  const compiled = build(feeds, options, true, problems);
  if (problems.length > 0) throw new FeedsRefused(problems);
  const steps: ExplainStep[] = [];
  compiled.steps = steps;
  return { results: compiled.map(message), steps };
}
