import type { Cursor } from './cursor.js';
import { parseDuration } from './duration.js';
import { compileEach, type Visit } from './each.js';
import { attempt, compileMarkers, type Env } from './env.js';
import { Failure } from './failure.js';
import type { FeedSpec, ReadingSpec, WhenSpec } from './feed-spec.js';
import type { FeedProblem } from './mapped.js';
import { compileAsset, compileOccurrence, compileReading } from './outputs.js';
import { compileTime } from './time.js';
import { parseTopic, type TopicPattern } from './topic.js';
import { asObject, compileValue } from './value.js';
import { compileWhen, type Test } from './when.js';

export interface CompiledFeed {
  id: string;
  index: number;
  spec: FeedSpec;
  topics: TopicPattern[];
  excludes: TopicPattern[];
  /** names of captures, over all topics */
  captures: string[];
  when: Test | null;
  /** the part of `when` that looks at the topic alone: asked before the payload is decoded */
  topicWhen: Test | null;
  /** null: takes the message and yields nothing */
  run: Visit | null;
}

export interface FeedScope {
  zone: string;
  maxAge: number;
  elements: number;
  tracing: boolean;
  decoders: Env['decoders'];
  problems: FeedProblem[];
}

function readingSpecs(
  spec: FeedSpec,
): { metric: string; spec: ReadingSpec | ReturnType<typeof asObject>; key: string | number }[] {
  if (Array.isArray(spec.readings)) return spec.readings.map((one, key) => ({ metric: one.metric, spec: one, key }));
  return Object.entries(spec.readings ?? {}).map(([metric, one]) => ({ metric, spec: asObject(one), key: metric }));
}

function checkPlain(spec: FeedSpec, env: Env): void {
  for (const key of ['expect'] as const) {
    if (spec[key] !== undefined) attempt(env, [key], () => parseDuration(spec[key] ?? 0), 0);
  }
  if (spec.quiet !== undefined && !/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(spec.quiet)) {
    env.problem(['quiet'], `${JSON.stringify(spec.quiet)} is no span like 22:00-06:00`);
  }
}

/** What of a condition needs nothing but the topic; null: nothing. */
function topicPart(when: WhenSpec): WhenSpec | null {
  if ('all' in when) {
    const parts = when.all.flatMap((part) => topicPart(part) ?? []);
    return parts.length > 0 ? { all: parts } : null;
  }
  if ('any' in when || 'not' in when) return null;
  return when.from === 'topic' ? when : null;
}

/** One feed as closures. Problems go to the scope; what has any is not to be run. */
export function compileFeed(spec: FeedSpec, index: number, scope: FeedScope): CompiledFeed {
  const problem: Env['problem'] = (where, message) => {
    scope.problems.push({ feed: spec.id, path: [index, ...where], message });
  };
  const env: Env = {
    feed: spec.id,
    captures: [],
    lets: new Map(),
    markers: compileMarkers(spec.missing),
    zone: scope.zone,
    dicts: spec.dicts ?? {},
    maxAge: scope.maxAge,
    elements: scope.elements,
    tracing: scope.tracing,
    decoders: scope.decoders,
    problem,
  };
  const patterns = (texts: readonly string[], key: string, single: boolean): TopicPattern[] =>
    texts.flatMap((text, i) => attempt(env, single ? [key] : [key, i], () => [parseTopic(text)], []));
  const topics = patterns([spec.topic].flat(), 'topic', !Array.isArray(spec.topic));
  const excludes = patterns(spec.exclude ?? [], 'exclude', false);
  const captures = [...new Set(topics.flatMap((topic) => topic.names))];
  env.captures = captures;
  checkPlain(spec, env);

  for (const [name, value] of Object.entries(spec.let ?? {})) {
    if (captures.includes(name) || ['key', 'index', 'at'].includes(name) || !/^[A-Za-z_][\w-]*$/.test(name)) {
      problem(['let', name], `${JSON.stringify(name)} cannot be a name here: not a word, or taken by a capture`);
    }
    const compiled = compileValue(value, env, ['let', name], `let ${name}`);
    const { read, when } = compiled;
    env.lets.set(name, {
      slot: env.lets.size,
      read: when ? (cursor) => (when(cursor) ? read(cursor) : undefined) : read,
    });
  }
  const when = spec.when ? compileWhen(spec.when, env, ['when']) : null;
  const early = spec.when ? topicPart(spec.when) : null;
  // said and explained where the whole condition is
  const topicWhen = early ? compileWhen(early, { ...env, tracing: false, problem: () => {} }, ['when']) : null;
  const plain: Pick<CompiledFeed, 'id' | 'index' | 'spec' | 'topics' | 'excludes' | 'captures' | 'when' | 'topicWhen'> =
    {
      id: spec.id,
      index,
      spec,
      topics,
      excludes,
      captures,
      when,
      topicWhen,
    };
  if (spec.ignore) return { ...plain, run: null };

  const time = spec.at ? compileTime(spec.at, env, ['at']) : null;
  const asset =
    spec.asset === undefined ? null : { text: spec.asset, of: compileAsset(spec.asset, env, ['asset'], true) };
  const emits: Visit[] = [
    ...readingSpecs(spec).map((one) => compileReading(one.metric, one.spec, asset, env, ['readings', one.key])),
    ...(spec.occurrences ?? []).map((one, i) => compileOccurrence(one, env, ['occurrences', i])),
  ];
  if (emits.length === 0) problem([], 'a feed needs readings, occurrences or ignore: true');
  const { maxAge } = scope;
  const body: Visit = (cursor: Cursor, out) => {
    const measured = time === null ? undefined : time(cursor);
    if (measured instanceof Failure) {
      cursor.timeFailure = measured;
      cursor.settle(undefined, maxAge);
    } else {
      cursor.timeFailure = null;
      cursor.settle(measured, maxAge);
    }
    for (let i = 0; i < emits.length; i++) (emits[i] as Visit)(cursor, out);
  };
  return { ...plain, run: compileEach(spec.each, env, ['each'], body) };
}
